// Package responsewriter wraps an http.ResponseWriter without hiding what the
// wrapped one can do.
//
// Handlers find out by type assertion what a ResponseWriter can do, so a
// wrapper has to answer each assertion as the inner writer does: a Flusher that
// does not flush is worse than none, x/net/websocket asserts http.Hijacker,
// io.Copy asserts io.ReaderFrom for sendfile, and gin asserts
// http.CloseNotifier unchecked.
package responsewriter

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"reflect"
	"time"
)

// Methods is what a wrapper implements, whatever its inner writer can do. Of
// Flush, Hijack, ReadFrom, Push and CloseNotify only those are called that the
// inner writer has. Embed [Base] to implement those that a wrapper has no
// interest in.
type Methods interface {
	http.ResponseWriter
	io.StringWriter
	io.ReaderFrom
	http.Hijacker
	http.Pusher
	closeNotifier

	// FlushError serves http.Flusher and http.ResponseController. It returns
	// http.ErrNotSupported where the inner writer cannot flush.
	FlushError() error

	// Unwrap returns the inner writer, for http.ResponseController.
	Unwrap() http.ResponseWriter
}

// closeNotifier is http.CloseNotifier, which is deprecated.
type closeNotifier interface{ CloseNotify() <-chan bool }

// Writer is the part of a wrapper that the handler holds. It is embedded in the
// wrapper by value, so that wrapping allocates no more than the wrapper itself,
// and must not be copied. The zero value is of no use: call [Writer.Wrap].
type Writer struct {
	m   Methods
	set Set
}

// Wrap makes w call m, and have those optional interfaces that are in the set.
// It is called once, before any other method.
func (w *Writer) Wrap(m Methods, set Set) { w.m, w.set = m, set }

// Handed returns what the handler gets: m with the optional interfaces of the
// set and no others. It is the same value at each call, one pointer wide.
func (w *Writer) Handed() http.ResponseWriter { return w.as(w.set) }

// Header implements http.ResponseWriter.
func (w *Writer) Header() http.Header { return w.m.Header() }

// WriteHeader implements http.ResponseWriter.
func (w *Writer) WriteHeader(status int) { w.m.WriteHeader(status) }

// Write implements http.ResponseWriter.
func (w *Writer) Write(p []byte) (int, error) { return w.m.Write(p) }

// WriteString implements io.StringWriter.
func (w *Writer) WriteString(s string) (int, error) { return w.m.WriteString(s) }

// FlushError is for http.ResponseController. Every Writer has it, since the
// controller reports http.ErrNotSupported for one that returns that and for one
// that has no such method alike.
func (w *Writer) FlushError() error { return w.m.FlushError() }

// Unwrap is for http.ResponseController.
func (w *Writer) Unwrap() http.ResponseWriter { return w.m.Unwrap() }

// SetWriteDeadline is for http.ResponseController. It calls the method of m, which
// need not have one, else that of the inner writer.
func (w *Writer) SetWriteDeadline(deadline time.Time) error {
	if m, ok := w.m.(interface{ SetWriteDeadline(time.Time) error }); ok {
		return m.SetWriteDeadline(deadline)
	}
	return http.NewResponseController(w.m.Unwrap()).SetWriteDeadline(deadline)
}

// CanFlush reports whether http.ResponseController can flush w.
func CanFlush(w http.ResponseWriter) bool {
	for {
		switch x := w.(type) {
		case ours: // has FlushError in any case
			w = x.Unwrap()
		case interface{ FlushError() error }, http.Flusher:
			return true
		case interface{ Unwrap() http.ResponseWriter }:
			w = x.Unwrap()
		default:
			return false
		}
	}
}

// ours is a Writer in any of its combinations.
type ours interface {
	http.ResponseWriter
	Unwrap() http.ResponseWriter
	ours()
}

func (*Writer) ours() {}

// Set is which of the optional interfaces a writer has, one bit each.
type Set uint8

const (
	flusher Set = 1 << iota
	hijacker
	readerFrom
	pusher
	closeNotifies
)

// SetOf returns the optional interfaces of w.
func SetOf(w http.ResponseWriter) (s Set) {
	if _, ok := w.(http.Flusher); ok {
		s |= flusher
	}
	if _, ok := w.(http.Hijacker); ok {
		s |= hijacker
	}
	if _, ok := w.(io.ReaderFrom); ok {
		s |= readerFrom
	}
	if _, ok := w.(http.Pusher); ok {
		s |= pusher
	}
	if _, ok := w.(closeNotifier); ok {
		s |= closeNotifies
	}
	return s
}

// TypeSet is the set of one type of writer. A server hands out one type for
// HTTP/1 and one for HTTP/2, so remembering the last of each costs less than
// asking again.
type TypeSet struct {
	of  reflect.Type
	set Set
}

// TypeSetOf returns the set of w's type.
func TypeSetOf(w http.ResponseWriter) *TypeSet { return &TypeSet{reflect.TypeOf(w), SetOf(w)} }

// Of returns the set if w is of the type that t is about. A nil t is about none.
func (t *TypeSet) Of(w http.ResponseWriter) (s Set, ok bool) {
	if t == nil || t.of != reflect.TypeOf(w) {
		return 0, false
	}
	return t.set, true
}

// Base implements [Methods] by calling Inner. Embed it and override what the
// wrapper is about:
//
//	type counter struct {
//		responsewriter.Base
//		responsewriter.Writer
//		status int
//	}
type Base struct{ Inner http.ResponseWriter }

// Header implements http.ResponseWriter.
func (b *Base) Header() http.Header { return b.Inner.Header() }

// WriteHeader implements http.ResponseWriter.
func (b *Base) WriteHeader(status int) { b.Inner.WriteHeader(status) }

// Write implements http.ResponseWriter.
func (b *Base) Write(p []byte) (int, error) { return b.Inner.Write(p) }

// WriteString implements io.StringWriter.
func (b *Base) WriteString(s string) (int, error) { return io.WriteString(b.Inner, s) }

// FlushError implements [Methods].
func (b *Base) FlushError() error { return http.NewResponseController(b.Inner).Flush() }

// Unwrap implements [Methods].
func (b *Base) Unwrap() http.ResponseWriter { return b.Inner }

// Hijack implements http.Hijacker.
func (b *Base) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return b.Inner.(http.Hijacker).Hijack()
}

// ReadFrom implements io.ReaderFrom.
func (b *Base) ReadFrom(r io.Reader) (int64, error) { return b.Inner.(io.ReaderFrom).ReadFrom(r) }

// Push implements http.Pusher.
func (b *Base) Push(target string, opts *http.PushOptions) error {
	return b.Inner.(http.Pusher).Push(target, opts)
}

// CloseNotify implements http.CloseNotifier.
func (b *Base) CloseNotify() <-chan bool { return b.Inner.(closeNotifier).CloseNotify() }
