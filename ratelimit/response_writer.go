package ratelimit

import (
	"errors"
	"io"
	"net/http"

	"github.com/failwell/failwell/internal/responsewriter"
)

// responseWriter remembers the status of a response, and calls before once,
// before the header is sent. The handler gets it as handle.Handed(), which hides
// nothing that the inner writer can do.
type responseWriter struct {
	responsewriter.Base
	handle   responsewriter.Writer
	before   func(http.Header) // nil: nothing
	status   int               // 0: not sent
	timedOut bool              // http.TimeoutHandler has answered in its place
}

// wrap returns a responseWriter around inner.
func wrap(inner http.ResponseWriter) *responseWriter {
	w := &responseWriter{Base: responsewriter.Base{Inner: inner}}
	w.handle.Wrap(w, responsewriter.SetOf(inner))
	return w
}

// OnlyWatches implements [responsewriter.Watcher].
func (w *responseWriter) OnlyWatches() {}

func (w *responseWriter) WriteHeader(status int) {
	// A status under 200 is not the response yet, except that of an upgrade,
	// which is the last.
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.commit(status)
	}
	w.Inner.WriteHeader(status)
}

func (w *responseWriter) Write(p []byte) (int, error) {
	w.commit(http.StatusOK)
	n, err := w.Base.Write(p)
	return n, w.noticed(err)
}

func (w *responseWriter) WriteString(s string) (int, error) {
	w.commit(http.StatusOK)
	n, err := w.Base.WriteString(s)
	return n, w.noticed(err)
}

func (w *responseWriter) ReadFrom(r io.Reader) (int64, error) {
	w.commit(http.StatusOK)
	n, err := w.Base.ReadFrom(r)
	return n, w.noticed(err)
}

// FlushError is for http.Flusher and http.ResponseController.
func (w *responseWriter) FlushError() error {
	w.commit(http.StatusOK)
	return w.Base.FlushError()
}

// noticed remembers that http.TimeoutHandler takes no more bytes.
func (w *responseWriter) noticed(err error) error {
	w.timedOut = w.timedOut || errors.Is(err, http.ErrHandlerTimeout)
	return err
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
		w.before(w.Inner.Header())
		w.before = nil
	}
}
