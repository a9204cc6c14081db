package middleware

import (
	"bufio"
	"net"
	"net/http"
)

// What reaches the writer after its handler has returned comes from one of two
// places. A goroutine that the handler left behind: its writes are refused and
// touch nothing that others use. Or a layer around an inner New, which holds
// that New's writer and answers through it, as echo's central error handler
// does for a group that is wrapped in New: its calls go on to the writer around,
// which belongs to a New that is still at work.

// lateInner returns the writer that takes late calls, nil if they are refused.
func (w *writer) lateInner() http.ResponseWriter {
	if w.ex.outer == nil || w.shut.Load() {
		return nil
	}
	return w.inner
}

// writeHeaderLate passes a status on. The inner New's functions and contract
// decide about a failure that comes through its writer.
func (w *writer) writeHeaderLate(code int) {
	inner := w.lateInner()
	if inner == nil {
		return
	}
	if code >= 400 {
		w.ex.outer.setVerdict(&verdict{status: code, by: w.ex})
	}
	inner.WriteHeader(code)
}

func (w *writer) writeLate(p []byte) (int, error) {
	if inner := w.lateInner(); inner != nil {
		return inner.Write(p)
	}
	return 0, errLate
}

func (w *writer) flushLate() error {
	if inner := w.lateInner(); inner != nil {
		return http.NewResponseController(inner).Flush()
	}
	return errLate
}

func (w *writer) hijackLate() (net.Conn, *bufio.ReadWriter, error) {
	if inner := w.lateInner(); inner != nil {
		return inner.(http.Hijacker).Hijack()
	}
	return nil, nil, errLate
}
