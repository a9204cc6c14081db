package middleware_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// wire is a ResponseWriter that keeps nothing and has the optional interfaces
// of net/http's HTTP/1 one, so that no recorder is in the numbers.
type wire struct{ h http.Header }

func (w *wire) Header() http.Header                 { return w.h }
func (w *wire) Write(p []byte) (int, error)         { return len(p), nil }
func (w *wire) WriteString(s string) (int, error)   { return len(s), nil }
func (w *wire) WriteHeader(int)                     {}
func (w *wire) Flush()                              {}
func (w *wire) ReadFrom(r io.Reader) (int64, error) { return io.Copy(io.Discard, r) }
func (w *wire) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return nil, nil, http.ErrNotSupported
}

// serverRequest is a request with a context as deep as the server's.
func serverRequest() *http.Request {
	r := httptest.NewRequest("GET", "/item", nil)
	ctx := context.WithValue(context.Background(), http.ServerContextKey, &http.Server{})
	ctx = context.WithValue(ctx, http.LocalAddrContextKey, net.Addr(&net.TCPAddr{}))
	ctx, cancel := context.WithCancel(ctx)
	_ = cancel // lives as long as the process
	r = r.WithContext(ctx)
	r.Header.Set("User-Agent", "bench/1.0")
	r.Header.Set("Accept", "application/json")
	return r
}

var jsonType = []string{"application/json"}

func ok(w http.ResponseWriter, _ *http.Request) {
	w.Header()["Content-Type"] = jsonType
	w.Write([]byte(`{"ok":"true"}`))
}

func BenchmarkNew(b *testing.B) {
	run := func(name string, h http.Handler) {
		b.Run(name, func(b *testing.B) {
			w, tmpl := &wire{make(http.Header, 8)}, serverRequest()
			r := new(http.Request)
			b.ReportAllocs()
			for b.Loop() {
				*r = *tmpl
				clear(w.h)
				h.ServeHTTP(w, r)
			}
		})
	}
	quiet := middleware.New(apierr.Standard, middleware.WithLogger(nil))
	logged := middleware.New(apierr.Standard, middleware.WithLogger(slog.New(slog.NewJSONHandler(new(sink), nil))))
	run("bare", http.HandlerFunc(ok))
	run("log", logged(http.HandlerFunc(ok)))
	run("panic", logged(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") })))
	run("happy", quiet(http.HandlerFunc(ok)))
	run("error", quiet(apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return apierr.NotFound })))
}

// sink counts and drops. It is not io.Discard, which slog may know.
type sink struct{ n int }

func (s *sink) Write(p []byte) (int, error) { s.n += len(p); return len(p), nil }
