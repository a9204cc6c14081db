package middleware

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"reflect"
)

// A handler finds out by type assertion what a ResponseWriter can do, so the
// one it gets must answer exactly as the inner one does: a Flusher that does
// not flush is worse than none, and gin asserts CloseNotifier unchecked. Hence
// one type for each combination of the five optional interfaces, each adding
// one method to a smaller one. All are one pointer wide: handing one out
// allocates nothing.
//
// The letters: F Flusher, H Hijacker, R ReaderFrom, P Pusher, C CloseNotifier.
type (
	wF     struct{ *writer }
	wH     struct{ *writer }
	wFH    struct{ wF }
	wR     struct{ *writer }
	wFR    struct{ wF }
	wHR    struct{ wH }
	wFHR   struct{ wFH }
	wP     struct{ *writer }
	wFP    struct{ wF }
	wHP    struct{ wH }
	wFHP   struct{ wFH }
	wRP    struct{ wR }
	wFRP   struct{ wFR }
	wHRP   struct{ wHR }
	wFHRP  struct{ wFHR }
	wC     struct{ *writer }
	wFC    struct{ wF }
	wHC    struct{ wH }
	wFHC   struct{ wFH }
	wRC    struct{ wR }
	wFRC   struct{ wFR }
	wHRC   struct{ wHR }
	wFHRC  struct{ wFHR }
	wPC    struct{ wP }
	wFPC   struct{ wFP }
	wHPC   struct{ wHP }
	wFHPC  struct{ wFHP }
	wRPC   struct{ wRP }
	wFRPC  struct{ wFRP }
	wHRPC  struct{ wHRP }
	wFHRPC struct{ wFHRP }
)

func (w wF) Flush() { _ = w.FlushError() }

func (w wH) Hijack() (net.Conn, *bufio.ReadWriter, error)  { return w.hijack() }
func (w wFH) Hijack() (net.Conn, *bufio.ReadWriter, error) { return w.hijack() }

func (w wR) ReadFrom(r io.Reader) (int64, error)   { return w.readFrom(r) }
func (w wFR) ReadFrom(r io.Reader) (int64, error)  { return w.readFrom(r) }
func (w wHR) ReadFrom(r io.Reader) (int64, error)  { return w.readFrom(r) }
func (w wFHR) ReadFrom(r io.Reader) (int64, error) { return w.readFrom(r) }

func (w wP) Push(target string, opts *http.PushOptions) error    { return w.push(target, opts) }
func (w wFP) Push(target string, opts *http.PushOptions) error   { return w.push(target, opts) }
func (w wHP) Push(target string, opts *http.PushOptions) error   { return w.push(target, opts) }
func (w wFHP) Push(target string, opts *http.PushOptions) error  { return w.push(target, opts) }
func (w wRP) Push(target string, opts *http.PushOptions) error   { return w.push(target, opts) }
func (w wFRP) Push(target string, opts *http.PushOptions) error  { return w.push(target, opts) }
func (w wHRP) Push(target string, opts *http.PushOptions) error  { return w.push(target, opts) }
func (w wFHRP) Push(target string, opts *http.PushOptions) error { return w.push(target, opts) }

func (w wC) CloseNotify() <-chan bool     { return w.closeNotify() }
func (w wFC) CloseNotify() <-chan bool    { return w.closeNotify() }
func (w wHC) CloseNotify() <-chan bool    { return w.closeNotify() }
func (w wFHC) CloseNotify() <-chan bool   { return w.closeNotify() }
func (w wRC) CloseNotify() <-chan bool    { return w.closeNotify() }
func (w wFRC) CloseNotify() <-chan bool   { return w.closeNotify() }
func (w wHRC) CloseNotify() <-chan bool   { return w.closeNotify() }
func (w wFHRC) CloseNotify() <-chan bool  { return w.closeNotify() }
func (w wPC) CloseNotify() <-chan bool    { return w.closeNotify() }
func (w wFPC) CloseNotify() <-chan bool   { return w.closeNotify() }
func (w wHPC) CloseNotify() <-chan bool   { return w.closeNotify() }
func (w wFHPC) CloseNotify() <-chan bool  { return w.closeNotify() }
func (w wRPC) CloseNotify() <-chan bool   { return w.closeNotify() }
func (w wFRPC) CloseNotify() <-chan bool  { return w.closeNotify() }
func (w wHRPC) CloseNotify() <-chan bool  { return w.closeNotify() }
func (w wFHRPC) CloseNotify() <-chan bool { return w.closeNotify() }

// optional is which of the interfaces a type of ResponseWriter has, as a bit
// each in the order of the letters. A server hands out one type for HTTP/1 and
// one for HTTP/2: remembering the last of each costs less than asking.
type optional struct {
	of   reflect.Type
	mask int
}

func optionalOf(w http.ResponseWriter) *optional {
	o := &optional{of: reflect.TypeOf(w)}
	if _, ok := w.(http.Flusher); ok {
		o.mask |= 1
	}
	if _, ok := w.(http.Hijacker); ok {
		o.mask |= 2
	}
	if _, ok := w.(io.ReaderFrom); ok {
		o.mask |= 4
	}
	if _, ok := w.(http.Pusher); ok {
		o.mask |= 8
	}
	if _, ok := w.(closeNotifier); ok {
		o.mask |= 16
	}
	return o
}

// withOptional returns w as the type that has the inner writer's optional
// interfaces.
func (w *writer) withOptional() uint8 {
	seen := &w.ex.seen[0]
	if w.ex.request.ProtoMajor == 2 {
		seen = &w.ex.seen[1]
	}
	o := seen.Load()
	if o == nil || o.of != reflect.TypeOf(w.inner) {
		o = optionalOf(w.inner)
		seen.Store(o)
	}
	return uint8(o.mask)
}

func (w *writer) as(mask int) http.ResponseWriter {
	switch mask {
	case 1:
		return wF{w}
	case 2:
		return wH{w}
	case 3:
		return wFH{wF{w}}
	case 4:
		return wR{w}
	case 5:
		return wFR{wF{w}}
	case 6:
		return wHR{wH{w}}
	case 7:
		return wFHR{wFH{wF{w}}}
	case 8:
		return wP{w}
	case 9:
		return wFP{wF{w}}
	case 10:
		return wHP{wH{w}}
	case 11:
		return wFHP{wFH{wF{w}}}
	case 12:
		return wRP{wR{w}}
	case 13:
		return wFRP{wFR{wF{w}}}
	case 14:
		return wHRP{wHR{wH{w}}}
	case 15:
		return wFHRP{wFHR{wFH{wF{w}}}}
	case 16:
		return wC{w}
	case 17:
		return wFC{wF{w}}
	case 18:
		return wHC{wH{w}}
	case 19:
		return wFHC{wFH{wF{w}}}
	case 20:
		return wRC{wR{w}}
	case 21:
		return wFRC{wFR{wF{w}}}
	case 22:
		return wHRC{wHR{wH{w}}}
	case 23:
		return wFHRC{wFHR{wFH{wF{w}}}}
	case 24:
		return wPC{wP{w}}
	case 25:
		return wFPC{wFP{wF{w}}}
	case 26:
		return wHPC{wHP{wH{w}}}
	case 27:
		return wFHPC{wFHP{wFH{wF{w}}}}
	case 28:
		return wRPC{wRP{wR{w}}}
	case 29:
		return wFRPC{wFRP{wFR{wF{w}}}}
	case 30:
		return wHRPC{wHRP{wHR{wH{w}}}}
	case 31:
		return wFHRPC{wFHRP{wFHR{wFH{wF{w}}}}}
	}
	return w
}

func (w *writer) push(target string, opts *http.PushOptions) error {
	return w.inner.(http.Pusher).Push(target, opts)
}

// closeNotifier is http.CloseNotifier, which is deprecated, and which gin
// asserts unchecked.
type closeNotifier interface{ CloseNotify() <-chan bool }

func (w *writer) closeNotify() <-chan bool {
	return w.inner.(closeNotifier).CloseNotify()
}
