package validate

import (
	"context"
	"io"
	"net/http"
	"slices"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/bodyread"
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

// failedRead is the error for an error of reading a body. An *apierr.Error in
// it, as the middleware makes them, is returned as it is.
func failedRead(ctx context.Context, err error) error {
	if _, known := errtree.As[*apierr.Error](err); known {
		return err
	}
	gone := errtree.Is(ctx.Err(), context.Canceled)
	if e := bodyread.Classify(err, gone); e != nil {
		return e.Wrap(err)
	}
	return apierr.Internal.Wrap(err) // a body that the server has closed
}
