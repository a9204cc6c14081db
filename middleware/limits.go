package middleware

import (
	"context"
	"net/http"
	"time"
)

// Limits raises or lowers, for the routes inside it, the body limit in bytes
// and the deadline that [New], or another Limits around it, set. For both, 0 is
// no limit and a negative value leaves what is there. The body limit holds if the body was not read
// before; the deadline counts from here. A deadline that another layer has put
// on the context holds if it is earlier than New's.
//
// Outside New, and behind a layer that has replaced the request's Body, the
// body limit has no effect.
func Limits(maxBody int64, timeout time.Duration) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ex := exchangeOf(r.Context())
			if b, ok := r.Body.(*body); ok {
				b.setLimit(maxBody)
			}
			if timeout >= 0 {
				ctx, cancel := redeadline(r.Context(), ex, timeout)
				defer cancel()
				r = r.WithContext(ctx)
			}
			defer func() { // also when a handler panics
				if ex != nil {
					ex.setRoute(r.Pattern)
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
}

// redeadline returns ctx with its deadline from now, or without one for 0, in
// place of those that New or another Limits set. What else ends ctx ends the
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

// layerDeadline is the deadline of ctx, unless New or Limits set it.
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
