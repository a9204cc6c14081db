package poly

import (
	"context"
	"errors"
	"net/http"
	"os"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/example/internal/caller"
)

// upload is a route whose body is a file: read makes of it what act takes. It
// is read before the lock is taken.
func upload[In any](a *API, read func(*http.Request) (In, error), act func(visit, In) (any, error)) apierr.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := caller.From[role](r.Context()).may(writing); err != nil {
			return err
		}
		in, err := read(r)
		if err != nil {
			return err
		}
		return a.enter(w, r, func(v visit) (any, error) { return act(v, in) })
	}
}

// unreadable is the error for a body that could not be read to its end: as,
// unless the fault lies outside what the client has written. Exceeded
// limits, timeouts and clients that left keep their own errors.
func unreadable(r *http.Request, err error, as *apierr.Error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) || errors.Is(err, os.ErrDeadlineExceeded) || context.Cause(r.Context()) != nil {
		return err
	}
	return as.Wrap(err)
}
