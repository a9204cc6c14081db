package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// configured is serveBare for a server that configure has changed. It speaks
// HTTP/2 without TLS: the handshake has the server's WriteTimeout too.
func configured(t *testing.T, major int, h http.Handler, logged *records, configure func(*http.Server)) *site {
	t.Helper()
	s := &site{Server: httptest.NewUnstartedServer(h), t: t, log: logged, errors: new(buffer)}
	s.Config.ErrorLog = quiet
	configure(s.Config)
	var speaks http.Protocols
	speaks.SetHTTP1(major == 1)
	speaks.SetUnencryptedHTTP2(major == 2)
	s.Config.Protocols = &speaks
	s.Start()
	t.Cleanup(s.Close)
	s.client = &http.Client{Timeout: patience, Transport: &http.Transport{Protocols: &speaks}}
	t.Cleanup(s.client.CloseIdleConnections)
	return s
}

// entered sends on in when a request has reached the handler.
func entered(in chan<- bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in <- true
		next.ServeHTTP(w, r)
	})
}

// done waits for the end of the request's context.
func done(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		next.ServeHTTP(w, r)
	})
}

var silent = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})

// returnsContext fails as handlers do that observe their context.
var returnsContext = apierr.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error { return r.Context().Err() })

// driverError is an error of a driver that was interrupted by the context.
type driverError struct{}

func (driverError) Error() string        { return "canceling statement due to user request" }
func (driverError) Is(target error) bool { return target == context.Canceled }
func wrapped(err error) error            { return fmt.Errorf("reading agents: %w", err) }
func inside(opts ...middleware.Option) func(http.Handler) http.Handler {
	return middleware.New(apierr.Standard, opts...)
}

// slowUpstream is a reverse proxy whose upstream answers when the test is over.
func slowUpstream(t *testing.T) *httputil.ReverseProxy {
	hang := make(chan bool)
	upstream := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	t.Cleanup(func() { close(hang); upstream.Close() })
	target, err := url.Parse(upstream.URL)
	require.NoError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorLog = quiet
	return proxy
}

// A request whose context ends while its client waits is answered with 503: the
// server is going down. The record says nothing of a client that left.
func TestShutdown(t *testing.T) {
	const unavailable = "SERVICE_UNAVAILABLE"
	proxy := slowUpstream(t)
	for _, test := range []struct {
		name    string
		handler http.Handler
		status  int
		code    string
	}{
		{"returns the context's error", done(returnsContext), 503, unavailable},
		{"returns it wrapped", done(returns(wrapped(context.Canceled))), 503, unavailable},
		{"returns the error of a driver", done(returns(wrapped(driverError{}))), 503, unavailable},
		{"returns it joined with another", done(returns(errors.Join(io.EOF, context.Canceled))), 503, unavailable},
		{"returns nothing", done(silent), 503, unavailable},
		{"returns the error of a child context", childOf(done(returnsContext)), 503, unavailable},
		{"under a route's deadline", middleware.Timeout(time.Hour)(done(returnsContext)), 503, unavailable},
		{"under a route's deadline, returns nothing", middleware.Timeout(time.Hour)(done(silent)), 503, unavailable},
		{"a reverse proxy", proxy, 503, unavailable},
		{"a proxy that answers 502 itself", done(writes(502, "context canceled")), 503, unavailable},
		{"in a New", inside()(done(returnsContext)), 503, unavailable},
		{"in a New, returns nothing", inside()(done(silent)), 503, unavailable},
		{"behind a layer", wrapping(copying(done(returnsContext))), 503, unavailable},
		{"an answer of its own", done(http.HandlerFunc(ok)), 200, ""},
		{"a failure of its own", done(returns(apierr.Conflict)), 409, "RESOURCE_CONFLICT"},
		{"another error", done(returns(io.ErrUnexpectedEOF)), 500, "INTERNAL_SERVER_ERROR"},
		{"a stream", begun(events, "data: x\n\n", true, done(returnsContext)), 200, unavailable},
	} {
		for _, outer := range []string{"BaseContext", "a layer outside"} {
			for major := 1; major <= 2; major++ {
				t.Run(fmt.Sprintf("%s/%s/HTTP %d", test.name, outer, major), func(t *testing.T) {
					t.Parallel()
					contract := apierr.Standard
					contract.RetryAfterUnavailable = 7 * time.Second
					logged, in := newRecords(), make(chan bool, 1)
					base, shutDown := context.WithCancel(context.Background())
					defer shutDown()
					h := middleware.New(contract, logTo(logged))(entered(in, test.handler))
					configure := func(srv *http.Server) { srv.BaseContext = func(net.Listener) context.Context { return base } }
					if outer != "BaseContext" {
						h = canceledBy(base, h)
						configure = func(*http.Server) {}
					}
					s := configured(t, major, h, logged, configure)
					go func() { <-in; shutDown() }()
					r := s.get("/")
					require.NoError(t, r.err)
					require.Equal(t, major, r.ProtoMajor)
					require.Equal(t, test.status, r.StatusCode)
					switch {
					case test.status == 503 && !strings.Contains(test.name, "in a New"):
						require.Equal(t, "7", r.Header.Get("Retry-After"))
						fallthrough
					case test.status >= 400:
						require.Equal(t, test.code, r.failure(t).Code)
					}
					rec := s.one(t)
					require.EqualValues(t, test.status, rec["status"])
					if test.code != "" {
						require.Equal(t, test.code, rec["code"])
					}
					require.NotContains(t, rec, "client_gone")
					require.NotContains(t, rec, "write_error")
				})
			}
		}
	}
}

// http.Client, and the reverse proxy, return the context.Cause of a context in
// place of its error. It means the same.
func TestCauseOfContext(t *testing.T) {
	errDrain := errors.New("the node is drained")
	returnsCause := apierr.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error { return context.Cause(r.Context()) })
	returnsWrapped := apierr.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		return &url.Error{Op: "Get", URL: "http://upstream", Err: context.Cause(r.Context())}
	})
	canceling := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithCancelCause(r.Context())
			cancel(errDrain)
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
	timing := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeoutCause(r.Context(), time.Nanosecond, errDrain)
			defer cancel()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
	untouched := func(next http.Handler) http.Handler { return next }
	for _, test := range []struct {
		name    string
		outside func(http.Handler) http.Handler
		inside  func(http.Handler) http.Handler
		handler http.Handler
		status  int
	}{
		{"a cancellation outside", canceling, untouched, done(returnsCause), 503},
		{"a cancellation outside, wrapped", canceling, untouched, done(returnsWrapped), 503},
		{"a cancellation outside, under a route's deadline", canceling, middleware.Timeout(time.Hour), done(returnsCause), 503},
		{"a cancellation outside, another error", canceling, untouched, done(returns(io.ErrUnexpectedEOF)), 500},
		{"a deadline outside", timing, untouched, done(returnsCause), 504},
		{"a deadline outside, wrapped", timing, untouched, done(returnsWrapped), 504},
		{"a deadline outside, another error", timing, untouched, done(returns(io.ErrUnexpectedEOF)), 500},
		{"a cancellation inside is the handler's", untouched, canceling, done(returnsCause), 500},
		{"the same error, nothing canceled", untouched, untouched, returns(errDrain), 500},
	} {
		for major := 1; major <= 2; major++ {
			for _, nested := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/HTTP %d/%t", test.name, major, nested), func(t *testing.T) {
					logged, h := newRecords(), test.inside(test.handler)
					if nested {
						h = inside()(h)
					}
					s := serveBare(t, major, test.outside(inside(logTo(logged))(h)), logged)
					r := s.get("/")
					require.Equal(t, test.status, r.StatusCode)
					require.NotContains(t, r.body, "drained")
					rec := s.one(t)
					require.EqualValues(t, test.status, rec["status"])
					require.NotContains(t, rec, "client_gone")
				})
			}
		}
	}
}

// canceledBy is a layer outside New whose context ends with another one.
func canceledBy(other context.Context, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer context.AfterFunc(other, cancel)()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// childOf gives the handler a context of its own under the request's.
func childOf(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// A context that a handler or a layer inside New has canceled itself is the
// server's own failure.
func TestChildContext(t *testing.T) {
	own := apierr.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		ctx, cancel := context.WithCancel(r.Context())
		cancel()
		return wrapped(ctx.Err())
	})
	for name, h := range map[string]http.Handler{
		"a handler's":  own,
		"in a New":     inside()(own),
		"a layer's":    canceledAtOnce(returnsContext),
		"under a time": middleware.Timeout(time.Hour)(canceledAtOnce(returnsContext)),
	} {
		t.Run(name, func(t *testing.T) {
			onWire(t, h, func(t *testing.T, s *site) {
				require.Equal(t, "INTERNAL_SERVER_ERROR", s.get("/").failure(t).Code)
				rec := s.one(t)
				require.EqualValues(t, 500, rec["status"])
				require.Contains(t, rec["cause"], "context canceled")
				require.NotContains(t, rec, "client_gone")
			})
		})
	}
}

func canceledAtOnce(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// A client that leaves before anything was sent is 499 in the record, whatever
// the handler does then.
func TestClientLeft(t *testing.T) {
	proxy := slowUpstream(t)
	notified := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-w.(interface{ CloseNotify() <-chan bool }).CloseNotify()
	})
	reading := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.ReadAll(r.Body)
		done(silent).ServeHTTP(w, r)
	})
	for _, test := range []struct {
		name    string
		handler http.Handler
		status  int
		level   string
	}{
		{"returns nothing", done(silent), 499, "INFO"},
		{"returns the context's error", done(returnsContext), 499, "INFO"},
		{"returns it wrapped", done(returns(wrapped(context.Canceled))), 499, "INFO"},
		{"has read its body", reading, 499, "INFO"},
		{"answers", done(http.HandlerFunc(ok)), 499, "INFO"},
		{"answers without a body", done(writes(204, "")), 499, "INFO"},
		{"returns an error", done(returns(apierr.Conflict)), 499, "INFO"},
		{"waits for CloseNotify", notified, 499, "INFO"},
		{"waits for CloseNotify in a New", inside()(notified), 499, "INFO"},
		{"waits for CloseNotify, then for the context", two(notified, done(silent)), 499, "INFO"},
		{"in a New", inside()(done(silent)), 499, "INFO"},
		{"under a route's deadline", middleware.Timeout(time.Hour)(done(silent)), 499, "INFO"},
		{"behind a layer", wrapping(copying(done(silent))), 499, "INFO"},
		{"a reverse proxy", proxy, 499, "INFO"},
		{"a response that has begun", begun("text/csv", "a,b\n", true, done(silent)), 200, "INFO"},
	} {
		for major := 1; major <= 2; major++ {
			t.Run(fmt.Sprintf("%s/HTTP %d", test.name, major), func(t *testing.T) {
				t.Parallel()
				logged, in := newRecords(), make(chan bool, 1)
				s := serveBare(t, major, middleware.New(apierr.Standard, logTo(logged))(entered(in, test.handler)), logged)
				ctx, leave := context.WithCancel(context.Background())
				defer leave()
				r, err := http.NewRequestWithContext(ctx, "GET", s.URL, nil)
				require.NoError(t, err)
				begins := test.status == 200
				go func() {
					if <-in; !begins {
						leave()
					}
				}()
				if res, err := s.client.Do(r); begins {
					require.NoError(t, err)
					leave()
					res.Body.Close()
				} else {
					require.ErrorIs(t, err, context.Canceled)
				}
				rec := logged.next(t)
				require.EqualValues(t, test.status, rec["status"], "%v", rec)
				require.Equal(t, test.level, rec["level"])
				require.Equal(t, true, rec["client_gone"])
			})
		}
	}
}
