package validate

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"syscall"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/errtree"
)

// readBody reads the whole body into w. An error of reading is never reported
// as invalid JSON: the errors are those of [failedRead].
func (w *work) readBody(r *http.Request, l limit) error {
	if l.forbids(r, r.ContentLength) {
		return apierr.BodyTooLarge
	}
	b := slices.Grow(w.body[:0], int(min(max(r.ContentLength+1, 0), keptBuffer)))
	defer func() { w.body = b }()
	if r.Body == nil {
		return nil
	}
	for {
		if len(b) == cap(b) {
			b = slices.Grow(b, len(b)+1) // append would take more steps
		}
		n, err := r.Body.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if l.forbids(r, int64(len(b))) {
			return apierr.BodyTooLarge
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return failedRead(r.Context(), err)
		}
	}
}

// failedRead classifies an error of reading a body. An *apierr.Error in it, as
// the middleware makes them, is returned as it is.
func failedRead(ctx context.Context, err error) error {
	_, known := errtree.As[*apierr.Error](err)
	_, tooLarge := errtree.As[*http.MaxBytesError](err)
	timeout, _ := errtree.As[net.Error](err)
	switch {
	case known:
		return err
	case tooLarge:
		return apierr.BodyTooLarge.Wrap(err)
	case errtree.Is(err, os.ErrDeadlineExceeded):
		return apierr.RequestTimeout.Wrap(err)
	case errtree.Is(err, context.DeadlineExceeded):
		return apierr.GatewayTimeout.Wrap(err)
	case timeout != nil && timeout.Timeout():
		return apierr.RequestTimeout.Wrap(err)
	case gone(err), errtree.Is(ctx.Err(), context.Canceled):
		return apierr.ClientGone.Wrap(err)
	case errtree.Is(err, http.ErrBodyReadAfterClose):
		return apierr.Internal.Wrap(err)
	}
	return apierr.BadRequest.Wrap(err) // broken framing, such as a chunk without a length
}

// gone reports whether an error of reading means that the client has left.
func gone(err error) bool {
	for _, target := range []error{
		io.ErrUnexpectedEOF, context.Canceled, net.ErrClosed, io.ErrClosedPipe, syscall.ECONNRESET, syscall.EPIPE,
	} {
		if errtree.Is(err, target) {
			return true
		}
	}
	return false
}
