package middleware

import (
	"context"
	"errors"
	"io"
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
// It is never pooled: contexts outlive requests, and a handler that
// http.TimeoutHandler has abandoned may still hold this one. What such a
// handler can reach is atomic or behind mu; the rest belongs to the goroutine
// that serves the request.
type exchange struct {
	context.Context // base, or base with a deadline
	*config
	base     context.Context // as it came in
	outer    *exchange       // the exchange of the New around this one, nil for the outermost
	request  *http.Request   // as handed on
	start    time.Time       // zero unless somebody is told the duration
	returned bool            // the handler returned: it neither panicked nor ended its goroutine

	ids    [2]string              // request ID, correlation ID
	names  atomic.Pointer[config] // of the innermost New, whose header names hold; nil: of this one
	writer writer
	body   body

	mu      sync.Mutex
	claimed bool            // an answer is under way or sent
	ended   bool            // the request is over; whatever comes now is late
	cut     bool            // the outermost layer breaks the connection off
	limited context.Context // the context that Limits made, nil where it made none
	route   string
	told    told
}

// told is what became of the request's failures.
type told struct {
	failure *apierr.Error   // what the client was told; nil: nothing failed
	promise *apierr.Promise // under which it was told
	cause   error
	fault   error
	stack   string
}

// Value implements context.Context.
func (ex *exchange) Value(key any) any {
	if key == (apierr.ExchangeKey{}) {
		return ex
	}
	return ex.Context.Value(key)
}

// IDs implements apierr.Exchange.
func (ex *exchange) IDs() (request, correlation string) { return ex.ids[0], ex.ids[1] }

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
	return ex.outermost().base.Err() == context.Canceled
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
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if ex.ended {
		return
	}
	t := &ex.told
	t.fault = errors.Join(t.fault, f.Fault)
	if f.Form == apierr.Cut {
		ex.breakOff()
	}
	if t.failure == nil || f.Form != apierr.Done {
		t.failure, t.promise = f.Error, p
	}
	if t.cause == nil {
		t.cause = f.Cause
	} else if f.Cause != t.cause {
		t.cause = errors.Join(t.cause, f.Cause)
	}
}

// breakOff has the outermost layer break the connection off, since a router's
// own recoverer further in would swallow http.ErrAbortHandler. The caller
// holds mu.
func (ex *exchange) breakOff() {
	ex.cut = true
	ex.writer.shut.Store(true)
}

func (ex *exchange) outermost() *exchange {
	for ex.outer != nil {
		ex = ex.outer
	}
	return ex
}

// observed reports whether this exchange tells anybody of its outcome.
func (ex *exchange) observed() bool {
	return ex.outer == nil && (ex.logger != nil || ex.observer != nil)
}
