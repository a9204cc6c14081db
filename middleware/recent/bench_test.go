package recent_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/recent"
)

// wire is a ResponseWriter that keeps nothing, so that no recorder is in the
// numbers.
type wire struct{ h http.Header }

func (w *wire) Header() http.Header         { return w.h }
func (w *wire) Write(p []byte) (int, error) { return len(p), nil }
func (w *wire) WriteHeader(int)             {}

// sink counts and drops. It is not io.Discard, which slog may know.
type sink struct{ n int }

func (s *sink) Write(p []byte) (int, error) { s.n += len(p); return len(p), nil }

// serverRequest is a request with a context as deep as the server's.
func serverRequest() *http.Request {
	r := httptest.NewRequest("GET", "/users/7", nil)
	ctx := context.WithValue(context.Background(), http.ServerContextKey, &http.Server{})
	ctx = context.WithValue(ctx, http.LocalAddrContextKey, net.Addr(&net.TCPAddr{}))
	return r.WithContext(ctx)
}

var errDown = errors.New("dial tcp 10.0.0.7:5432: connection refused")

func fails(http.ResponseWriter, *http.Request) error { return apierr.Unavailable.Wrap(errDown) }

// BenchmarkObserve shows what recent adds to a failure: beside the record of the
// log, which New writes by default, and beside an observer that does nothing.
func BenchmarkObserve(b *testing.B) {
	nothing := middleware.WithObserver(func(context.Context, middleware.Outcome) {})
	keep := func() middleware.Option { return middleware.WithObserver(recent.New().Observe) }
	logged := middleware.WithLogger(slog.New(slog.NewJSONHandler(new(sink), nil)))
	quiet := middleware.WithLogger(nil)
	run := func(name string, h http.Handler, opts ...middleware.Option) {
		b.Run(name, func(b *testing.B) {
			h := middleware.New(apierr.Standard, opts...)(h)
			w, template, r := &wire{make(http.Header, 8)}, serverRequest(), new(http.Request)
			b.ReportAllocs()
			for b.Loop() {
				*r = *template
				clear(w.h)
				h.ServeHTTP(w, r)
			}
		})
	}
	run("error/logged", apierr.HandlerFunc(fails), logged)
	run("error/logged+recent", apierr.HandlerFunc(fails), logged, keep())
	run("error/unlogged", apierr.HandlerFunc(fails), quiet, nothing)
	run("error/unlogged+recent", apierr.HandlerFunc(fails), quiet, keep())
	rejected := apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
		return apierr.InvalidBody.WithViolations(apierr.Violation{Path: "email", Rule: "required"}, apierr.Violation{Path: "name", Rule: "max"})
	})
	run("rejected/logged", rejected, logged)
	run("rejected/logged+recent", rejected, logged, keep())
	panics := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") })
	run("panic/logged", panics, logged)
	run("panic/logged+recent", panics, logged, keep())

	o := middleware.Outcome{
		Method: "GET", Path: "/users/7", Route: "/users/{id}", Status: 503, Cause: errDown, Error: apierr.Unavailable,
		Time: time.Now(), RequestID: "01913f7e-4c5b-7d6a-8f90-123456789abc", CorrelationID: "01913f7e-4c5b-7d6a-8f90-123456789abc",
	}
	b.Run("alone", func(b *testing.B) {
		s := recent.New()
		b.ReportAllocs()
		for b.Loop() {
			s.Observe(b.Context(), o)
		}
	})
}
