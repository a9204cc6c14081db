package middleware

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"strings"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/seam"
)

// DefaultIntercept reports whether New replaces a failure that was not written
// by apierr.Write with the contract's error for its status: it does if the
// response has no body, or a body of plain text, as http.Error and routers write
// it. h is a copy of the header. Its Content-Type is the handler's; where the
// handler has set none, it is what was found in the body: application/json for a
// JSON object or array, else as http.DetectContentType says, and none where
// there is no body, or where a layer has encoded it.
func DefaultIntercept(_ *http.Request, _ int, h http.Header) bool {
	return isPlain(contentTypeOf(h))
}

// isPlain reports whether a Content-Type says nothing, or plain text.
func isPlain(contentType string) bool {
	return contentType == "" || mediaType(contentType) == "text/plain"
}

// Intercept decides which failures are replaced on the routes inside it, in
// place of the function of [WithIntercept], or of another Intercept around it.
// It is for routes whose failures belong to somebody else: git over HTTP,
// WebDAV, /metrics, the pages of an application behind a proxy, an endpoint of
// nginx's auth_request. To leave all of them alone:
//
//	middleware.Intercept(func(*http.Request, int, http.Header) bool { return false })
//
// IDs, recovery, limits and the log are not affected, and neither are errors
// that are returned, or passed to apierr.Write. The function is called as that
// of WithIntercept is, with the request that came to Intercept; nil panics at
// start-up. Outside New it does nothing.
func Intercept(intercept func(r *http.Request, status int, h http.Header) bool) func(http.Handler) http.Handler {
	mustNotBeNil("middleware.Intercept", intercept == nil)
	return onRoute("middleware.Intercept", func(ex *exchange, r *http.Request) (*http.Request, context.CancelFunc) {
		if ex != nil {
			own := func(status int, h http.Header) bool { return intercept(r, status, h) }
			ex.notedRare(func(n *notes) { n.intercept = own })
		}
		return r, func() {}
	})
}

// intercepts asks the function of the route, else that of New, and the default
// where it panics. h is the handler's header, found the type that replaces its
// Content-Type.
func (ex *exchange) intercepts(status int, h http.Header, found string) bool {
	if own := ex.readRare().intercept; own != nil {
		return ex.asks(own, status, h, found)
	}
	if ex.intercept == nil {
		return isPlain(found)
	}
	return ex.asks(func(status int, h http.Header) bool { return ex.intercept(&ex.request, status, h) }, status, h, found)
}

func (ex *exchange) asks(f func(int, http.Header) bool, status int, h http.Header, found string) (yes bool) {
	defer func() {
		if v := recover(); v != nil {
			ex.secondaryError(panicOf("the function that intercepts", v))
			yes = isPlain(found)
		}
	}()
	c := make(http.Header, len(h)+1)
	maps.Copy(c, h)
	delete(c, "Content-Type")
	if found != "" {
		c["Content-Type"] = []string{found}
	}
	return f(status, c)
}

// maxHeld is the most bytes kept of a failure that is held back.
const maxHeld = 1 << 10

// held is a status that the handler has written and that was not sent yet, or,
// once another one was committed, what follows a second status.
type held struct {
	mode    mode
	status  int
	header  http.Header   // as it was when the status was written
	text    []byte        // the first bytes, at most maxHeld
	cut     bool          // text is not all of it
	closed  bool          // what comes now is not a part of the text
	page    bool          // the text is http.TimeoutHandler's own page
	opaque  bool          // the text is under a Content-Encoding
	cause   error         // beside the text; may be nil
	relayed *relayed      // the answer of apierr.Write that a layer passes on
	by      *exchange     // whose functions and contract decide
	before  seam.Delivery // what could be delivered, where the response has begun
}

// mode is what happens to the body of what is held.
type mode uint8

const (
	// replaced: the body is kept for the message or the log.
	replaced mode = iota
	// undecided: the body has no type, and the first bytes decide.
	undecided
	// unmatched: a layer passes on an answer of apierr.Write, and the first
	// bytes show whether it does so byte for byte.
	unmatched
	// failing: a failure after the response has begun, if a body follows.
	failing
	// dropped: what follows a failure that was sent.
	dropped
)

// hold keeps a failure back. Nothing of it is sent.
func (w *writer) hold(status int, m mode) {
	h := w.header
	w.held = &held{
		mode: m, status: status, header: maps.Clone(h), by: w.ex,
		opaque: w.encodedWithin(h),
	}
	w.sent.Store(int32(seam.Answered)) // the first answer wins
}

// encodedWithin reports whether the Content-Encoding in h was set inside New.
func (w *writer) encodedWithin(h http.Header) bool {
	v := h["Content-Encoding"]
	return len(v) > 0 && (!w.encoded || first(v) != first(w.ex.readRare().encoding))
}

// judge decides about a status that a handler, or a layer, has written.
func (w *writer) judge(code int) {
	h := w.header
	if t := w.ex.passedOn(code, h); t != nil {
		w.pass(code, h, t)
		return
	}
	if code < 400 {
		w.commit(code)
		return
	}
	by := w.ex
	if v := w.ex.verdictOn(code, h); v != nil {
		if v.pass {
			w.commit(code)
			return
		}
		by = v.by
	}
	found := contentTypeOf(h)
	switch {
	case found == "" && !w.encodedWithin(h):
		w.hold(code, undecided)
	case !by.intercepts(code, h, found):
		w.commit(code)
		return
	default:
		w.hold(code, replaced)
	}
	w.held.by = by
}

// superfluous notes a status after another one. What it says is not sent.
func (w *writer) superfluous(code int) {
	h := w.held
	switch {
	case w.hijacked:
		w.ex.secondaryError(fmt.Errorf("middleware: WriteHeader(%d) on a hijacked connection", code))
		return
	case h != nil:
		w.ex.secondaryError(fmt.Errorf("middleware: superfluous WriteHeader(%d) after %d", code, h.status))
		h.closed = true
		return
	}
	w.ex.secondaryError(fmt.Errorf("middleware: superfluous WriteHeader(%d) after %d", code, w.status))
	switch {
	case w.shut.Load() || code < 400:
	case w.status >= 400:
		w.held = &held{mode: dropped, status: code}
	case w.began():
		w.held = &held{mode: failing, status: code, by: w.ex, before: w.delivery()}
		w.sent.Store(int32(seam.Answered))
	}
}

func badStatus(code int) error {
	return fmt.Errorf("middleware: the handler called WriteHeader(%d)", code)
}

// withhold takes what does not pass: a part of what is held, or what follows
// the end.
func (w *writer) withhold(p []byte) (int, error) {
	h := w.held
	if h == nil {
		return 0, http.ErrAbortHandler
	}
	if h.closed {
		return len(p), nil
	}
	switch h.mode {
	case undecided:
		return w.decide(h, p)
	case unmatched:
		return w.match(h, p)
	case dropped:
	default:
		h.add(p)
	}
	return len(p), nil
}

func (h *held) add(p []byte) {
	k := min(len(p), maxHeld-len(h.text))
	h.text = append(h.text, p[:k]...)
	h.cut = h.cut || k < len(p)
}

// decide adds p to a body without a type, until there is enough of it to find
// the type.
func (w *writer) decide(h *held, p []byte) (int, error) {
	k := min(len(p), sniffed-len(h.text))
	h.add(p[:k])
	h.page = h.page || isTimeoutPage(h.status, h.text) && calledByTimeoutHandler()
	if len(h.text) < sniffed {
		return len(p), nil
	}
	if w.decided(h, false); h.mode == replaced {
		h.add(p[k:])
		return len(p), nil
	}
	if k == len(p) {
		return k, nil
	}
	n, err := w.write(p[k:])
	return k + n, err
}

// decided ends the wait for the type of a body. whole: text is all of it.
func (w *writer) decided(h *held, whole bool) {
	found := ""
	if len(h.text) > 0 && !h.page {
		found = typeOf(h.text, whole)
	}
	if h.by.intercepts(h.status, h.header, found) {
		h.mode = replaced
		return
	}
	w.release(h)
}

// release sends what was held as it is: the header as it was when the status
// was written, and what there is of the body. Of what the handler has put into
// the header since only the trailers count, as in net/http.
func (w *writer) release(h *held) {
	w.held = nil
	later := maps.Clone(w.header)
	w.restore(h)
	w.commit(h.status)
	for name, values := range later {
		if strings.HasPrefix(name, http.TrailerPrefix) || declares(h.header, name) {
			w.header[name] = values
		}
	}
	if len(h.text) > 0 {
		w.write(h.text)
	}
}

// declares reports whether the Trailer lines in h name a trailer.
func declares(h http.Header, name string) bool {
	for _, line := range h["Trailer"] {
		for field := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(field), name) {
				return true
			}
		}
	}
	return false
}

// restore makes the header what it was when the status was written.
func (w *writer) restore(h *held) { replaceHeader(w.header, h.header) }

func replaceHeader(h, by http.Header) {
	clear(h)
	maps.Copy(h, by)
}

// drop forgets what was held back, in favour of another answer.
func (w *writer) drop() {
	h := w.held
	if h == nil {
		return
	}
	w.held = nil
	switch {
	case w.status == 0:
		w.restore(h)
		w.sent.Store(int32(seam.NotStarted))
	case h.mode == failing:
		w.sent.Store(int32(h.before)) // not by the header, which http.Error has changed
	}
}

// timeoutPage is what http.TimeoutHandler writes where its user has given no
// text of his own.
const timeoutPage = "<html><head><title>Timeout</title></head><body><h1>Timeout</h1></body></html>"

func isTimeoutPage(status int, text []byte) bool {
	return status == http.StatusServiceUnavailable && string(text) == timeoutPage
}

// calledByTimeoutHandler reports whether http.TimeoutHandler itself is writing,
// and not a handler that sends the same words.
func calledByTimeoutHandler() bool {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		if f.Function == "net/http.(*timeoutHandler).ServeHTTP" {
			return true
		}
		if !more {
			return false
		}
	}
}

// settleHeld ends what the handler left held.
func (ex *exchange) settleHeld() {
	w := &ex.writer
	h := w.held
	switch h.mode {
	case undecided:
		w.decided(h, true)
	case unmatched:
		w.unmatched(h)
	case failing:
		if len(h.text) > 0 {
			w.drop()
			ex.unclaim() // what an error claimed meanwhile came too late
			ex.answer(ex.contract, ex.contract.ForStatus(h.status).Wrap(errors.New(string(h.text))))
		}
		return
	}
	if w.held != nil && h.mode == replaced {
		ex.replace(h)
	}
}

// replace answers what was held back: with the error that apierr.Write sent,
// where a layer in between has changed its form; with what was wrong with the
// body, or with the deadline, where a proxy takes that for its upstream's
// failure; else with the contract's error for the status.
func (ex *exchange) replace(h *held) {
	if t := h.relayed; t != nil {
		ex.arrive(t)
		ex.answer(t.contract, t.err)
		return
	}
	if h.status == http.StatusBadGateway {
		err := ex.bodyFailure()
		if err == nil {
			err = ex.interrupted(string(h.text))
		}
		if err != nil {
			ex.answer(ex.contract, err)
			return
		}
	}
	c := h.by.contract
	ex.answer(c, h.as(c.ForStatus(h.status), ex))
}

// as returns the contract's error with what the text adds to it: the message of
// a 4xx, or a cause for the log.
func (h *held) as(e *apierr.Error, ex *exchange) error {
	text := ""
	if !h.opaque && !h.page {
		text = string(h.text)
	}
	if h.status < 500 && h.cause == nil && text != "" {
		if message := ex.message(h.status, text, h.cut); message != "" {
			return e.WithMessage(message)
		}
		if isBoilerplate(h.status, text) {
			return e
		}
	}
	switch {
	case h.cause != nil:
		return e.Wrap(h.cause)
	case h.page:
		return e.Wrap(http.ErrHandlerTimeout)
	case text != "":
		return e.Wrap(errors.New(text))
	}
	return e
}
