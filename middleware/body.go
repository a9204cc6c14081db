package middleware

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/errtree"
	"github.com/failwell/failwell/internal/jsonprefix"
	"github.com/failwell/failwell/internal/text"
)

// body is the request body, with the limit that holds when it is first read,
// and with errors that say what happened on the wire.
type body struct {
	io.ReadCloser
	ex      *exchange
	limit   int64 // bytes, 0: none
	length  int64 // as the client declared it, -1: it did not
	read    int64
	started bool
	over    atomic.Bool           // the limit was passed
	late    atomic.Bool           // it came too slowly
	err     atomic.Pointer[error] // what every later Read returns
	scanner jsonprefix.Scanner
	ended   atomic.Uint32 // 1 + what the body was; 0: it was not read to its end
}

// limitBody puts the exchange's body in place of the request's. Where the New
// around this one has it in hand, only the limit is replaced; a layer in
// between may have put its own there, a decompressor say, and that is limited
// besides.
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
	if err := b.err.Load(); err != nil {
		return 0, *err
	}
	b.started = true
	if b.limit <= 0 {
		n, err := b.ReadCloser.Read(p)
		b.scan(p[:n], err)
		return n, b.wire(err)
	}
	if b.length > b.limit {
		return 0, b.tooLarge()
	}
	if len(p) == 0 {
		return 0, nil
	}
	// One byte over the limit tells a body that ends at it from one that
	// goes on.
	if left := b.limit - b.read; int64(len(p))-1 > left {
		p = p[:left+1]
	}
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	if over := b.read - b.limit; over > 0 {
		return n - int(over), b.tooLarge()
	}
	b.scan(p[:n], err)
	return n, b.wire(err)
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

// tooLarge refuses the rest of the body. net/http's own MaxBytesReader would
// close the connection through the writer, which it cannot see here: the
// writer says it, when it commits.
func (b *body) tooLarge() error {
	b.over.Store(true)
	return b.fail(&http.MaxBytesError{Limit: b.limit})
}

func (b *body) fail(err error) error {
	b.err.Store(&err)
	return err
}

// bodyFailure is what was wrong with the body, nil if nothing was. A proxy's
// transport may still be reading it.
func (ex *exchange) bodyFailure() error {
	if ex.body == nil {
		return nil
	}
	if err := ex.body.err.Load(); err != nil {
		return *err
	}
	return nil
}

// wire says what an error of the connection is. RequestTimeout and ClientGone
// keep the error as their cause, so that errors.Is finds it.
func (b *body) wire(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return b.fail(b.classify(err))
}

func (b *body) classify(err error) error {
	switch {
	case is[*apierr.Error](err), is[*http.MaxBytesError](err), errtree.Is(err, http.ErrBodyReadAfterClose):
		return err
	case timedOut(err):
		b.late.Store(true)
		return apierr.RequestTimeout.Wrap(err)
	case errtree.Is(err, io.ErrUnexpectedEOF), is[*net.OpError](err), is[streamError](err), text.OfError(err) == disconnected,
		b.ex.ClientGone(), errtree.Is(err, context.Canceled):
		return apierr.ClientGone.Wrap(err)
	}
	return apierr.BadRequest.Wrap(err) // framing that is no HTTP: a malformed chunk
}

// is reports whether an error of the type T is in the tree of err.
func is[T any](err error) bool {
	_, ok := errtree.As[T](err)
	return ok
}

// timedOut reports whether an error in the tree of err says that it timed out.
func timedOut(err error) (yes bool) {
	errtree.Walk(err, func(err error) bool {
		if x, ok := err.(interface{ Timeout() bool }); ok {
			yes = x.Timeout()
		}
		return yes
	})
	return yes
}

// disconnected is all that net/http says when an HTTP/2 connection is lost.
const disconnected = "client disconnected"

// streamError takes the place of the type, not exported, that net/http gives
// the reset of an HTTP/2 stream: its As method fills any struct of this shape.
// The context is canceled only after the body has returned it.
type streamError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

func (streamError) Error() string { return "the stream was reset" }
