package middleware

import (
	"io"
	"net/http"
	"sync/atomic"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/bodyread"
	"github.com/failwell/failwell/internal/errtree"
	"github.com/failwell/failwell/internal/jsonprefix"
)

// body is the request's body with the limit that holds when it is first read.
// Its errors are those of net/http: handlers compare them. What they mean is
// kept here, for apierr.Write and for what a proxy makes of them.
type body struct {
	io.ReadCloser
	ex      *exchange
	limit   int64 // bytes, 0: none
	length  int64 // as the client declared it, -1: it did not
	read    int64
	started bool
	over    atomic.Bool                 // the limit was passed
	late    atomic.Bool                 // it came too slowly
	failed  atomic.Pointer[bodyFailure] // nil: no Read has failed
	scanner jsonprefix.Scanner
	ended   atomic.Uint32 // 1 + what the body was; 0: it was not read to its end
}

// bodyFailure is the first failed read, and what it means.
type bodyFailure struct {
	raw     error         // what every later Read returns
	meaning *apierr.Error // nil: the server's own fault
}

// limitBody puts the exchange's body in place of the request's. Where the New
// around this one has it in hand, only the limit is replaced; a layer in
// between may have put its own there, a decompressor for example, and that is
// limited besides.
func (ex *exchange) limitBody(r *http.Request) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	if outer, ok := r.Body.(*body); ok {
		outer.setLimit(ex.maxBody)
		return
	}
	ex.body = &body{ReadCloser: r.Body, ex: ex, limit: DefaultMaxBody, length: r.ContentLength}
	ex.body.setLimit(ex.maxBody)
	ex.request.Body = ex.body
}

// setLimit changes the limit, if the body was not read yet. A negative one
// leaves what is there.
func (b *body) setLimit(bytes int64) {
	if !b.started && bytes >= 0 {
		b.limit = bytes
	}
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if f := b.failed.Load(); f != nil {
		return 0, f.raw
	}
	b.started = true
	if b.limit <= 0 {
		n, err := b.ReadCloser.Read(p)
		b.scan(p[:n], err)
		return n, b.note(err)
	}
	if b.length > b.limit {
		return 0, b.tooLarge()
	}
	if len(p) == 0 {
		return 0, nil
	}
	// One byte over the limit shows whether a body ends at it or goes on.
	if left := b.limit - b.read; int64(len(p))-1 > left {
		p = p[:left+1]
	}
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	if over := b.read - b.limit; over > 0 {
		return n - int(over), b.tooLarge()
	}
	b.scan(p[:n], err)
	return n, b.note(err)
}

// scan notes what the body was, for mappers of the errors of a JSON decoder:
// the io.EOF of an empty body is not that of a file.
func (b *body) scan(p []byte, err error) {
	b.scanner.Write(p)
	if err == io.EOF {
		b.ended.Store(1 + uint32(b.scanner.Is()))
	}
}

// prefix is what the body was, if it was read to its end.
func (b *body) prefix() jsonprefix.Is {
	if ended := b.ended.Load(); ended > 0 {
		return jsonprefix.Is(ended - 1)
	}
	return jsonprefix.Other
}

// tooLarge rejects the rest of the body. net/http's own MaxBytesReader closes
// the connection through the writer, which it cannot see here: the writer does
// so when it commits; see linger.
func (b *body) tooLarge() error {
	b.over.Store(true)
	return b.note(&http.MaxBytesError{Limit: b.limit})
}

// note keeps what a failed read means, and returns err as it is.
func (b *body) note(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	meaning := bodyread.Classify(err, b.ex.ClientGone())
	if meaning == apierr.RequestTimeout {
		b.late.Store(true)
	}
	b.failed.Store(&bodyFailure{err, meaning})
	return err
}

// failureIn returns what the failed read of the body means if err is its error,
// or wraps it; nil otherwise, and for a nil body.
func (b *body) failureIn(err error) *apierr.Error {
	if b == nil {
		return nil
	}
	if f := b.failed.Load(); f != nil && errtree.Is(err, f.raw) {
		return f.meaning
	}
	return nil
}

// bodyFailure returns what was wrong with the body, nil if nothing was. A
// proxy's transport may still be reading it.
func (ex *exchange) bodyFailure() error {
	if ex.body == nil {
		return nil
	}
	f := ex.body.failed.Load()
	switch {
	case f == nil:
		return nil
	case f.meaning == nil || f.meaning == apierr.BodyTooLarge: // which mappers may know
		return f.raw
	}
	return f.meaning.Wrap(f.raw)
}
