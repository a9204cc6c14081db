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
	"github.com/failwell/failwell/internal/errtree"
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
	mapping  atomic.Int32
	cut      atomic.Bool // the outermost layer breaks the connection off
	claimed  bool        // an answer is under way or sent
	ended    bool        // the request is over; whatever comes now is late
	returned bool        // the handler returned: it neither panicked nor ended its goroutine
	parsed   bool        // the form was parsed outside, by whom its files are removed
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

// base is the request's context as it came in.
func (ex *exchange) base() context.Context {
	if t, ok := ex.Context.(*timed); ok {
		return t.base
	}
	return ex.Context
}

// notes is what most requests have no need of.
type notes struct {
	failure   *apierr.Error            // the first that was told, or would have been; nil: nothing failed
	contract  *apierr.CompiledContract // in force for it
	told      bool                     // the failure was sent
	final     bool                     // by New itself: whatever else is recorded was too late
	cause     error
	secondary error
	stack     string
	route     string          // as the innermost router told it
	limited   context.Context // the context that Limits made, nil where it made none
	limit     time.Time       // the deadline that Limits asked for there, zero: none
	conn      net.Conn        // as the handler has hijacked it
	encoding  []string        // Content-Encoding when the exchange began
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
	if key == (seam.Key{}) {
		return ex
	}
	return ex.Context.Value(key)
}

// IDs implements seam.Exchange.
func (ex *exchange) IDs() (request, correlation string) { return ex.id[0], ex.correlation[0] }

// Contract implements seam.Exchange.
func (ex *exchange) Contract() *apierr.CompiledContract { return ex.contract }

// maxMapping is how many calls of Map may be under way in one exchange: a mapper
// that calls apierr.Write or apierr.Resolve with the error that it is asked
// about is asked about it again. Few, since it may do so more than once.
const maxMapping = 4

// Map implements seam.Exchange. The mappers of the innermost New come first.
// After them, a context that HTTP/1 has canceled because the body came too
// slowly is told from one whose client has gone.
func (ex *exchange) Map(ctx context.Context, err error) *apierr.Error {
	under := &ex.outermost().mapping
	defer under.Add(-1)
	if under.Add(1) > maxMapping {
		return nil
	}
	for o := ex; o != nil; o = o.outer {
		for _, m := range o.mappers {
			if e := m(ctx, err); e != nil {
				return e
			}
		}
	}
	if b := ex.outermost().body; b != nil && b.late.Load() && errtree.Is(err, context.Canceled) {
		return apierr.RequestTimeout
	}
	return nil
}

// ClientGone implements seam.Exchange. The base of the outermost exchange is
// the server's context, which is canceled when the connection or the stream is
// lost, but on HTTP/1 also when the body comes too slowly.
func (ex *exchange) ClientGone() bool {
	o := ex.outermost()
	return o.base().Err() == context.Canceled && !(o.body != nil && o.body.late.Load())
}

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

// Begin implements seam.Exchange.
func (ex *exchange) Begin(w http.ResponseWriter) (d seam.Delivery, keepEncoding bool) {
	if !ex.claim() {
		return seam.Answered, false
	}
	return ex.delivery(w)
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

// delivery returns what an answer through w can still be.
func (ex *exchange) delivery(w http.ResponseWriter) (d seam.Delivery, keepEncoding bool) {
	d = ex.writer.delivery()
	if w != ex.writer.handed() {
		return ex.deliveryThrough(w, d)
	}
	ex.writer.last = d != seam.Answered
	switch d {
	case seam.NotStarted:
		ex.writer.typed = true
		ex.writer.sent.Store(int32(seam.Answered)) // for whoever comes later
		if ex.writer.encoded {
			w.Header()["Content-Encoding"] = ex.read().encoding
		}
	case seam.EventStream, seam.JSONLines:
		io.WriteString(w, ex.writer.lineEnd(d)) // what follows fails as well
	}
	return d, ex.writer.encoded
}

// deliveryThrough is delivery for a layer in between. It may compress: then it has
// said so in the header that it shares with this writer, and how the stream
// stands is not to be seen from here. A header of the layer's own, as
// http.TimeoutHandler has it, says what the handler said.
func (ex *exchange) deliveryThrough(w http.ResponseWriter, d seam.Delivery) (_ seam.Delivery, keepEncoding bool) {
	ex.writer.through.Store(true)
	if d == seam.NotStarted {
		own := reflect.ValueOf(ex.writer.header).Pointer()
		return d, reflect.ValueOf(w.Header()).Pointer() == own
	}
	switch {
	case d == seam.EventStream:
		io.WriteString(w, "\n\n") // what follows fails as well
	case d == seam.JSONLines && (len(w.Header()["Content-Encoding"]) > 0 || ex.writer.lineEnd(d) != ""):
		io.WriteString(w, "\n") // the same
	}
	return d, false
}

// Record implements seam.Exchange.
func (ex *exchange) Record(r *http.Request, e *apierr.Error, cause, secondary error, d seam.Delivery) {
	ex.setRoute(r.Pattern)
	if d != seam.Answered && !ex.writer.through.Load() {
		ex.writer.end()
	}
	ex.record(failure{e, cause, secondary, d}, ex.contract)
}

// failure is one failure, and what of it was delivered.
type failure struct {
	err              *apierr.Error
	cause, secondary error
	delivery         seam.Delivery
}

// record notes a failure here and in the exchanges around.
func (ex *exchange) record(f failure, c *apierr.CompiledContract) {
	for ; ex != nil; ex = ex.outer {
		ex.note(f, c)
	}
}

func (ex *exchange) note(f failure, c *apierr.CompiledContract) {
	ex.noted(func(n *notes) {
		if f.delivery == seam.Abort && n.conn == nil {
			// The outermost layer breaks the connection off: a router's own
			// recoverer further in would swallow http.ErrAbortHandler. One that
			// the handler has taken is the handler's.
			ex.cut.Store(true)
			ex.writer.shut.Store(true)
		}
		if !n.final && (n.failure == nil || f.delivery != seam.Answered) {
			n.failure, n.contract, n.told = f.err, c, f.delivery != seam.Answered
		}
		n.cause = join(n.cause, f.cause)
		n.secondary = join(n.secondary, f.secondary)
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
