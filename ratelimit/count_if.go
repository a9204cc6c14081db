package ratelimit

import (
	"context"
	"net/http"
	"sync/atomic"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/seam"
)

// count serves the request and gives its units back if the status of the
// response does not count.
//
// Inside middleware.New that is the status that the client received, however a
// failure came about. Where a layer between has a writer for itself, as
// http.TimeoutHandler and batches have, it is the status that the handler wrote,
// unless the handler succeeded or still runs and the client received a 5xx. Elsewhere
// it is the status that the handler wrote.
func (g *limited) count(w http.ResponseWriter, r *http.Request, c charge, legacy bool) {
	ex := seam.From[*apierr.CompiledContract, *apierr.Error](r.Context())
	if ex == nil {
		g.watch(w, r, legacy, func(status int) { g.settle(r, c, status) })
		return
	}
	var wrote atomic.Int32 // 0: the handler still runs
	direct, ok := ex.AtEnd(w, func(status int, direct bool) {
		if own := int(wrote.Load()); !direct && own != 0 && (own >= 400 || status < 500) {
			status = own
		}
		g.settle(r, c, status)
	})
	switch {
	case !ok:
		g.watch(w, r, legacy, func(status int) { g.settle(r, c, status) })
	case direct:
		g.watch(w, r, legacy, nil)
	default:
		g.watch(w, r, legacy, func(status int) { wrote.Store(int32(status)) })
	}
}

// settle gives the units of a request back if its status does not count. 0 is a
// response that was aborted before it had one.
func (g *limited) settle(r *http.Request, c charge, status int) {
	if status == 0 {
		status = http.StatusInternalServerError
	}
	if g.counts(status) {
		return
	}
	// The request may be over or its client gone; the refund is due all the
	// same. If it fails the units stay charged.
	_ = g.limiter.Refund(context.WithoutCancel(r.Context()), c.key, c.cost, c.policies...)
}

// watch calls the handler with a ResponseWriter that keeps the limiter's legacy
// fields, if there are any, and calls done with the status, if it is not nil. A
// panic is a 500.
func (g *limited) watch(w http.ResponseWriter, r *http.Request, legacy bool, done func(status int)) {
	if !legacy && done == nil {
		g.next.ServeHTTP(w, r)
		return
	}
	own := wrap(w)
	if legacy {
		own.before = keepFirst
		defer own.prepare() // if the handler sends nothing
	}
	status := http.StatusInternalServerError // of a panic
	if done != nil {
		defer func() { done(own.statusOr(status)) }()
	}
	g.next.ServeHTTP(own.handle.Handed(), r)
	status = http.StatusOK // what net/http sends if the handler sends nothing
}

// statusOr returns the status of the response, which is silent if the handler has
// sent nothing, and 503 if http.TimeoutHandler has refused what it sent.
func (w *responseWriter) statusOr(silent int) int {
	switch {
	case w.timedOut:
		return http.StatusServiceUnavailable
	case w.status != 0:
		return w.status
	}
	return silent
}
