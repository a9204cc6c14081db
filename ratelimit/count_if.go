package ratelimit

import (
	"context"
	"net/http"
)

// count serves the request and gives its units back if the status of the
// response does not count.
func (g *limited) count(w *responseWriter, r *http.Request, c charge) {
	status := http.StatusInternalServerError // of a panic
	defer func() {
		if w.status != 0 {
			status = w.status
		}
		if !g.counts(status) {
			// The request may be over or its client gone; the refund is due
			// all the same. If it fails the units stay charged.
			ctx := context.WithoutCancel(r.Context())
			_ = g.limiter.Refund(ctx, c.key, c.cost, c.policies...)
		}
	}()
	g.next.ServeHTTP(w.optional(), r)
	status = http.StatusOK // what net/http sends if the handler sends nothing
}
