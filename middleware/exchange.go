package middleware

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/errtree"
	"github.com/failwell/failwell/internal/jsonprefix"
	"github.com/failwell/failwell/internal/responsewriter"
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
	text        [36]byte               // of id, where it was made here
	names       atomic.Pointer[config] // of the innermost New, whose header names hold; nil: of this one
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

// base is the request's context as it came in.
func (ex *exchange) base() context.Context {
	if t, ok := ex.Context.(*timed); ok {
		return t.base
	}
	return ex.Context
}

// notes is what most requests have no need of.
type notes struct {
	failure      *apierr.Error            // the first that was sent, or would have been; nil: nothing failed
	contract     *apierr.CompiledContract // in force for it
	final        bool                     // by New itself: whatever else is recorded was too late
	cause        error
	secondary    error
	stack        string
	route        string          // as a router or a layer reported it
	routeWritten string          // of the request that apierr.Write had
	mapping      int             // calls of Map that are under way
	limited      context.Context // the context that Limits made, nil where it made none
	limit        time.Time       // the deadline that Limits asked for there, zero: none
	conn         net.Conn        // as the handler has hijacked it
	*rare
}

// chosenLanguage is the language that the request chose under a contract.
type chosenLanguage struct {
	tag   string
	under *apierr.CompiledContract
}

// rare is what few failures have need of: an error costs less without it.
type rare struct {
	relayed    []*relayed                           // answers of apierr.Write to layers' writers
	verdict    *verdict                             // of an inner New about a failure
	intercept  func(status int, h http.Header) bool // of the route, nil: that of New
	writeErr   error                                // the first of the inner writer
	writeBy    time.Time                            // the deadline that SetWriteDeadline set, zero: none
	writeBySet bool                                 // SetWriteDeadline was called
	watch      *watch                               // for the loss of the connection
	atEnd      []func(status int)                   // in order
	encoding   []string                             // Content-Encoding when the exchange began
	language   *chosenLanguage                      // nil: nobody has asked yet
}

// notedRare is noted for what is rare.
func (ex *exchange) notedRare(f func(*notes)) {
	ex.noted(func(n *notes) {
		if n.rare == nil {
			n.rare = new(rare)
		}
		f(n)
	})
}

// readRare returns a copy of what is rare as it is now.
func (ex *exchange) readRare() rare {
	if n := ex.read(); n.rare != nil {
		ex.mu.Lock()
		defer ex.mu.Unlock()
		return *n.rare
	}
	return rare{}
}

// noted calls f with the notes, unless the request is over.
func (ex *exchange) noted(f func(*notes)) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if ex.ended {
		return
	}
	f(ex.made())
}

// made returns the notes and makes them if there are none. mu is held.
func (ex *exchange) made() *notes {
	n := ex.notes.Load()
	if n == nil {
		n = new(notes)
		ex.notes.Store(n)
	}
	return n
}

// read returns a copy of the notes as they stand.
func (ex *exchange) read() notes {
	n := ex.notes.Load()
	if n == nil {
		return notes{}
	}
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return *n
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

// mapping adds to the number of calls of Map that are under way and returns it.
func (ex *exchange) mapping(delta int) int {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	n := ex.made()
	n.mapping += delta
	return n.mapping
}

// Map implements seam.Exchange. A read of the body that failed comes first: it
// is known here what happened on the wire, and io.ErrUnexpectedEOF means many
// things to a mapper. Then come the mappers, those of the innermost New first.
// Last, the cause of a deadline is a deadline, and a context that was canceled
// while the client waits is a body that came too slowly, on HTTP/1, or else a
// shutdown.
func (ex *exchange) Map(ctx context.Context, err error) *apierr.Error {
	o := ex.outermost()
	defer o.mapping(-1)
	if o.mapping(1) > maxMapping {
		return nil
	}
	for o := ex; o != nil; o = o.outer {
		if e := o.body.failureIn(err); e != nil && e != apierr.BodyTooLarge { // which mappers may know
			return e
		}
	}
	for o := ex; o != nil; o = o.outer {
		for _, m := range o.mappers {
			if e := m(ctx, err); e != nil {
				return e
			}
		}
	}
	switch {
	case ex.expired() && isCauseOf(ex.limiting(), err):
		return apierr.GatewayTimeout
	case !ex.canceled() || !errtree.Is(err, context.Canceled) && !isCauseOf(ex.outermost().base(), err):
		return nil
	case ex.bodyLate():
		return apierr.RequestTimeout
	case ex.ClientGone():
		return apierr.ClientGone
	}
	return apierr.Unavailable
}

// isCauseOf reports whether err is, or wraps, the context.Cause of ctx, which
// http.Client returns in place of ctx.Err().
func isCauseOf(ctx context.Context, err error) bool {
	cause := context.Cause(ctx)
	return cause != nil && cause != ctx.Err() && errtree.Is(err, cause)
}

// Language implements seam.Exchange.
func (ex *exchange) Language() string { return ex.languageUnder(ex.contract) }

// languageUnder returns the language that the request chooses under c. The
// header is matched once, for the first contract that asks.
func (ex *exchange) languageUnder(c *apierr.CompiledContract) string {
	if c.Language(nil) == "" {
		return "" // without taking the lock
	}
	if l := ex.readRare().language; l != nil && l.under == c {
		return l.tag
	}
	l := &chosenLanguage{c.Language(ex.request.Header), c}
	ex.notedRare(func(n *notes) {
		if n.language == nil {
			n.language = l
		}
	})
	return l.tag
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
	at, via, p := ex.locate(w)
	if p != direct {
		return at.beginThrough(w, via, p == sharing)
	}
	if at.isOver() || !at.claim() {
		return seam.Answered, false
	}
	at.claimOuter()
	return at.writer.deliver(w)
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

// locate returns the exchange that an answer to w is for, the writer by which
// it comes there, and how. It is the innermost exchange that is not over.
func (ex *exchange) locate(w http.ResponseWriter) (at *exchange, via http.ResponseWriter, p path) {
	for {
		p = ex.pathOf(w)
		if !ex.isOver() || ex.outer == nil {
			return ex, w, p
		}
		if p == direct {
			w = ex.writer.inner
		}
		ex = ex.outer
	}
}

// claim takes the answer of this exchange. It fails if it was taken, or the
// request is over.
func (ex *exchange) claim() bool {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if ex.ended || ex.claimed {
		return false
	}
	ex.claimed = true
	return true
}

// unclaim gives the answer of this exchange free for New itself.
func (ex *exchange) unclaim() {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.claimed = false
}

// claimOuter takes the answer of the exchanges around this one too, as far as
// what is written here comes to them without a layer between.
func (ex *exchange) claimOuter() {
	for o := ex.outer; o != nil; ex, o = o, o.outer {
		if p := o.pathOf(ex.writer.inner); p != direct {
			o.expect(ex.writer.inner, p == sharing)
			return
		}
		o.claim()
	}
}

// deliver returns what an answer of apierr.Write can be that is written to this
// writer, as out, and to no other.
func (w *writer) deliver(out http.ResponseWriter) (d seam.Delivery, keepEncoding bool) {
	switch d = w.delivery(); d {
	case seam.NotStarted:
		w.sent.Store(int32(seam.Answered)) // for later answers
	case seam.EventStream, seam.JSONLines:
		if w.opaque { // no decoder reads plain text behind encoded bytes
			return seam.Abort, false
		}
		io.WriteString(out, w.lineEnd(d)) // what follows fails as well
	}
	return d, w.encoded
}

// beginThrough begins an answer that is written to out, and comes to this
// exchange as via, the writer of a layer.
func (ex *exchange) beginThrough(out, via http.ResponseWriter, shared bool) (d seam.Delivery, keepEncoding bool) {
	d = ex.writer.delivery()
	if !shared || d == seam.NotStarted {
		if !ex.expect(via, shared) {
			return seam.Answered, false
		}
		return seam.ThroughLayer, true
	}
	if !ex.claim() {
		return seam.Answered, false
	}
	ex.claimOuter()
	ex.expect(via, shared)
	switch {
	case responsewriter.Watched(via) == ex.writer.handed(): // it changes no byte
		io.WriteString(out, ex.writer.lineEnd(d))
	case d == seam.EventStream:
		io.WriteString(out, "\n\n") // what follows fails as well
	case d == seam.JSONLines && (len(out.Header()["Content-Encoding"]) > 0 || ex.writer.lineEnd(d) != ""):
		io.WriteString(out, "\n") // the same
	}
	return d, false
}

// Sending implements seam.Exchange. An answer to the exchange's own writer has it
// for itself from the header to the end of the body: a goroutine that the
// handler has left behind may be writing at the same time, or New may be ending
// the response.
func (ex *exchange) Sending(w http.ResponseWriter, e *apierr.Error, contentType string, body []byte) http.ResponseWriter {
	at, via, p := ex.locate(w)
	if p != direct {
		at.fill(via, newReply(e, contentType, body, ex.contract))
		return w
	}
	if at.outer != nil {
		at.sendingOuter(newReply(e, contentType, body, ex.contract))
	}
	if !at.writer.gate.enter() {
		return &discard{}
	}
	return at.writer.own(contentType != "")
}

// own returns the writer for an answer of apierr.Write, which is inside the gate.
// whole: it is not the end of a stream.
func (w *writer) own(whole bool) http.ResponseWriter {
	w.last, w.typed = true, whole
	if whole && w.encoded {
		w.header["Content-Encoding"] = w.ex.readRare().encoding
	}
	return ownWriter{w}
}

// Sent implements seam.Exchange.
func (ex *exchange) Sent(w http.ResponseWriter) {
	if own, ok := w.(ownWriter); ok {
		own.w.gate.leave()
	}
}

// sendingOuter notes what is sent to the first exchange around this one that has
// a layer between.
func (ex *exchange) sendingOuter(y *reply) {
	for o := ex.outer; o != nil; ex, o = o, o.outer {
		if o.pathOf(ex.writer.inner) != direct {
			o.fill(ex.writer.inner, y)
			return
		}
	}
}

// Record implements seam.Exchange.
func (ex *exchange) Record(r *http.Request, e *apierr.Error, cause, secondary error, d seam.Delivery) {
	ex.setRouteWritten(patternOf(r))
	ex.recordAs(failure{e, cause, secondary, d}, ex.contract)
}

func (ex *exchange) recordAs(f failure, c *apierr.CompiledContract) {
	recorded := ex.sentThrough(f, c)
	switch f.delivery {
	case seam.ThroughLayer:
		if !recorded && f.secondary != nil {
			ex.secondaryError(f.secondary)
		}
		return
	case seam.Answered:
	default:
		ex.writer.end()
	}
	ex.record(f, c)
}

// failure is one failure, and what of it was delivered.
type failure struct {
	err              *apierr.Error
	cause, secondary error
	delivery         seam.Delivery
}

// record notes a failure here and in the exchanges around, as far as the answer
// comes to them. Where a layer between may keep it, it is noted when it arrives;
// an abort is the outermost's to raise, whatever is between.
func (ex *exchange) record(f failure, c *apierr.CompiledContract) {
	for {
		ex.note(f, c)
		in := ex
		if ex = ex.outer; ex == nil {
			return
		}
		if f.delivery == seam.NotStarted && ex.pathOf(in.writer.inner) != direct {
			return
		}
	}
}

func (ex *exchange) note(f failure, c *apierr.CompiledContract) {
	ex.noted(func(n *notes) {
		if f.delivery == seam.Abort && n.conn == nil {
			// The outermost layer aborts the response: a router's own
			// recoverer further in would swallow http.ErrAbortHandler. A
			// connection that the handler has taken is the handler's.
			ex.cut.Store(true)
			ex.writer.shut.Store(true)
		}
		if !n.final && (n.failure == nil || f.delivery != seam.Answered) {
			n.failure, n.contract = f.err, c
		}
		n.cause = join(n.cause, f.cause)
		n.secondary = join(n.secondary, f.secondary)
	})
}

// verdict is what an inner New has decided about a failure.
type verdict struct {
	status      int
	contentType string    // of what passes; "" for any
	by          *exchange // whose functions and contract decide where it does not pass
	pass        bool
}

// setVerdict notes v here and in the exchanges around.
func (ex *exchange) setVerdict(v *verdict) {
	for ; ex != nil; ex = ex.outer {
		ex.notedRare(func(n *notes) { n.verdict = v })
	}
}

// verdictOn returns what an inner New has decided about a failure with this
// status and header, nil if there is none, or the failure is another one.
func (ex *exchange) verdictOn(status int, h http.Header) *verdict {
	v := ex.readRare().verdict
	if v == nil || v.status != status || v.pass && v.contentType != "" && v.contentType != contentTypeOf(h) {
		return nil
	}
	return v
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
