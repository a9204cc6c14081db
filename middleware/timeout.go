package middleware

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/failwell/failwell/apierr"
)

// Timeout sets the deadline d from now on the contexts of the routes inside it,
// in place of the one that [WithTimeout], or another Timeout around it, has set;
// later or earlier. A deadline that another layer has set on the context holds
// if it is earlier, and what else cancels the context still does, with its
// context.Cause. 0: no deadline; a negative d panics at start-up. A request that
// passes the deadline is answered as under WithTimeout. Outside [New], Timeout
// only sets the deadline.
func Timeout(d time.Duration) func(http.Handler) http.Handler {
	mustNotBeNegative("middleware.Timeout", d)
	return onRoute("middleware.Timeout", func(ex *exchange, r *http.Request) (*http.Request, context.CancelFunc) {
		ctx, cancel := redeadline(r.Context(), ex, d)
		return r.WithContext(ctx), cancel
	})
}

// redeadline returns ctx with its deadline from now, or without one for 0, in
// place of those that New or another Timeout set.
func redeadline(ctx context.Context, ex *exchange, timeout time.Duration) (limited context.Context, cancel context.CancelFunc) {
	var at time.Time // zero: none
	if timeout > 0 {
		at = time.Now().Add(timeout)
	}
	if ex == nil {
		return withDeadline(ctx, at)
	}
	if ex.setDeadlineOf(ctx) {
		limited, cancel = ex.withoutDeadline(ctx, at)
	} else {
		limited, cancel = withDeadline(ctx, at)
	}
	ex.setLimited(limited, at)
	return limited, cancel
}

// setDeadlineOf reports whether the deadline of ctx was set by New or by
// Timeout.
func (ex *exchange) setDeadlineOf(ctx context.Context) bool {
	d, ok := ctx.Deadline()
	if !ok {
		return false
	}
	if d.Equal(ex.read().limit) {
		return true
	}
	for ; ex != nil; ex = ex.outer {
		if t, ok := ex.Context.(*timed); ok && t.set.Equal(d) {
			return true
		}
	}
	return false
}

// withoutDeadline returns ctx with the deadline at in place of its own. A
// cancellation by the layers between, and of the server's context, still ends
// it, with its cause; the deadline that is replaced does not. The deadline of a
// layer outside New stays.
func (ex *exchange) withoutDeadline(ctx context.Context, at time.Time) (context.Context, context.CancelFunc) {
	base := ex.outermost().base()
	if d, ok := base.Deadline(); ok && (at.IsZero() || d.Before(at)) {
		at = d
	}
	parent, cancelParent := context.WithCancelCause(context.WithoutCancel(ctx))
	limited, cancel := withDeadline(parent, at)
	var stops [2]func() bool
	for i, from := range [...]context.Context{ctx, base} {
		stops[i] = context.AfterFunc(from, func() {
			if from.Err() == context.Canceled {
				cancelParent(context.Cause(from))
			}
		})
	}
	return limited, func() {
		for _, stop := range stops {
			stop()
		}
		cancel()
		cancelParent(nil)
	}
}

// setLimited makes ctx the context whose deadline counts. own is the deadline that
// Timeout asked for, zero for none.
func (ex *exchange) setLimited(ctx context.Context, own time.Time) {
	for ; ex != nil; ex = ex.outer {
		ex.noted(func(n *notes) { n.limited, n.limit = ctx, own })
	}
}

// withDeadline returns ctx with a deadline, none for the zero time.
func withDeadline(ctx context.Context, at time.Time) (context.Context, context.CancelFunc) {
	if at.IsZero() {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, at)
}

// limiting returns the context whose deadline counts: that of the last Timeout,
// else that of the exchange.
func (ex *exchange) limiting() context.Context {
	if ctx := ex.read().limited; ctx != nil {
		return ctx
	}
	return ex.Context
}

// expired reports whether the deadline that counts has passed.
func (ex *exchange) expired() bool { return ex.limiting().Err() == context.DeadlineExceeded }

// interrupted returns the error of a request that ended while a proxy waited for
// its upstream: httputil.ReverseProxy answers 502 then, also for a deadline
// or a cancellation of the request itself. It is nil if the request goes on. text
// is what came with the 502.
func (ex *exchange) interrupted(text string) error {
	did := "answered 502"
	if text = strings.TrimSpace(text); text != "" {
		did += fmt.Sprintf(" (%q)", text)
	}
	switch {
	case ex.expired():
		return apierr.GatewayTimeout.Wrap(ex.errDeadline(did))
	case ex.canceled():
		return ex.errCanceled(did)
	}
	return nil
}
