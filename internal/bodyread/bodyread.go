// Package bodyread says what an error of reading a request's body is: whose
// fault, and which error answers it. Every package of the module that reads
// bodies asks it, so that they agree.
package bodyread

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/errtree"
	"github.com/failwell/failwell/internal/text"
)

// Classify returns the error that answers a failed read of a request's body:
//
//	an *apierr.Error                     itself, of a layer that has replaced the body
//	*http.MaxBytesError                  BodyTooLarge
//	os.ErrDeadlineExceeded               RequestTimeout: the bytes came too slowly
//	context.DeadlineExceeded             GatewayTimeout: the handler took too long
//	any other Timeout() true             RequestTimeout
//	io.ErrUnexpectedEOF, a network error,
//	  a reset stream, context.Canceled   ClientGone
//	http.ErrBodyReadAfterClose           nil: the server's own fault
//	anything else                        ClientGone if clientGone, else BadRequest:
//	                                       framing that is no HTTP, a malformed chunk
//
// It returns nil for nil and io.EOF as well. The result is a declared error
// without a cause: wrap err in it where it is returned to somebody.
func Classify(err error, clientGone bool) *apierr.Error {
	if err == nil || err == io.EOF {
		return nil
	}
	if known, ok := errtree.As[*apierr.Error](err); ok && known != nil {
		return known
	}
	switch {
	case is[*http.MaxBytesError](err):
		return apierr.BodyTooLarge
	case errtree.Is(err, http.ErrBodyReadAfterClose):
		return nil
	case errtree.Is(err, os.ErrDeadlineExceeded):
		return apierr.RequestTimeout
	case errtree.Is(err, context.DeadlineExceeded):
		return apierr.GatewayTimeout
	case timedOut(err):
		return apierr.RequestTimeout
	case clientGone, brokenOff(err):
		return apierr.ClientGone
	}
	return apierr.BadRequest
}

// brokenOff reports whether the connection or the stream has ended before the
// body did.
func brokenOff(err error) bool {
	for _, target := range []error{
		io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed, context.Canceled, syscall.ECONNRESET, syscall.EPIPE,
	} {
		if errtree.Is(err, target) {
			return true
		}
	}
	return is[*net.OpError](err) || is[streamError](err) || text.OfError(err) == disconnected
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
