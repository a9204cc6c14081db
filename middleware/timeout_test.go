package middleware_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httputil"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// The innermost deadline of New and Timeout holds.
func TestDeadline(t *testing.T) {
	const s = time.Second
	layer := func(d time.Duration) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ctx, cancel := context.WithTimeout(r.Context(), d)
				defer cancel()
				next.ServeHTTP(w, r.WithContext(ctx))
			})
		}
	}
	inner := func(d time.Duration) func(http.Handler) http.Handler {
		return middleware.New(apierr.Standard, middleware.WithTimeout(d))
	}
	type layers []func(http.Handler) http.Handler // outermost first
	for _, test := range []struct {
		name    string
		timeout time.Duration // of New
		layers  layers
		want    time.Duration // until the context ended; 0: it did not
	}{
		{"none", 0, nil, 0},
		{"of New", 2 * s, nil, 2 * s},
		{"set for a route", 0, layers{middleware.Timeout(3 * s)}, 3 * s},
		{"lowered for a route", 5 * s, layers{middleware.Timeout(3 * s)}, 3 * s},
		{"raised for a route", 2 * s, layers{middleware.Timeout(3 * s)}, 3 * s},
		{"lifted for a route", 2 * s, layers{middleware.Timeout(0)}, 0},
		{"twice, the inner holds", 2 * s, layers{middleware.Timeout(3 * s), middleware.Timeout(4 * s)}, 4 * s},
		{"twice, the inner lowers", 0, layers{middleware.Timeout(4 * s), middleware.Timeout(3 * s)}, 3 * s},
		{"twice without New's", 0, layers{middleware.Timeout(3 * s), middleware.Timeout(4 * s)}, 4 * s},
		{"twice, and a layer's own between", 9 * s, layers{middleware.Timeout(5 * s), layer(2 * s), middleware.Timeout(4 * s), middleware.Timeout(6 * s)}, 2 * s},
		{"an inner New lowers", 5 * s, layers{inner(3 * s)}, 3 * s},
		{"an inner New does not raise", 2 * s, layers{inner(3 * s)}, 2 * s},
		{"raised inside two News", 2 * s, layers{inner(3 * s), middleware.Timeout(4 * s)}, 4 * s},
		{"a layer's own, earlier", 5 * s, layers{layer(3 * s), middleware.Timeout(9 * s)}, 3 * s},
		{"a layer's own, lifted", 5 * s, layers{layer(3 * s), middleware.Timeout(0)}, 3 * s},
		{"a layer's own without New's", 0, layers{layer(3 * s), middleware.Timeout(9 * s)}, 3 * s},
		{"a layer's own inside", 2 * s, layers{middleware.Timeout(9 * s), layer(3 * s)}, 3 * s},
	} {
		for _, silent := range []bool{false, true} {
			t.Run(test.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					start, ended := time.Now(), time.Duration(0)
					var h http.Handler = apierr.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
						select {
						case <-r.Context().Done():
							ended = time.Since(start)
						case <-time.After(time.Hour):
						}
						if silent {
							return nil
						}
						return r.Context().Err()
					})
					for i := len(test.layers) - 1; i >= 0; i-- {
						h = test.layers[i](h)
					}
					logged := newRecords()
					w := &plain{h: http.Header{}}
					middleware.New(apierr.Standard, logTo(logged), middleware.WithTimeout(test.timeout))(h).ServeHTTP(w, serverRequest())
					require.Equal(t, test.want, ended)
					ownOnly := test.name == "a layer's own inside" // which New cannot see
					switch {
					case test.want > 0 && !(silent && ownOnly):
						require.Equal(t, 504, w.status)
						require.Equal(t, "GATEWAY_TIMEOUT", readEnvelope(t, w.body.String()).Code)
						require.Equal(t, "ERROR", (<-logged.come)["level"])
					default:
						require.Zero(t, w.status)
					}
				})
			})
		}
	}
}

// A handler that answered in spite of its deadline has answered.
func TestAnsweredAfterDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &plain{h: http.Header{}}
		middleware.New(apierr.Standard, middleware.WithLogger(nil), middleware.WithTimeout(time.Second))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			ok(w, r)
		})).ServeHTTP(w, serverRequest())
		require.Equal(t, `{"ok":"true"}`, w.body.String())
	})
}

// A contract maps the error of a deadline.
func TestDeadlineMapping(t *testing.T) {
	c := apierr.Contract{Name: "own", Errors: []*apierr.Error{apierr.Unavailable}, Mappings: map[*apierr.Error]apierr.Mapping{apierr.GatewayTimeout: {Error: apierr.Unavailable}}}
	synctest.Test(t, func(t *testing.T) {
		w := &plain{h: http.Header{}}
		middleware.New(c, middleware.WithLogger(nil), middleware.WithTimeout(time.Second))(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
		})).ServeHTTP(w, serverRequest())
		require.Equal(t, 503, w.status)
	})
}

// A client or a layer still ends the context behind Timeout.
func TestTimeoutKeepsCancellation(t *testing.T) {
	for name, cancelBy := range map[string]func(next http.Handler, gone context.CancelFunc) http.Handler{
		"the client": func(next http.Handler, gone context.CancelFunc) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				time.AfterFunc(3*time.Second, gone) // New's deadline is over by then
				next.ServeHTTP(w, r)
			})
		},
		"a layer": func(next http.Handler, _ context.CancelFunc) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ctx, cancel := context.WithCancel(r.Context())
				time.AfterFunc(time.Second, cancel)
				next.ServeHTTP(w, r.WithContext(ctx))
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				base, gone := context.WithCancel(serverRequest().Context())
				defer gone()
				var err error
				h := cancelBy(middleware.Timeout(time.Hour)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					<-r.Context().Done()
					err = r.Context().Err()
				})), gone)
				New := middleware.New(apierr.Standard, middleware.WithLogger(nil), middleware.WithTimeout(2*time.Second))
				func() {
					defer func() { recover() }() // nothing can be sent to a client that has left
					New(h).ServeHTTP(&plain{h: http.Header{}}, serverRequest().WithContext(base))
				}()
				require.Equal(t, context.Canceled, err)
			})
		})
	}
}

// What a layer says of the end of a context is kept behind Timeout.
func TestTimeoutKeepsCause(t *testing.T) {
	const s = time.Second
	errDrain := errors.New("the node is drained")
	canceling := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithCancelCause(r.Context())
			time.AfterFunc(s, func() { cancel(errDrain) })
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
	timing := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeoutCause(r.Context(), s, errDrain)
			defer cancel()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
	for _, test := range []struct {
		name    string
		timeout time.Duration // of New
		outside func(http.Handler) http.Handler
		inside  func(http.Handler) http.Handler
		routes  time.Duration // of Timeout
		err     error
		cause   error
	}{
		{"a cancellation inside", 0, nil, canceling, time.Hour, context.Canceled, errDrain},
		{"a cancellation inside New's deadline", 2 * s, nil, canceling, time.Hour, context.Canceled, errDrain},
		{"a cancellation inside, no deadline", 2 * s, nil, canceling, 0, context.Canceled, errDrain},
		{"a cancellation outside", 0, canceling, nil, time.Hour, context.Canceled, errDrain},
		{"a cancellation outside New's deadline", 2 * s, canceling, nil, time.Hour, context.Canceled, errDrain},
		{"a deadline inside", 0, nil, timing, time.Hour, context.DeadlineExceeded, errDrain},
		{"a deadline inside New's", 2 * s, nil, timing, time.Hour, context.DeadlineExceeded, errDrain},
		{"a deadline inside, lifted", 2 * s, nil, timing, 0, context.DeadlineExceeded, errDrain},
		{"a deadline outside", 0, timing, nil, time.Hour, context.DeadlineExceeded, errDrain},
		{"a deadline outside New's", 2 * s, timing, nil, time.Hour, context.DeadlineExceeded, errDrain},
		{"New's deadline lies before that outside", s / 2, timing, nil, time.Hour, context.DeadlineExceeded, context.DeadlineExceeded},
		{"the route's deadline", 2 * s, nil, nil, s, context.DeadlineExceeded, context.DeadlineExceeded},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var err, cause error
				var h http.Handler = middleware.Timeout(test.routes)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					<-r.Context().Done()
					err, cause = r.Context().Err(), context.Cause(r.Context())
				}))
				for _, layer := range []func(http.Handler) http.Handler{test.inside, middleware.New(apierr.Standard, middleware.WithLogger(nil), middleware.WithTimeout(test.timeout)), test.outside} {
					if layer != nil {
						h = layer(h)
					}
				}
				func() {
					defer func() { recover() }() // an abort: without CloseNotify, the client counts as gone
					h.ServeHTTP(&plain{h: http.Header{}}, serverRequest())
				}()
				require.Equal(t, test.err, err)
				require.Equal(t, test.cause, cause)
			})
		})
	}
}

// A reverse proxy whose upstream is too slow for the request's deadline is a
// 504, and the record has the cause.
func TestProxyUnderDeadline(t *testing.T) {
	proxy := slowUpstream(t)
	const short = 50 * time.Millisecond
	dead := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: "127.0.0.1:1"})
	dead.ErrorLog = quiet
	errDrain := errors.New("the node is drained")
	drained := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeoutCause(r.Context(), short, errDrain)
			defer cancel()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
	for _, test := range []struct {
		name    string
		handler http.Handler
		opts    []middleware.Option
		status  int
		code    string
		cause   string
	}{
		{"New's deadline", proxy, []middleware.Option{middleware.WithTimeout(short)}, 504, "GATEWAY_TIMEOUT", "deadline exceeded"},
		{"the route's", middleware.Timeout(short)(proxy), nil, 504, "GATEWAY_TIMEOUT", "deadline exceeded"},
		{"the route's, shorter than New's", middleware.Timeout(short)(proxy), []middleware.Option{middleware.WithTimeout(time.Hour)}, 504, "GATEWAY_TIMEOUT", "deadline exceeded"},
		{"of a New inside", inside(middleware.WithTimeout(short))(proxy), nil, 504, "GATEWAY_TIMEOUT", "deadline exceeded"},
		{"behind a layer", middleware.Timeout(short)(wrapping(copying(proxy))), nil, 504, "GATEWAY_TIMEOUT", "deadline exceeded"},
		{"a proxy that writes a text", middleware.Timeout(short)(done(writes(502, "no route"))), nil, 504, "GATEWAY_TIMEOUT", "no route"},
		{"with a cause", middleware.Timeout(time.Hour)(outsideOf(drained, inside()(proxy))), nil, 504, "GATEWAY_TIMEOUT", "the node is drained"},
		{"an upstream that is not there", middleware.Timeout(time.Hour)(dead), nil, 502, "BAD_GATEWAY", ""},
		{"a 503 after the deadline", middleware.Timeout(short)(done(writes(503, ""))), nil, 503, "SERVICE_UNAVAILABLE", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				r := s.get("/")
				require.Equal(t, test.status, r.StatusCode)
				require.Equal(t, test.code, r.failure(t).Code)
				rec := s.one(t)
				require.EqualValues(t, test.status, rec["status"])
				require.Equal(t, "ERROR", rec["level"])
				if test.cause != "" {
					require.Contains(t, rec["cause"], test.cause)
				}
			}, test.opts...)
		})
	}
}

// outsideOf puts the layer around the handler.
func outsideOf(layer func(http.Handler) http.Handler, h http.Handler) http.Handler { return layer(h) }

// Outside New, Timeout is a deadline and no more.
func TestTimeoutAlone(t *testing.T) {
	r := serverRequest()
	middleware.Timeout(time.Hour)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, limited := r.Context().Deadline()
		require.True(t, limited)
	})).ServeHTTP(&plain{h: http.Header{}}, r)
}
