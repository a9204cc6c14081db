package middleware

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/failwell/failwell/apierr"
)

// exchange is one request and its response as one New sees it. It is also the
// context of the request, so that Write finds it and no further node is
// needed.
//
// Request and writer are a part of it, and what few requests need is behind a
// pointer: the runtime is quicker with one object of at most 512 bytes than
// with three, or with a larger one. A test holds the size.
//
// It is never pooled: contexts outlive requests, and a handler that
// http.TimeoutHandler has abandoned may still hold this one. What such a
// handler can reach is atomic or behind mu; the rest belongs to the goroutine
// that serves the request.
type exchange struct {
	context.Context // the request's as it came in, or a *timed around it
	*config
	outer   *exchange     // the exchange of the New around this one, nil for the outermost
	request http.Request  // as handed on
	start   time.Duration // after the epoch

	id          [1]string              // the request ID, as the header has it
	correlation []string               // the correlation ID likewise; often the same
	names       atomic.Pointer[config] // of the innermost New, whose header names hold; nil: of this one
	writer      writer
	body        *body // nil: the request has none, or a New outside has it in hand

	mu       sync.Mutex
	notes    *notes
	cut      atomic.Bool // the outermost layer breaks the connection off
	claimed  bool        // an answer is under way or sent
	ended    bool        // the request is over; whatever comes now is late
	returned bool        // the handler returned: it neither panicked nor ended its goroutine
}

// timed is the context of an exchange with a deadline.
type timed struct {
	context.Context
	base context.Context
}

// base is the request's context as it came in.
func (ex *exchange) base() context.Context {
	if t, ok := ex.Context.(*timed); ok {
		return t.base
	}
	return ex.Context
}

// notes is what most requests have no need of.
type notes struct {
	failure *apierr.Error   // what the client was told; nil: nothing failed
	promise *apierr.Promise // under which it was told
	cause   error
	fault   error
	stack   string
	route   string          // as the innermost router told it
	limited context.Context // the context that Limits made, nil where it made none
	conn    net.Conn        // as the handler has hijacked it
}

// noted calls f with the notes, unless the request is over.
func (ex *exchange) noted(f func(*notes)) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if ex.ended {
		return
	}
	if ex.notes == nil {
		ex.notes = new(notes)
	}
	f(ex.notes)
}

// read returns a copy of the notes as they stand.
func (ex *exchange) read() notes {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if ex.notes == nil {
		return notes{}
	}
	return *ex.notes
}

// Value implements context.Context.
func (ex *exchange) Value(key any) any {
	if key == (apierr.ExchangeKey{}) {
		return ex
	}
	return ex.Context.Value(key)
}

// IDs implements apierr.Exchange.
func (ex *exchange) IDs() (request, correlation string) { return ex.id[0], ex.correlation[0] }

// Promise implements apierr.Exchange.
func (ex *exchange) Promise() *apierr.Promise { return ex.promise }

// Map implements apierr.Exchange. The mappers of the innermost New come first.
func (ex *exchange) Map(ctx context.Context, err error) *apierr.Error {
	for ; ex != nil; ex = ex.outer {
		for _, m := range ex.mappers {
			if e := m(ctx, err); e != nil {
				return e
			}
		}
	}
	return nil
}

// ClientGone implements apierr.Exchange. The base of the outermost exchange is
// the server's context, which is canceled when the connection or the stream is
// lost.
func (ex *exchange) ClientGone() bool {
	return ex.outermost().base().Err() == context.Canceled
}

// Begin implements apierr.Exchange.
func (ex *exchange) Begin(w http.ResponseWriter) apierr.Phase {
	if !ex.claim() {
		return apierr.Phase{Form: apierr.Done}
	}
	return ex.phase(w)
}

// claim takes the answer of this exchange and those around it. It fails if
// somebody has taken it or the request is over.
func (ex *exchange) claim() bool {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if ex.ended || ex.claimed {
		return false
	}
	ex.claimed = true
	for o := ex.outer; o != nil; o = o.outer {
		o.claim()
	}
	return true
}

// phase is what an answer through w can still be.
func (ex *exchange) phase(w http.ResponseWriter) apierr.Phase {
	own := w == ex.writer.handed
	form := ex.writer.form()
	switch {
	case form == apierr.Event && !own:
		io.WriteString(w, "\n\n") //nolint:errcheck // the event that follows fails as well
	case own && form == apierr.Whole:
		ex.writer.typed = true
	case own:
		ex.writer.endLine(form)
		ex.writer.last = true
	}
	// A layer in between may compress, and have said so in the header.
	return apierr.Phase{Form: form, KeepEncoding: !own || ex.writer.encoded}
}

// Record implements apierr.Exchange.
func (ex *exchange) Record(r *http.Request, f apierr.Failure) {
	ex.setRoute(r.Pattern)
	ex.record(f, ex.promise)
}

// record notes a failure here and in the exchanges around.
func (ex *exchange) record(f apierr.Failure, p *apierr.Promise) {
	if ex.writer.last && f.Form != apierr.Done {
		ex.writer.shut.Store(true)
	}
	for ; ex != nil; ex = ex.outer {
		ex.note(f, p)
	}
}

func (ex *exchange) note(f apierr.Failure, p *apierr.Promise) {
	ex.noted(func(n *notes) {
		if f.Form == apierr.Cut {
			// The outermost layer breaks the connection off: a router's own
			// recoverer further in would swallow http.ErrAbortHandler.
			ex.cut.Store(true)
			ex.writer.shut.Store(true)
		}
		if n.failure == nil || f.Form != apierr.Done {
			n.failure, n.promise = f.Error, p
		}
		n.cause = join(n.cause, f.Cause)
		n.fault = join(n.fault, f.Fault)
	})
}

// join is errors.Join without a wrapper around a single error.
func join(a, b error) error {
	switch {
	case a == nil || a == b:
		return b
	case b == nil:
		return a
	}
	return errors.Join(a, b)
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
	if ex.notes == nil {
		return notes{}
	}
	return *ex.notes
}
