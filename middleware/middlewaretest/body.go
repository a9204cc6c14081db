package middlewaretest

import (
	"bytes"
	"io"
	"net/http"
)

// body is the body of a response that was read.
type body struct {
	bytes.Reader
	whole []byte
	err   error // what reading ended with; nil: the end
}

// bodyOf reads r to its end.
func bodyOf(r io.Reader) *body {
	whole, err := io.ReadAll(r)
	b := &body{whole: whole, err: err}
	b.Reset(whole)
	return b
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF && b.err != nil {
		err = b.err
	}
	return n, err
}

// WriteTo implements io.WriterTo, which io.Copy prefers to Read.
func (b *body) WriteTo(w io.Writer) (int64, error) {
	n, err := b.Reader.WriteTo(w)
	if err == nil {
		err = b.err
	}
	return n, err
}

// Close implements io.Closer. The body can still be read.
func (b *body) Close() error { return nil }

// wholeBody returns the body of any response and the error of reading it, and
// leaves the body to be read again. Of a response of Serve it is the whole body,
// whatever was read of it before.
func wholeBody(resp *http.Response) ([]byte, error) {
	if resp.Body == nil {
		return nil, nil
	}
	b, ok := resp.Body.(*body)
	if !ok {
		b = bodyOf(resp.Body)
		resp.Body.Close()
		resp.Body = b
	}
	return b.whole, b.err
}
