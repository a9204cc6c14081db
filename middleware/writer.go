package middleware

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/failwell/failwell/internal/responsewriter"
	"github.com/failwell/failwell/internal/seam"
)

// writer is the ResponseWriter of an exchange. It knows what was committed, and
// holds back the failures that are not in the contract's format.
//
// The handler gets it as handle.Handed(), which has the optional interfaces of
// the inner writer and no others. New itself writes through [ownWriter].
//
// Handlers may leave goroutines behind that go on writing. Each method therefore
// passes the gate, which is shut when the handler has returned: then only New
// itself writes, as ownWriter.
type writer struct {
	handle   responsewriter.Writer
	inner    http.ResponseWriter
	header   http.Header // of inner, whose method Header is for one goroutine only
	ex       *exchange
	held     *held
	bytes    int64 // of the body that left; 0 for HEAD
	declared int64 // Content-Length as it left, -1: none
	gate     gate
	status   int16        // 0: not committed
	pending  bool         // something was written after the last Flush
	canceled bool         // the request was canceled before it was committed
	sent     atomic.Int32 // a seam.Delivery: what can still be delivered
	shut     atomic.Bool  // the answer is complete or aborted: nothing more is sent
	through  atomic.Bool  // apierr.Write has answered through a layer's writer
	hijacked bool         // with mu held, but for Header
	tail     [2]byte      // the last bytes of a stream
	encoded  bool         // Content-Encoding was set when the exchange began; notes has it
	crossed  bool         // the request came from a script of some origin
	head     bool         // a HEAD request
	flushed  bool
	opaque   bool // what left is under a Content-Encoding that was set inside New
	typed    bool // apierr.Write is answering through this writer: nothing is held
	last     bool // what apierr.Write sends through this writer is the end
}

// errLate is what a write returns after the handler has returned.
var errLate = errors.New("middleware: the handler has returned")

// enter begins the exchange on inner.
func (w *writer) enter(ex *exchange, inner http.ResponseWriter) {
	w.inner, w.ex = inner, ex
	w.header = inner.Header()
	if h := w.header; len(h) > 0 {
		if v := h["Content-Encoding"]; len(v) > 0 {
			w.encoded = true
			ex.notedRare(func(n *notes) { n.encoding = v })
		}
	}
	// Now, since a handler that was abandoned may change the header later.
	w.crossed = len(ex.request.Header["Origin"]) > 0
	w.head = ex.request.Method == http.MethodHead
	w.handle.Wrap(w, w.innerSet())
}

// innerSet returns which optional interfaces the inner writer has.
func (w *writer) innerSet() responsewriter.Set {
	seen := &w.ex.seen[0]
	if w.ex.request.ProtoMajor == 2 {
		seen = &w.ex.seen[1]
	}
	set, ok := seen.Load().Of(w.inner)
	if !ok {
		of := responsewriter.TypeSetOf(w.inner)
		seen.Store(of)
		set, _ = of.Of(w.inner)
	}
	return set
}

// handed returns what the handler gets.
func (w *writer) handed() http.ResponseWriter { return w.handle.Handed() }

// delivery returns what can still be delivered.
func (w *writer) delivery() seam.Delivery { return seam.Delivery(w.sent.Load()) }

// Unwrap is for http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.inner }

// Header implements http.ResponseWriter. A handler that has hijacked the
// connection writes the header itself, as httputil.ReverseProxy does for a 101:
// what was copied into it since the last call does not replace the IDs.
func (w *writer) Header() http.Header {
	if w.gate.isShut() && w.ex.allOver() {
		return http.Header{} // the server, and the layers outside, have the other one
	}
	if w.hijacked {
		w.ex.setIDs(w.header)
	}
	return w.header
}

// WriteHeader implements http.ResponseWriter. A second call has no effect, as
// in net/http, and is noted.
func (w *writer) WriteHeader(code int) {
	if !w.gate.enter() {
		w.writeHeaderLate(code)
		return
	}
	defer w.gate.leave()
	w.writeHeader(code)
}

func (w *writer) writeHeader(code int) {
	switch {
	case w.status != 0 || w.held != nil || w.hijacked || w.shut.Load():
		w.superfluous(code)
	case isInformational(code, w.ex.request.ProtoMajor):
		if w.ex.request.ProtoAtLeast(1, 1) { // RFC 9110 section 15.2: never to HTTP/1.0
			w.inner.WriteHeader(code)
		}
	case code < 100 || code > 999:
		w.hold(http.StatusInternalServerError, replaced)
		w.held.cause = badStatus(code)
	case w.typed || code < 400 && !w.through.Load():
		w.commit(code)
	default:
		w.judge(code)
	}
}

// isInformational reports whether another status follows this one. A 101 is the
// last one of HTTP/1; HTTP/2 has none, RFC 9113 section 8.6, and net/http sends
// it there as it sends a 103.
func isInformational(code, protoMajor int) bool {
	return code >= 100 && code <= 199 && (code != http.StatusSwitchingProtocols || protoMajor >= 2)
}

// isIdentity reports whether a Content-Encoding is none. Handlers of event streams
// send it to keep compressors away.
func isIdentity(encoding string) bool {
	return strings.EqualFold(encoding, "identity") || strings.EqualFold(encoding, "none")
}

// Write implements http.ResponseWriter.
func (w *writer) Write(p []byte) (int, error) {
	if !w.gate.enter() {
		return w.writeLate(p)
	}
	defer w.gate.leave()
	return w.write(p)
}

func (w *writer) write(p []byte) (int, error) {
	switch {
	case !w.open():
		return w.withhold(p)
	case w.through.Load():
		return w.writeThrough(p)
	}
	return w.send(p)
}

// writeThrough is write for bytes that a layer may pass on.
func (w *writer) writeThrough(p []byte) (int, error) {
	q := w.ex.fromLayer(p, w.began())
	if len(q) == 0 {
		return len(p), nil
	}
	n, err := w.send(q)
	if err == nil {
		n = len(p)
	}
	return n, err
}

// send writes p to the inner writer.
func (w *writer) send(p []byte) (int, error) {
	n, err := w.inner.Write(p)
	if w.wrote(int64(n), err); w.streams() {
		w.keepTail(p[:n])
	}
	return n, err
}

// WriteString implements io.StringWriter.
func (w *writer) WriteString(s string) (int, error) {
	if !w.gate.enter() {
		return w.writeLate([]byte(s))
	}
	defer w.gate.leave()
	return w.writeString(s)
}

func (w *writer) writeString(s string) (int, error) {
	if !w.open() || w.through.Load() {
		return w.write([]byte(s))
	}
	n, err := io.WriteString(w.inner, s)
	w.wrote(int64(n), err)
	if w.streams() {
		w.keepTail([]byte(s[max(0, n-2):n]))
	}
	return n, err
}

// open commits what nobody has, and reports whether bytes pass.
func (w *writer) open() bool {
	if w.status == 0 && w.held == nil && !w.hijacked {
		w.writeHeader(http.StatusOK)
	}
	return w.held == nil && !w.shut.Load()
}

// wrote notes what the inner writer did with a part of the body.
func (w *writer) wrote(n int64, err error) {
	if !w.head {
		w.bytes += n
	}
	w.pending = true
	w.failedWrite(err)
}

// began reports whether something of the body, or a Flush, has left.
func (w *writer) began() bool { return w.status != 0 && (w.bytes > 0 || w.flushed) }

// streams reports whether a last event or line can be added.
func (w *writer) streams() bool {
	d := w.delivery()
	return d == seam.EventStream || d == seam.JSONLines
}

// keepTail remembers how a stream ends so far, so that its last event begins
// on a line of its own.
func (w *writer) keepTail(p []byte) {
	switch len(p) {
	case 0:
		return
	case 1:
		w.tail = [2]byte{w.tail[1], p[0]}
		return
	}
	w.tail = [2]byte(p[len(p)-2:])
}

// lineEnd returns what ends a line or an event that the handler left open, so
// that the last event or line stands on its own.
func (w *writer) lineEnd(d seam.Delivery) string {
	switch ended := w.tail[1] == '\n'; {
	case w.bytes == 0, d == seam.JSONLines && ended, w.tail == [2]byte{'\n', '\n'}:
		return ""
	case d == seam.JSONLines, ended:
		return "\n"
	}
	return "\n\n"
}

// end lets nothing follow what apierr.Write has sent.
func (w *writer) end() {
	if w.last {
		w.shut.Store(true)
	}
}

// FlushError is for http.Flusher and http.ResponseController. A held answer is
// not flushed, and nothing is committed where nothing can be flushed.
func (w *writer) FlushError() error {
	if !w.gate.enter() {
		return w.flushLate()
	}
	defer w.gate.leave()
	return w.flush()
}

func (w *writer) flush() error {
	switch {
	case !responsewriter.CanFlush(w.inner):
		return http.ErrNotSupported
	case w.held != nil || w.ex.cut.Load():
		return nil
	case w.status == 0:
		if w.writeHeader(http.StatusOK); w.held != nil {
			return nil
		}
	}
	w.flushed = true
	err := http.NewResponseController(w.inner).Flush()
	w.pending = err != nil
	w.failedWrite(err)
	return err
}

// Hijack implements http.Hijacker. What was held is committed, as net/http
// commits a status line before it gives the connection away.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if !w.gate.enter() {
		return w.hijackLate()
	}
	defer w.gate.leave()
	if h := w.held; h != nil && w.status == 0 {
		w.release(h)
	}
	conn, rw, err := w.inner.(http.Hijacker).Hijack()
	if err == nil {
		w.hijacked = true
		w.ex.noted(func(n *notes) { n.conn = conn })
		w.sent.Store(int32(seam.Abort))
	}
	return conn, rw, err
}

// ReadFrom implements io.ReaderFrom. It keeps the inner writer's, and with it
// sendfile. Nothing is committed until there is a byte.
func (w *writer) ReadFrom(r io.Reader) (n int64, err error) {
	if w.untouched() {
		var start [512]byte
		k, err := io.ReadAtLeast(r, start[:], 1)
		if k > 0 {
			k, werr := w.Write(start[:k])
			n = int64(k)
			if werr != nil {
				return n, werr
			}
		}
		if err != nil {
			if err == io.EOF {
				err = nil
			}
			return n, err
		}
	}
	if !w.passes() {
		m, err := io.Copy(onlyWriter{w}, r)
		return n + m, err
	}
	// Outside the gate: r may block for as long as it likes, and the handler may
	// return meanwhile.
	m, err := w.inner.(io.ReaderFrom).ReadFrom(r)
	if w.gate.enter() {
		w.wrote(m, nil)
		w.failedCopy(err)
		w.gate.leave()
	}
	return n + m, err
}

// onlyWriter hides ReadFrom from io.Copy.
type onlyWriter struct{ io.Writer }

// untouched reports whether nothing was committed or held.
func (w *writer) untouched() bool {
	if !w.gate.enter() {
		return false
	}
	defer w.gate.leave()
	return w.status == 0 && w.held == nil && !w.hijacked
}

// passes reports whether bytes go to the inner writer, and nobody needs to see
// them.
func (w *writer) passes() bool {
	if !w.gate.enter() {
		return false
	}
	defer w.gate.leave()
	return w.open() && !w.streams() && !w.through.Load()
}

// Push implements http.Pusher.
func (w *writer) Push(target string, opts *http.PushOptions) error {
	if w.gate.isShut() {
		return http.ErrNotSupported
	}
	return w.inner.(http.Pusher).Push(target, opts)
}

// CloseNotify implements http.CloseNotifier, which is deprecated, and which gin
// asserts unchecked.
func (w *writer) CloseNotify() <-chan bool {
	if w.ex.outer == nil {
		if watch := w.ex.watching(); watch != nil {
			return watch.notify
		}
	}
	return w.inner.(interface{ CloseNotify() <-chan bool }).CloseNotify()
}

// ownWriter is the writer in the hands of one who is inside the gate, or who has
// shut it.
type ownWriter struct{ w *writer }

func (o ownWriter) Header() http.Header { return o.w.header }

func (o ownWriter) WriteHeader(code int) { o.w.writeHeader(code) }

func (o ownWriter) Write(p []byte) (int, error) { return o.w.write(p) }

func (o ownWriter) FlushError() error { return o.w.flush() }

// discard takes an answer that came after the handler had returned.
type discard struct{ h http.Header }

func (d *discard) WriteHeader(int) {}

func (d *discard) Write([]byte) (int, error) { return 0, errLate }

func (d *discard) Header() http.Header {
	if d.h == nil {
		d.h = http.Header{}
	}
	return d.h
}
