package validate

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"syscall"

	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/seam"
)

const (
	firstBuffer = 4 << 10
	// keptBuffer is the largest buffer that is kept for the next request: a
	// few large bodies must not stay in memory for good.
	keptBuffer   = 64 << 10
	keptFindings = 128
)

// work is what reading one request needs and the next can use again.
type work struct {
	body  []byte
	found []finding
	say   speaker
	quick *quick // of the type in hand
	set   uint64 // the fields that passed quickly
	broke []quickBreak
	next  int // see quick.skips
	skips validator.FilterFunc
}

var works = sync.Pool{New: func() any {
	w := &work{body: make([]byte, 0, firstBuffer)}
	w.skips = func(namespace []byte) bool { return w.quick.skips(w.set, &w.next, namespace) }
	return w
}}

// release gives w back. The body is not kept if someone may have kept a part
// of it.
func (w *work) release(keepBody bool) {
	if !keepBody {
		w.body = make([]byte, 0, firstBuffer)
	}
	if cap(w.body) > keptBuffer || cap(w.found) > keptFindings {
		return
	}
	clear(w.found)
	w.found, w.say, w.quick = w.found[:0], speaker{}, nil
	works.Put(w)
}

// limit is how many bytes a body may have.
type limit struct {
	most    int64 // less than 0: any number
	byHabit bool  // nobody set it: a layer above has its own
}

func limitOf(c *config) limit {
	switch {
	case c.maxBody == unset:
		return limit{defaultMaxBody, true}
	case c.maxBody == 0:
		return limit{-1, false}
	}
	return limit{c.maxBody, false}
}

// forbids reports whether a body of n bytes is too large.
func (l limit) forbids(r *http.Request, n int64) bool {
	if l.most < 0 || n <= l.most {
		return false
	}
	return !l.byHabit || r.Context().Value(seam.Key{}) == nil
}

// readBody reads the whole body into w. What goes wrong with that is never the
// JSON's fault: the errors are those of [failedRead].
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

// failedRead says what an error of reading a body is: whose fault, and which
// answer. An *apierr.Error in it, as the middleware makes them, stays.
func failedRead(ctx context.Context, err error) error {
	var known *apierr.Error
	var tooLarge *http.MaxBytesError
	var timeout net.Error
	switch {
	case errors.As(err, &known):
		return err
	case errors.As(err, &tooLarge):
		return apierr.BodyTooLarge.Wrap(err)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return apierr.RequestTimeout.Wrap(err)
	case errors.Is(err, context.DeadlineExceeded):
		return apierr.GatewayTimeout.Wrap(err)
	case errors.As(err, &timeout) && timeout.Timeout():
		return apierr.RequestTimeout.Wrap(err)
	case gone(err), errors.Is(ctx.Err(), context.Canceled):
		return apierr.ClientGone.Wrap(err)
	case errors.Is(err, http.ErrBodyReadAfterClose):
		return apierr.Internal.Wrap(err)
	}
	return apierr.BadRequest.Wrap(err) // broken framing, such as a chunk without a length
}

// gone reports whether an error of reading says that the client has left.
func gone(err error) bool {
	for _, target := range []error{
		io.ErrUnexpectedEOF, context.Canceled, net.ErrClosed, io.ErrClosedPipe, syscall.ECONNRESET, syscall.EPIPE,
	} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}
