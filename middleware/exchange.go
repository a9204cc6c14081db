package middleware

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/failwell/failwell/apierr"
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
	context.Context // the request's as it came in, or a *timed around it
	*config
	outer   *exchange     // the exchange of the New around this one, nil for the outermost
	request http.Request  // as handed on
	start   time.Duration // after the epoch

	id          [1]string              // the request ID, as the header has it
	correlation *[1]string             // the correlation ID likewise; often the same
	text        [36]byte               // what id is made of, where it was made here
	names       atomic.Pointer[config] // of the innermost New, whose header names hold; nil: of this one
	writer      writer
	body        *body // nil: the request has none, or a New outside has it in hand

	mu       sync.Mutex
	notes    *notes
	cut      atomic.Bool // the outermost layer breaks the connection off
	claimed  bool        // an answer is under way or sent
	ended    bool        // the request is over; whatever comes now is late
	returned bool        // the handler returned: it neither panicked nor ended its goroutine
	parsed   bool        // the form was parsed outside, by whom its files are removed
}

// timed is the context of an exchange with a deadline.
type timed struct {
	context.Context
	base context.Context
	set  time.Time // the deadline, which may be later than that of base
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
	failure  *apierr.Error   // the first that was told, or would have been; nil: nothing failed
	promise  *apierr.Promise // in force for it
	told     bool            // the failure was sent
	final    bool            // by New itself: whatever else is recorded was too late
	cause    error
	fault    error
	stack    string
	route    string          // as the innermost router told it
	limited  context.Context // the context that Limits made, nil where it made none
	limit    time.Time       // the deadline that Limits asked for there, zero: none
	conn     net.Conn        // as the handler has hijacked it
	encoding []string        // Content-Encoding when the exchange began
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
// After them, a context that HTTP/1 has canceled because the body came too
// slowly is told from one whose client has gone.
func (ex *exchange) Map(ctx context.Context, err error) *apierr.Error {
	for o := ex; o != nil; o = o.outer {
		for _, m := range o.mappers {
			if e := m(ctx, err); e != nil {
				return e
			}
		}
	}
	if b := ex.outermost().body; b != nil && b.late.Load() && wraps(err, context.Canceled) {
		return apierr.RequestTimeout
	}
	return nil
}

// ClientGone implements apierr.Exchange. The base of the outermost exchange is
// the server's context, which is canceled when the connection or the stream is
// lost, but on HTTP/1 also when the body comes too slowly.
func (ex *exchange) ClientGone() bool {
	o := ex.outermost()
	return o.base().Err() == context.Canceled && !(o.body != nil && o.body.late.Load())
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
	form := ex.writer.form()
	if w != ex.writer.handed() {
		return ex.phaseThrough(w, form)
	}
	ex.writer.last = form != apierr.Done
	switch form {
	case apierr.Whole:
		ex.writer.typed = true
		ex.writer.sent.Store(int32(apierr.Done)) // for whoever comes later
		if ex.writer.encoded {
			w.Header()["Content-Encoding"] = ex.read().encoding
		}
	case apierr.Event, apierr.Line:
		io.WriteString(w, ex.writer.lineEnd(form)) // what follows fails as well
	}
	return apierr.Phase{Form: form, KeepEncoding: ex.writer.encoded}
}

// phaseThrough is phase for a layer in between. It may compress: then it has
// said so in the header that it shares with this writer, and how the stream
// stands is not to be seen from here. A header of the layer's own, as
// http.TimeoutHandler has it, says what the handler said.
func (ex *exchange) phaseThrough(w http.ResponseWriter, form apierr.Form) apierr.Phase {
	ex.writer.through.Store(true)
	if form == apierr.Whole {
		own := reflect.ValueOf(ex.writer.header).Pointer()
		return apierr.Phase{KeepEncoding: reflect.ValueOf(w.Header()).Pointer() == own}
	}
	switch {
	case form == apierr.Event:
		io.WriteString(w, "\n\n") // what follows fails as well
	case form == apierr.Line && (len(w.Header()["Content-Encoding"]) > 0 || ex.writer.lineEnd(form) != ""):
		io.WriteString(w, "\n") // the same
	}
	return apierr.Phase{Form: form}
}

// Record implements apierr.Exchange.
func (ex *exchange) Record(r *http.Request, f apierr.Failure) {
	ex.setRoute(r.Pattern)
	if f.Form != apierr.Done && !ex.writer.through.Load() {
		ex.writer.end()
	}
	ex.record(f, ex.promise)
}

// record notes a failure here and in the exchanges around.
func (ex *exchange) record(f apierr.Failure, p *apierr.Promise) {
	for ; ex != nil; ex = ex.outer {
		ex.note(f, p)
	}
}

func (ex *exchange) note(f apierr.Failure, p *apierr.Promise) {
	ex.noted(func(n *notes) {
		if f.Form == apierr.Cut && n.conn == nil {
			// The outermost layer breaks the connection off: a router's own
			// recoverer further in would swallow http.ErrAbortHandler. One that
			// the handler has taken is the handler's.
			ex.cut.Store(true)
			ex.writer.shut.Store(true)
		}
		if !n.final && (n.failure == nil || f.Form != apierr.Done) {
			n.failure, n.promise, n.told = f.Error, p, f.Form != apierr.Done
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
