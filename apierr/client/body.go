package client

import (
	"bytes"
	"io"
	"net/http"
)

// maxBody is the most bytes of a body that are read. A longer body is taken as not
// of the contract's form.
const maxBody = 256 << 10

// peek reads the body of resp and puts a body in its place that yields the same
// bytes and the same error. whole reports that it was read to its end.
func peek(resp *http.Response) (body []byte, whole bool) {
	if resp.Body == nil || resp.Body == http.NoBody {
		return nil, true
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	rest := io.Reader(resp.Body)
	if err != nil {
		rest = failing{err}
	}
	resp.Body = &peeked{io.MultiReader(bytes.NewReader(body), rest), resp.Body}
	// After maxBody bytes, only the Content-Length says that there are no more.
	return body, err == nil && (len(body) < maxBody || resp.ContentLength == maxBody)
}

// peeked is a body whose beginning has been read, and is read again.
type peeked struct {
	io.Reader
	io.Closer
}

// failing is a reader that fails.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
