package middleware

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/failwell/failwell/internal/seam"
)

// writer is the ResponseWriter of an exchange. It knows what was committed,
// and holds back the failures that are not the contract's.
//
// The handler does not get it as it is but as one of the types in optional.go,
// which have the optional interfaces that the inner writer has and no others.
type writer struct {
	inner    http.ResponseWriter
	mask     uint8       // of the optional interfaces that inner has
	header   http.Header // of inner, whose method is for one goroutine only
	ex       *exchange
	held     *held
	bytes    int64        // of the body
	status   int32        // 0: not committed
	sent     atomic.Int32 // an seam.Delivery: what an answer can still be
	shut     atomic.Bool  // the answer is over, or cut: nothing more is sent
	through  atomic.Bool  // apierr.Write has answered through a layer in between
	tail     [2]byte      // the last bytes of a stream
	encoded  bool         // Content-Encoding was there when the exchange began; notes has it
	crossed  bool         // the request came from a script of some origin
	typed    bool         // apierr.Write is answering through handed: nothing is held
	last     bool         // what apierr.Write sends through handed is the end
	hijacked bool
}

// enter begins the exchange on inner.
func (w *writer) enter(ex *exchange, inner http.ResponseWriter) {
	w.inner, w.ex = inner, ex
	w.header = inner.Header()
	if h := w.header; len(h) > 0 {
		if v := h["Content-Encoding"]; len(v) > 0 {
			w.encoded = true
			ex.noted(func(n *notes) { n.encoding = v })
		}
	}
	// Now, since a handler that was abandoned may change the header later.
	w.crossed = len(ex.request.Header["Origin"]) > 0
	w.mask = w.withOptional()
}

// handed is what the handler gets.
func (w *writer) handed() http.ResponseWriter { return w.as(int(w.mask)) }

// delivery returns what an answer can still be.
func (w *writer) delivery() seam.Delivery { return seam.Delivery(w.sent.Load()) }

// Unwrap is for http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.inner }

// Header implements http.ResponseWriter.
func (w *writer) Header() http.Header { return w.inner.Header() }

// WriteHeader implements http.ResponseWriter. A second call is ignored, as
// net/http ignores it.
func (w *writer) WriteHeader(code int) {
	switch {
	case w.status != 0 || w.held != nil || w.hijacked || w.shut.Load():
	case code >= 100 && code <= 199 && code != http.StatusSwitchingProtocols:
		if w.ex.request.ProtoAtLeast(1, 1) { // RFC 9110 section 15.2: never to HTTP/1.0
			w.inner.WriteHeader(code)
		}
	case code < 100 || code > 999:
		w.hold(http.StatusInternalServerError)
		w.held.cause = fmt.Errorf("middleware: the handler called WriteHeader(%d)", code)
	case code >= 400 && !w.typed && w.ex.intercepts(code, w.inner.Header()):
		w.hold(code)
	default:
		if code < 400 && w.through.Load() {
			if status := w.ex.lost(code); status != 0 {
				w.hold(status)
				return
			}
		}
		w.commit(code)
	}
}

// commit sends the status line.
func (w *writer) commit(code int) {
	w.status = int32(code)
	h := w.inner.Header()
	w.prepare(h)
	if !w.typed {
		w.sent.Store(int32(deliveryAfter(h)))
	}
	w.inner.WriteHeader(code)
}

// prepare makes the header fit to leave.
func (w *writer) prepare(h http.Header) {
	ex := w.ex
	ex.setIDs(h)
	if w.status == http.StatusRequestEntityTooLarge || ex.body != nil && ex.body.over.Load() {
		if ex.request.ProtoMajor == 1 {
			h["Connection"] = []string{"close"} // the rest of the body is not read
		}
	}
	if w.crossed {
		ex.governing().expose(h)
	}
}

// deliveryAfter is what a failure can still be told in once a response with this
// header is under way.
func deliveryAfter(h http.Header) seam.Delivery {
	v := h["Content-Type"]
	if len(v) == 0 {
		return seam.Abort
	}
	if v[0] == "application/json" {
		return seam.Abort // most answers by far
	}
	switch mediaType(v[0]) {
	case "text/event-stream":
		return seam.EventStream
	case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines":
		return seam.JSONLines
	}
	return seam.Abort
}

// mediaType is the type of a Content-Type value without its parameters, in
// lower case.
func mediaType(v string) string {
	v, _, _ = strings.Cut(v, ";")
	return strings.ToLower(strings.TrimSpace(v))
}

// Write implements http.ResponseWriter.
func (w *writer) Write(p []byte) (int, error) {
	if !w.open() {
		return w.swallow(string(p[:min(len(p), maxHeld)]), len(p))
	}
	n, err := w.inner.Write(p)
	w.wrote(n)
	w.keepTail(p[:n])
	return n, err
}

// WriteString implements io.StringWriter.
func (w *writer) WriteString(s string) (int, error) {
	if !w.open() {
		return w.swallow(s[:min(len(s), maxHeld)], len(s))
	}
	n, err := io.WriteString(w.inner, s)
	w.wrote(n)
	if w.streams() {
		w.keepTail([]byte(s[max(0, n-2):n]))
	}
	return n, err
}

// end lets nothing follow what apierr.Write has sent.
func (w *writer) end() {
	if w.last {
		w.shut.Store(true)
	}
}

// open commits what nobody has and reports whether bytes pass.
func (w *writer) open() bool {
	if w.status == 0 && w.held == nil {
		w.WriteHeader(http.StatusOK)
	}
	return w.held == nil && !w.shut.Load()
}

// swallow takes what is not sent: the text of a held failure, or what comes
// after a cut.
func (w *writer) swallow(s string, n int) (int, error) {
	if w.held == nil {
		return 0, http.ErrAbortHandler
	}
	w.held.add(s)
	return n, nil
}

func (w *writer) wrote(n int) { w.bytes += int64(n) }

// streams reports whether a last event or line can be added.
func (w *writer) streams() bool {
	d := w.delivery()
	return d == seam.EventStream || d == seam.JSONLines
}

// keepTail remembers how a stream ends so far, so that its last event begins
// on a line of its own.
func (w *writer) keepTail(p []byte) {
	if len(p) == 0 || !w.streams() {
		return
	}
	if len(p) == 1 {
		w.tail = [2]byte{w.tail[1], p[0]}
		return
	}
	w.tail = [2]byte(p[len(p)-2:])
}

// lineEnd is what ends what the handler left unended in a stream, so that the
// last event or line is one of its own.
func (w *writer) lineEnd(d seam.Delivery) string {
	switch ended := w.tail[1] == '\n'; {
	case w.bytes == 0, d == seam.JSONLines && ended, w.tail == [2]byte{'\n', '\n'}:
		return ""
	case d == seam.JSONLines, ended:
		return "\n"
	}
	return "\n\n"
}

// FlushError is for http.ResponseController; Flush is in optional.go. A held
// answer is not flushed, and nothing is committed where nothing can be.
func (w *writer) FlushError() error {
	switch {
	case !w.canFlush():
		return http.ErrNotSupported
	case w.held != nil || w.ex.cut.Load():
		return nil
	case w.status == 0:
		w.WriteHeader(http.StatusOK)
	}
	return http.NewResponseController(w.inner).Flush()
}

// canFlush reports whether http.ResponseController can flush the inner writer.
func (w *writer) canFlush() bool {
	for inner := w.inner; ; {
		switch x := inner.(type) {
		case interface{ canFlush() bool }:
			return x.canFlush()
		case interface{ FlushError() error }, http.Flusher:
			return true
		case interface{ Unwrap() http.ResponseWriter }:
			inner = x.Unwrap()
		default:
			return false
		}
	}
}

// hijack takes the connection from the server.
func (w *writer) hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := w.inner.(http.Hijacker).Hijack()
	if err == nil {
		w.hijacked = true
		w.ex.noted(func(n *notes) { n.conn = conn })
		w.sent.Store(int32(seam.Abort))
	}
	return conn, rw, err
}

// readFrom keeps the inner writer's ReaderFrom, and with it sendfile.
func (w *writer) readFrom(r io.Reader) (n int64, err error) {
	if w.status == 0 && w.held == nil {
		// Nothing is committed until there is a byte.
		var first [512]byte
		k, err := io.ReadAtLeast(r, first[:], 1)
		if k > 0 {
			k, werr := w.Write(first[:k])
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
	if !w.open() || w.streams() {
		m, err := io.Copy(onlyWriter{w}, r)
		return n + m, err
	}
	m, err := w.inner.(io.ReaderFrom).ReadFrom(r)
	w.bytes += m
	return n + m, err
}

// onlyWriter hides ReadFrom from io.Copy.
type onlyWriter struct{ io.Writer }
