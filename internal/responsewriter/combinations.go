package responsewriter

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// One type for each combination of the optional interfaces, each adding one
// method to a smaller one. The letters: F Flusher, H Hijacker, R ReaderFrom,
// P Pusher, C CloseNotifier.
type (
	wF     struct{ *Writer }
	wH     struct{ *Writer }
	wFH    struct{ wF }
	wR     struct{ *Writer }
	wFR    struct{ wF }
	wHR    struct{ wH }
	wFHR   struct{ wFH }
	wP     struct{ *Writer }
	wFP    struct{ wF }
	wHP    struct{ wH }
	wFHP   struct{ wFH }
	wRP    struct{ wR }
	wFRP   struct{ wFR }
	wHRP   struct{ wHR }
	wFHRP  struct{ wFHR }
	wC     struct{ *Writer }
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

func (w wF) Flush() { _ = w.m.FlushError() }

func (w wH) Hijack() (net.Conn, *bufio.ReadWriter, error)  { return w.m.Hijack() }
func (w wFH) Hijack() (net.Conn, *bufio.ReadWriter, error) { return w.m.Hijack() }

func (w wR) ReadFrom(r io.Reader) (int64, error)   { return w.m.ReadFrom(r) }
func (w wFR) ReadFrom(r io.Reader) (int64, error)  { return w.m.ReadFrom(r) }
func (w wHR) ReadFrom(r io.Reader) (int64, error)  { return w.m.ReadFrom(r) }
func (w wFHR) ReadFrom(r io.Reader) (int64, error) { return w.m.ReadFrom(r) }

func (w wP) Push(target string, opts *http.PushOptions) error    { return w.m.Push(target, opts) }
func (w wFP) Push(target string, opts *http.PushOptions) error   { return w.m.Push(target, opts) }
func (w wHP) Push(target string, opts *http.PushOptions) error   { return w.m.Push(target, opts) }
func (w wFHP) Push(target string, opts *http.PushOptions) error  { return w.m.Push(target, opts) }
func (w wRP) Push(target string, opts *http.PushOptions) error   { return w.m.Push(target, opts) }
func (w wFRP) Push(target string, opts *http.PushOptions) error  { return w.m.Push(target, opts) }
func (w wHRP) Push(target string, opts *http.PushOptions) error  { return w.m.Push(target, opts) }
func (w wFHRP) Push(target string, opts *http.PushOptions) error { return w.m.Push(target, opts) }

func (w wC) CloseNotify() <-chan bool     { return w.m.CloseNotify() }
func (w wFC) CloseNotify() <-chan bool    { return w.m.CloseNotify() }
func (w wHC) CloseNotify() <-chan bool    { return w.m.CloseNotify() }
func (w wFHC) CloseNotify() <-chan bool   { return w.m.CloseNotify() }
func (w wRC) CloseNotify() <-chan bool    { return w.m.CloseNotify() }
func (w wFRC) CloseNotify() <-chan bool   { return w.m.CloseNotify() }
func (w wHRC) CloseNotify() <-chan bool   { return w.m.CloseNotify() }
func (w wFHRC) CloseNotify() <-chan bool  { return w.m.CloseNotify() }
func (w wPC) CloseNotify() <-chan bool    { return w.m.CloseNotify() }
func (w wFPC) CloseNotify() <-chan bool   { return w.m.CloseNotify() }
func (w wHPC) CloseNotify() <-chan bool   { return w.m.CloseNotify() }
func (w wFHPC) CloseNotify() <-chan bool  { return w.m.CloseNotify() }
func (w wRPC) CloseNotify() <-chan bool   { return w.m.CloseNotify() }
func (w wFRPC) CloseNotify() <-chan bool  { return w.m.CloseNotify() }
func (w wHRPC) CloseNotify() <-chan bool  { return w.m.CloseNotify() }
func (w wFHRPC) CloseNotify() <-chan bool { return w.m.CloseNotify() }

// as returns w as the type of the set.
func (w *Writer) as(set Set) http.ResponseWriter {
	switch set {
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
