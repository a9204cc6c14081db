package middleware_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// The deadline is what the innermost word on it says; a clock of the test's
// own says when it came.
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

// A contract says what its deadline is called.
func TestDeadlineStandIn(t *testing.T) {
	c := apierr.Contract{Name: "own", Errors: []*apierr.Error{apierr.Unavailable}, Mappings: map[*apierr.Error]apierr.Mapping{apierr.GatewayTimeout: {Error: apierr.Unavailable}}}
	synctest.Test(t, func(t *testing.T) {
		w := &plain{h: http.Header{}}
		middleware.New(c, middleware.WithLogger(nil), middleware.WithTimeout(time.Second))(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
		})).ServeHTTP(w, serverRequest())
		require.Equal(t, 503, w.status)
	})
}

// What ends the context besides New's deadline still does, behind Timeout too.
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
				New(h).ServeHTTP(&plain{h: http.Header{}}, serverRequest().WithContext(base))
				require.Equal(t, context.Canceled, err)
			})
		})
	}
}

// Outside New, Timeout is a deadline and no more.
func TestTimeoutAlone(t *testing.T) {
	r := serverRequest()
	middleware.Timeout(time.Hour)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, limited := r.Context().Deadline()
		require.True(t, limited)
	})).ServeHTTP(&plain{h: http.Header{}}, r)
}
