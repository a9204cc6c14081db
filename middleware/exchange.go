package middleware

import (
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/jsonprefix"
	"github.com/failwell/failwell/internal/seam"
)

// exchange is one request and its response as one New sees it. It is also the
// context of the request, so that Write finds it and no further node is
// needed.
//
// Request, writer and the text of the ID are a part of it, and what few requests
// need is behind a pointer: one object costs less than four. A test holds its
// size within the runtime's class of 576 bytes.
//
// It is never pooled: contexts outlive requests, and a handler that
// http.TimeoutHandler has abandoned may still hold this one. What such a
// handler can reach is atomic or behind mu; the rest belongs to the goroutine
// that serves the request.
type exchange struct {
	context.Context // the request's as it came in, or WithStart's; or a *timed around it
	*config
	outer   *exchange     // the exchange of the New around this one, nil for the outermost
	request http.Request  // as handed on
	start   time.Duration // after the epoch

	id          [1]string              // the request ID, as the header has it
	correlation *[1]string             // the correlation ID likewise; often the same
	text        [36]byte               // of id, where it was made here
	names       atomic.Pointer[config] // of the innermost New, whose header names hold; nil: of this one
	started     *started               // nil: no WithStart
	writer      writer
	body        *body // nil: the request has none, or a New outside has it in hand

	mu       sync.Mutex
	notes    atomic.Pointer[notes] // changed behind mu
	cut      atomic.Bool           // the outermost layer aborts the response
	claimed  bool                  // an answer is under way or sent
	ended    bool                  // the request is over; whatever comes now is late
	returned bool                  // the handler returned: it neither panicked nor ended its goroutine
	parsed   bool                  // the form was parsed outside, by whom its files are removed
}

// The types of both sides match, or this does not build.
var (
	_ seam.Exchange[*apierr.CompiledContract, *apierr.Error] = (*exchange)(nil)
	_ seam.Exchange[*apierr.CompiledContract, *apierr.Error] = (*answer)(nil)
)

// timed is the context of an exchange with a deadline.
type timed struct {
	context.Context
	base context.Context
	set  time.Time // the deadline, which may be later than that of base
}

// base is the request's context as it came in, or as WithStart has changed it.
func (ex *exchange) base() context.Context {
	if t, ok := ex.Context.(*timed); ok {
		return t.base
	}
	return ex.Context
}

// Value implements context.Context.
func (ex *exchange) Value(key any) any {
	if key == (seam.Key{}) {
		return ex
	}
	return ex.Context.Value(key)
}

// IDs implements seam.Exchange.
func (ex *exchange) IDs() (request, correlation string) { return ex.id[0], ex.correlation[0] }

// Contract implements seam.Exchange.
func (ex *exchange) Contract() *apierr.CompiledContract { return ex.contract }

// LimitsBody implements seam.Exchange.
func (ex *exchange) LimitsBody(r io.Reader) bool {
	b, ok := r.(*body)
	return ok && b != nil
}

// BodyPrefix implements seam.Exchange. Of a request without a body nothing shows
// whether the handler has read it; it is taken to be empty with methods whose
// requests have one.
func (ex *exchange) BodyPrefix() jsonprefix.Is {
	o := ex.outermost()
	if o.body != nil {
		return o.body.prefix()
	}
	switch o.request.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
		return jsonprefix.Empty
	}
	return jsonprefix.Other
}

// isOver reports whether the handler of this exchange has returned.
func (ex *exchange) isOver() bool { return ex.writer.gate.isShut() }

// allOver reports whether the handlers of this exchange and of all around it have
// returned.
func (ex *exchange) allOver() bool {
	for ; ex != nil; ex = ex.outer {
		if !ex.isOver() {
			return false
		}
	}
	return true
}

func (ex *exchange) outermost() *exchange {
	for ex.outer != nil {
		ex = ex.outer
	}
	return ex
}

// close ends the exchange: whatever is recorded from now on is late.
func (ex *exchange) close() notes {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.ended = true
	n := ex.notes.Load()
	if n == nil {
		return notes{}
	}
	if n.rare != nil {
		if n.watch != nil {
			close(n.watch.over)
		}
		for _, t := range n.relayed {
			ex.undelivered(n, t)
		}
	}
	return *n
}
