package ratelimit

import (
	"io"
	"net/http"

	"github.com/failwell/failwell/internal/seam"
)

// responseWriter remembers the status of a response, and calls before once,
// before the header is sent. The handler gets it with the optional interfaces
// that inner has and no others: see optional.
type responseWriter struct {
	inner  http.ResponseWriter
	before func(http.Header) // nil: nothing
	status int               // 0: not sent
}

var _ seam.Transparent = (*responseWriter)(nil)

// Transparent lets package apierr write to inner as if w were not there.
func (w *responseWriter) Transparent() http.ResponseWriter { return w.inner }

// Unwrap is for http.ResponseController.
func (w *responseWriter) Unwrap() http.ResponseWriter { return w.inner }

func (w *responseWriter) Header() http.Header { return w.inner.Header() }

func (w *responseWriter) WriteHeader(status int) {
	// A status under 200 is not the response yet, except that of an upgrade,
	// which is the last.
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.commit(status)
	}
	w.inner.WriteHeader(status)
}

func (w *responseWriter) Write(p []byte) (int, error) {
	w.commit(http.StatusOK)
	return w.inner.Write(p)
}

func (w *responseWriter) WriteString(s string) (int, error) {
	w.commit(http.StatusOK)
	return io.WriteString(w.inner, s)
}

// FlushError is for http.ResponseController, also where inner has no Flush
// itself.
func (w *responseWriter) FlushError() error {
	w.commit(http.StatusOK)
	return http.NewResponseController(w.inner).Flush()
}

// commit notes the status of a header that is about to be sent.
func (w *responseWriter) commit(status int) {
	if w.status != 0 {
		return
	}
	w.status = status
	w.prepare()
}

// prepare calls before, once.
func (w *responseWriter) prepare() {
	if w.before != nil {
		w.before(w.inner.Header())
		w.before = nil
	}
}
