package middleware

import (
	"context"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/errtree"
)

// maxMapping is how many calls of Map may be under way in one exchange: a mapper
// that calls apierr.Write or apierr.Resolve with the error that it is asked
// about is asked about it again. Few, since it may do so more than once.
const maxMapping = 4

// mapping adds to the number of calls of Map that are under way and returns it.
func (ex *exchange) mapping(delta int) int {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	n := ex.made()
	n.mapping += delta
	return n.mapping
}

// Map implements seam.Exchange. A read of the body that failed comes first: it
// is known here what happened on the wire, and io.ErrUnexpectedEOF means many
// things to a mapper. Then come the mappers, those of the innermost New first.
// Last, the cause of a deadline is a deadline, and a context that was canceled
// while the client waits is a body that came too slowly, on HTTP/1, or else a
// shutdown.
func (ex *exchange) Map(ctx context.Context, err error) *apierr.Error {
	o := ex.outermost()
	defer o.mapping(-1)
	if o.mapping(1) > maxMapping {
		return nil
	}
	for o := ex; o != nil; o = o.outer {
		if e := o.body.failureIn(err); e != nil && e != apierr.BodyTooLarge { // which mappers may know
			return e
		}
	}
	for o := ex; o != nil; o = o.outer {
		for _, m := range o.mappers {
			if e := m(ctx, err); e != nil {
				return e
			}
		}
	}
	switch {
	case ex.expired() && isCauseOf(ex.limiting(), err):
		return apierr.GatewayTimeout
	case !ex.canceled() || !errtree.Is(err, context.Canceled) && !isCauseOf(ex.outermost().base(), err):
		return nil
	case ex.bodyLate():
		return apierr.RequestTimeout
	case ex.ClientGone():
		return apierr.ClientGone
	}
	return apierr.Unavailable
}

// isCauseOf reports whether err is, or wraps, the context.Cause of ctx, which
// http.Client returns in place of ctx.Err().
func isCauseOf(ctx context.Context, err error) bool {
	cause := context.Cause(ctx)
	return cause != nil && cause != ctx.Err() && errtree.Is(err, cause)
}
