package conformance

import (
	"bufio"
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/responsewriter"
)

// Watch returns handler with every response checked, for the tests that a team
// has already: requests and responses pass unchanged. Each failure has to keep
// the common rules (see the package documentation), each response the rule ids;
// what is wrong fails t, and advice is logged. When t ends, the declared codes
// that no response had are logged.
//
// handler is the outermost one of the server. Call Watch once, in the test
// around all that share the server. A response that the handler aborts by
// http.ErrAbortHandler is not checked; any other panic that reaches Watch fails
// t, since the client receives no answer. Of a body, the first megabyte is kept.
// The returned handler is safe for use by several goroutines.
//
// Watch panics if t or handler is nil. Faults of the contract end the test.
func Watch(t testing.TB, contract apierr.Contract, handler http.Handler) http.Handler {
	mustNotBeNil("Watch", "test", t == nil)
	mustNotBeNil("Watch", "handler", handler == nil)
	t.Helper()
	r, err := newRun("Watch", contract, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.seen.seen = make(map[string]bool)
	w := &watcher{run: r, t: t, next: handler, codes: make(map[string]bool)}
	t.Cleanup(w.end)
	return w
}

// watched is what Watch applies: it is no situation that the kit provokes.
var watched = scenario{name: "watched", common: allCommon}

// watcher is the handler that Watch returns.
type watcher struct {
	*run
	next http.Handler

	mu    sync.Mutex // guards all below
	t     testing.TB // nil: the test has ended
	codes map[string]bool
}

// maxShownCodes is how many of the codes that nobody has seen are listed.
const maxShownCodes = 100

func (w *watcher) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.t
	w.t = nil
	var unseen []string
	for _, e := range w.model.contract.Declared() {
		if !w.codes[e.Code] {
			unseen = append(unseen, e.Code)
		}
		delete(w.codes, e.Code)
	}
	list := func(what string, codes []string) {
		if len(codes) > 0 {
			t.Logf("conformance: contract %q: %s: %s", w.model.contract.Name, what, strings.Join(codes[:min(len(codes), maxShownCodes)], ", "))
		}
	}
	list("declared codes that no response had", unseen)
	list("codes that are not declared", slices.Sorted(maps.Keys(w.codes)))
}

// ServeHTTP implements http.Handler.
func (w *watcher) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	sent := request{method: r.Method, path: r.URL.Path, protocol: r.Proto} // the header may have credentials
	carried := w.carriedIn(r.Header)
	tape := newTape(rw)
	defer func() {
		if v := recover(); v != nil {
			if v != http.ErrAbortHandler && !tape.hijacked {
				w.panicked(tape.answer(sent, carried))
			}
			panic(v) // the response is aborted
		}
	}()
	w.next.ServeHTTP(tape.handle.Handed(), r)
	if tape.hijacked {
		return
	}
	if tape.status == 0 {
		tape.commit(http.StatusOK)
	}
	w.apply(tape.answer(sent, carried), r, tape.more)
}

// probe returns a probe for the answer to one request.
func (w *watcher) probe(protocol string) *probe {
	return &probe{run: w.run, ctx: context.Background(), scenario: &watched, app: &target{protocol: protocol}, outcomes: make(map[string]*outcome)}
}

// panicked reports a panic that no layer has recovered.
func (w *watcher) panicked(a *answer) {
	a.err = errPanicked
	p := w.probe(a.sent.protocol)
	p.require("envelope", false, a, "the handler panics, and no layer recovers it", "an answer in the contract's form, or an abort by http.ErrAbortHandler")
	w.report(p, "")
}

var errPanicked = errors.New("the handler panicked")

// carriedIn reports which IDs the header of a request has.
func (w *watcher) carriedIn(h http.Header) carried {
	return carried{len(h[w.model.request]) > 0, len(h[w.model.correlate]) > 0}
}

// apply applies the rules to a response. more: its body is longer than what was
// kept.
func (w *watcher) apply(a *answer, r *http.Request, more bool) {
	p := w.probe(r.Proto)
	code := ""
	switch form := w.formOf(a); {
	case a.status < 400 && !w.model.isFailure(a), r.Method == http.MethodHead, more:
		if p.ids(a, nil); !more {
			code = w.model.streamedCode(a)
		}
	default:
		p.failureIn(form, a, expectation{what: "this request"})
		c, _, _ := form.read(a.body)
		code = c.code
	}
	w.report(p, code)
}

// formOf returns the reader for the Content-Type of a response: that of the
// alternative if it has that type.
func (w *watcher) formOf(a *answer) reader {
	if w.model.other != nil && isType(a.header.Get("Content-Type"), w.model.other.contentType()) {
		return w.model.other
	}
	return w.model.form
}

// streamedCode returns the code of the failure that ends a stream of events or of
// JSON lines. Empty: none does.
func (m *model) streamedCode(a *answer) string {
	last := ""
	switch streamOf(a.header) {
	case events:
		all := strings.SplitAfter(string(a.body), "\n\n")
		last, _ = errorEvent(all[max(0, len(all)-2)]) // the last one is empty
	case jsonLines:
		lines := strings.Split(strings.TrimSuffix(string(a.body), "\n"), "\n")
		last = lines[len(lines)-1]
	}
	c, faults, _ := m.form.read([]byte(last))
	if len(faults) > 0 {
		return ""
	}
	return c.code
}

// report reports what was found, unless the test has ended.
func (w *watcher) report(p *probe, code string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.t == nil {
		return
	}
	if code != "" {
		w.codes[code] = true
	}
	for _, rule := range commonRules {
		o := p.outcomes[rule.name]
		if o == nil || len(o.findings) == 0 {
			continue
		}
		res := Result{Name: watched.name + "/" + rule.name, Level: rule.level, Asks: rule.asks, Source: rule.source, Findings: o.findings}
		if rule.level == Must {
			w.t.Error("\n" + res.text())
		} else {
			w.t.Log("\n" + res.text())
		}
	}
}

// tape keeps a copy of what the handler writes, at most maxResponse bytes.
type tape struct {
	responsewriter.Base
	handle   responsewriter.Writer
	status   int // 0: not sent
	header   http.Header
	body     []byte
	more     bool
	hijacked bool
}

func newTape(inner http.ResponseWriter) *tape {
	w := &tape{Base: responsewriter.Base{Inner: inner}}
	w.handle.Wrap(w, responsewriter.SetOf(inner))
	return w
}

// answer returns what was written.
func (w *tape) answer(sent request, carried carried) *answer {
	return &answer{sent: sent, status: w.status, header: w.header, body: w.body, at: time.Now(), carried: carried}
}

// OnlyWatches implements [responsewriter.Watcher].
func (w *tape) OnlyWatches() {}

func (w *tape) commit(status int) {
	if w.status == 0 {
		w.status, w.header = status, w.Inner.Header().Clone()
	}
}

func (w *tape) keep(p []byte) {
	w.commit(http.StatusOK)
	room := maxResponse - len(w.body)
	w.more = w.more || len(p) > room
	w.body = append(w.body, p[:min(len(p), room)]...)
}

func (w *tape) WriteHeader(status int) {
	switch {
	case status == http.StatusSwitchingProtocols:
		w.hijacked = true
	case status >= 200:
		w.commit(status)
	}
	w.Inner.WriteHeader(status)
}

func (w *tape) Write(p []byte) (int, error) {
	w.keep(p)
	return w.Base.Write(p)
}

func (w *tape) WriteString(s string) (int, error) {
	w.keep([]byte(s))
	return w.Base.WriteString(s)
}

func (w *tape) ReadFrom(r io.Reader) (int64, error) {
	w.commit(http.StatusOK)
	if w.status < 400 {
		w.more = true // a file, most likely
		return w.Base.ReadFrom(r)
	}
	return w.Base.ReadFrom(io.TeeReader(r, keeper{w}))
}

// keeper writes to the tape alone.
type keeper struct{ *tape }

func (k keeper) Write(p []byte) (int, error) {
	k.keep(p)
	return len(p), nil
}

// Hijack implements http.Hijacker.
func (w *tape) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := w.Base.Hijack()
	w.hijacked = w.hijacked || err == nil
	return conn, rw, err
}

func (w *tape) FlushError() error {
	w.commit(http.StatusOK)
	return w.Base.FlushError()
}
