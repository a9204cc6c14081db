package ratelimit

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// The optional interfaces of a ResponseWriter, one method each.
type (
	flusher    struct{ w *responseWriter }
	hijacker   struct{ w *responseWriter }
	readerFrom struct{ w *responseWriter }
	pusher     struct{ w *responseWriter }
	notifier   struct{ w *responseWriter }
)

func (o flusher) Flush() { _ = o.w.FlushError() }

func (o hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return o.w.inner.(http.Hijacker).Hijack()
}

func (o readerFrom) ReadFrom(r io.Reader) (int64, error) {
	o.w.commit(http.StatusOK)
	return o.w.inner.(io.ReaderFrom).ReadFrom(r)
}

func (o pusher) Push(target string, opts *http.PushOptions) error {
	return o.w.inner.(http.Pusher).Push(target, opts)
}

func (o notifier) CloseNotify() <-chan bool { return o.w.inner.(closeNotifier).CloseNotify() }

// closeNotifier is http.CloseNotifier, which is deprecated, and which gin
// asserts unchecked.
type closeNotifier interface{ CloseNotify() <-chan bool }

// optional returns w with the optional interfaces that inner has: a handler
// asks for them with type assertions. There is one type for each combination.
func (w *responseWriter) optional() http.ResponseWriter {
	f, h, r, p, c := flusher{w}, hijacker{w}, readerFrom{w}, pusher{w}, notifier{w}
	switch w.interfaces() {
	case 1:
		return struct {
			*responseWriter
			flusher
		}{w, f}
	case 2:
		return struct {
			*responseWriter
			hijacker
		}{w, h}
	case 3:
		return struct {
			*responseWriter
			flusher
			hijacker
		}{w, f, h}
	case 4:
		return struct {
			*responseWriter
			readerFrom
		}{w, r}
	case 5:
		return struct {
			*responseWriter
			flusher
			readerFrom
		}{w, f, r}
	case 6:
		return struct {
			*responseWriter
			hijacker
			readerFrom
		}{w, h, r}
	case 7:
		return struct {
			*responseWriter
			flusher
			hijacker
			readerFrom
		}{w, f, h, r}
	case 8:
		return struct {
			*responseWriter
			pusher
		}{w, p}
	case 9:
		return struct {
			*responseWriter
			flusher
			pusher
		}{w, f, p}
	case 10:
		return struct {
			*responseWriter
			hijacker
			pusher
		}{w, h, p}
	case 11:
		return struct {
			*responseWriter
			flusher
			hijacker
			pusher
		}{w, f, h, p}
	case 12:
		return struct {
			*responseWriter
			readerFrom
			pusher
		}{w, r, p}
	case 13:
		return struct {
			*responseWriter
			flusher
			readerFrom
			pusher
		}{w, f, r, p}
	case 14:
		return struct {
			*responseWriter
			hijacker
			readerFrom
			pusher
		}{w, h, r, p}
	case 15:
		return struct {
			*responseWriter
			flusher
			hijacker
			readerFrom
			pusher
		}{w, f, h, r, p}
	case 16:
		return struct {
			*responseWriter
			notifier
		}{w, c}
	case 17:
		return struct {
			*responseWriter
			flusher
			notifier
		}{w, f, c}
	case 18:
		return struct {
			*responseWriter
			hijacker
			notifier
		}{w, h, c}
	case 19:
		return struct {
			*responseWriter
			flusher
			hijacker
			notifier
		}{w, f, h, c}
	case 20:
		return struct {
			*responseWriter
			readerFrom
			notifier
		}{w, r, c}
	case 21:
		return struct {
			*responseWriter
			flusher
			readerFrom
			notifier
		}{w, f, r, c}
	case 22:
		return struct {
			*responseWriter
			hijacker
			readerFrom
			notifier
		}{w, h, r, c}
	case 23:
		return struct {
			*responseWriter
			flusher
			hijacker
			readerFrom
			notifier
		}{w, f, h, r, c}
	case 24:
		return struct {
			*responseWriter
			pusher
			notifier
		}{w, p, c}
	case 25:
		return struct {
			*responseWriter
			flusher
			pusher
			notifier
		}{w, f, p, c}
	case 26:
		return struct {
			*responseWriter
			hijacker
			pusher
			notifier
		}{w, h, p, c}
	case 27:
		return struct {
			*responseWriter
			flusher
			hijacker
			pusher
			notifier
		}{w, f, h, p, c}
	case 28:
		return struct {
			*responseWriter
			readerFrom
			pusher
			notifier
		}{w, r, p, c}
	case 29:
		return struct {
			*responseWriter
			flusher
			readerFrom
			pusher
			notifier
		}{w, f, r, p, c}
	case 30:
		return struct {
			*responseWriter
			hijacker
			readerFrom
			pusher
			notifier
		}{w, h, r, p, c}
	case 31:
		return struct {
			*responseWriter
			flusher
			hijacker
			readerFrom
			pusher
			notifier
		}{w, f, h, r, p, c}
	}
	return w
}

// interfaces returns which of them inner has, one bit each.
func (w *responseWriter) interfaces() (bits int) {
	if _, ok := w.inner.(http.Flusher); ok {
		bits |= 1
	}
	if _, ok := w.inner.(http.Hijacker); ok {
		bits |= 2
	}
	if _, ok := w.inner.(io.ReaderFrom); ok {
		bits |= 4
	}
	if _, ok := w.inner.(http.Pusher); ok {
		bits |= 8
	}
	if _, ok := w.inner.(closeNotifier); ok {
		bits |= 16
	}
	return bits
}
