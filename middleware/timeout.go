package middleware

import (
	"context"
	"net/http"
	"time"
)

// Timeout puts the deadline d from now on the contexts of the routes inside it,
// in place of the one that [WithTimeout], or another Timeout around it, set;
// later or earlier. A deadline that another layer has put on the context holds
// if it is earlier. 0: no deadline; a negative d panics at start-up. What
// passes the deadline is answered as under WithTimeout.
func Timeout(d time.Duration) func(http.Handler) http.Handler {
	mustNotBeNegative("middleware.Timeout", d)
	return onRoute(func(ex *exchange, r *http.Request) (*http.Request, context.CancelFunc) {
		ctx, cancel := redeadline(r.Context(), ex, d)
		return r.WithContext(ctx), cancel
	})
}

// redeadline returns ctx with its deadline from now, or without one for 0, in
// place of those that New or another Timeout set. What else ends ctx ends the
// new context too.
func redeadline(ctx context.Context, ex *exchange, timeout time.Duration) (context.Context, context.CancelFunc) {
	var own time.Time // zero: none
	if timeout > 0 {
		own = time.Now().Add(timeout)
	}
	if ex == nil {
		return withDeadline(ctx, own)
	}
	if _, any := ctx.Deadline(); !any {
		limited, cancel := withDeadline(ctx, own)
		ex.setLimited(limited, own)
		return limited, cancel
	}
	at := own
	if d, ok := ex.layerDeadline(ctx); ok && (at.IsZero() || d.Before(at)) {
		at = d
	}
	limited, cancel := withDeadline(context.WithoutCancel(ctx), at)
	stopLayers := context.AfterFunc(ctx, func() {
		if ctx.Err() == context.Canceled { // a deadline is not: see above
			cancel()
		}
	})
	stopClient := context.AfterFunc(ex.outermost().base(), cancel)
	ex.setLimited(limited, own)
	return limited, func() {
		stopLayers()
		stopClient()
		cancel()
	}
}

// layerDeadline is the deadline of ctx, unless New or Timeout set it.
func (ex *exchange) layerDeadline(ctx context.Context) (time.Time, bool) {
	d, ok := ctx.Deadline()
	if d.Equal(ex.read().limit) {
		return d, false
	}
	for ; ex != nil; ex = ex.outer {
		if t, timed := ex.Context.(*timed); timed && t.set.Equal(d) {
			return d, false
		}
	}
	return d, ok
}

// setLimited makes ctx the context whose deadline counts.
func (ex *exchange) setLimited(ctx context.Context, own time.Time) {
	for ; ex != nil; ex = ex.outer {
		ex.noted(func(n *notes) { n.limited, n.limit = ctx, own })
	}
}

func withDeadline(ctx context.Context, at time.Time) (context.Context, context.CancelFunc) {
	if at.IsZero() {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, at)
}

// expired reports whether the deadline has passed that held last.
func (ex *exchange) expired() bool {
	ctx := ex.read().limited
	if ctx == nil {
		ctx = ex.Context
	}
	return ctx.Err() == context.DeadlineExceeded
}
