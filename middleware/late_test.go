package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// group is what echo makes of a middleware of a group: the handler of New notes
// the writer and the request, and the layer around it answers through them when
// New has returned.
func group(New func(http.Handler) http.Handler, h http.Handler, answer func(http.ResponseWriter, *http.Request)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		New(http.HandlerFunc(func(innerW http.ResponseWriter, innerR *http.Request) {
			h.ServeHTTP(innerW, innerR)
			w, r = innerW, innerR
		})).ServeHTTP(w, r)
		answer(w, r)
	})
}

// An answer through an inner New that has returned is that of the exchange
// around it, under the contract of the inner one.
func TestAnswerThroughReturnedNew(t *testing.T) {
	write := func(err error) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) { apierr.Write(w, r, err) }
	}
	httpError := func(status int, text string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) { http.Error(w, text, status) }
	}
	through := func(layer func(http.Handler) http.Handler, answer func(http.ResponseWriter, *http.Request)) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) { layer(http.HandlerFunc(answer)).ServeHTTP(w, r) }
	}
	New := middleware.New(v2)
	quiet := http.HandlerFunc(nothing)
	for _, test := range []struct {
		name    string
		handler http.Handler
		status  int
		code    string // "": a success
		inner   bool   // in the format and under the names of the inner contract
	}{
		{"401", group(New, quiet, write(apierr.Unauthenticated)), 401, "AUTH_UNAUTHENTICATED", true},
		{"403", group(New, quiet, write(apierr.Forbidden)), 403, "AUTH_FORBIDDEN", true},
		{"404, mapped", group(New, quiet, write(apierr.NotFound)), 410, "v2_gone", true},
		{"500", group(New, quiet, write(errors.New("secret"))), 500, "INTERNAL_SERVER_ERROR", true},
		{"http.Error 403", group(New, quiet, httpError(403, "not for you")), 403, "AUTH_FORBIDDEN", true},
		{"http.Error 404, mapped", group(New, quiet, httpError(404, "who?")), 404, "v2_gone", true},
		{"http.Error 500", group(New, quiet, httpError(500, "secret")), 500, "INTERNAL_SERVER_ERROR", true},
		{"a bare status", group(New, quiet, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }), 403, "AUTH_FORBIDDEN", true},
		{"a success", group(New, quiet, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(201) }), 201, "", true},
		{"a body", group(New, quiet, ok), 200, "", true},
		{"two errors", group(New, quiet, func(w http.ResponseWriter, r *http.Request) {
			write(apierr.Forbidden)(w, r)
			write(errors.New("secret"))(w, r)
		}), 403, "AUTH_FORBIDDEN", true},
		{"through a layer", group(New, quiet, through(counting, write(apierr.Forbidden))), 403, "AUTH_FORBIDDEN", true},
		{"through gin's writer", group(New, quiet, through(delaying, write(apierr.Forbidden))), 403, "AUTH_FORBIDDEN", true},
		{"through TimeoutHandler", group(New, quiet, through(inTime, write(apierr.Forbidden))), 403, "AUTH_FORBIDDEN", true},
		{"TimeoutHandler between", inTime(group(New, quiet, write(apierr.Forbidden))), 403, "AUTH_FORBIDDEN", true},
		{"a layer between", counting(group(New, quiet, write(apierr.Forbidden))), 403, "AUTH_FORBIDDEN", true},
		{"a layer between, http.Error", counting(group(New, quiet, httpError(403, "not for you"))), 403, "AUTH_FORBIDDEN", true},
		{"TimeoutHandler between, http.Error", inTime(group(New, quiet, httpError(403, "not for you"))), 403, "AUTH_FORBIDDEN", true},
		{"three", middleware.New(apierr.Standard)(group(New, quiet, write(apierr.Forbidden))), 403, "AUTH_FORBIDDEN", true},
		{"the answer was given", group(New, returns(apierr.Conflict), write(apierr.Forbidden)), 409, "RESOURCE_CONFLICT", true},
		{"the answer was given, http.Error", group(New, returns(apierr.Conflict), httpError(403, "not for you")), 409, "RESOURCE_CONFLICT", true},
		{"http.Error was given", group(New, fails(409, "twice"), write(apierr.Forbidden)), 409, "RESOURCE_CONFLICT", true},
		{"an event stream", group(New, begun(events, "data: a\n\n", true, quiet), write(apierr.Forbidden)), 200, "AUTH_FORBIDDEN", true},
		{"left alone by the inner New", group(middleware.New(v2, middleware.WithIntercept(func(*http.Request, int, http.Header) bool { return false })), quiet, httpError(403, "not for you")), 403, "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				r := s.get("/")
				require.NoError(t, r.err)
				require.Equal(t, test.status, r.StatusCode)
				require.NotContains(t, r.body, "secret")
				if test.code != "" {
					require.Contains(t, r.body, `"`+test.code+`"`)
					require.Equal(t, 1, strings.Count(r.body, `"code"`))
				}
				require.Len(t, r.Header["X-V2-Id"], 1)
				require.Empty(t, r.Header["X-Request-Id"])
				rec := s.one(t)
				require.EqualValues(t, test.status, rec["status"])
				require.Equal(t, test.code, str(rec["code"]))
			})
		})
	}
	t.Run("after a part of a body", func(t *testing.T) {
		onWire(t, group(New, begun("application/json", "[", true, quiet), write(errors.New("secret"))), func(t *testing.T, s *site) {
			require.Error(t, s.get("/").err)
			require.Equal(t, true, s.one(t)["cut"])
		})
	})
}

// What a goroutine does with the writer after the handler has returned touches
// nothing that others use; the race detector watches.
func TestLateWrites(t *testing.T) {
	for name, late := range map[string]func(http.ResponseWriter, *http.Request){
		"Write":       func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("late")) },
		"WriteString": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "late") },
		"WriteHeader": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201) },
		"http.Error":  func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "late", 500) },
		"Flush":       func(w http.ResponseWriter, _ *http.Request) { http.NewResponseController(w).Flush() },
		"Copy":        func(w http.ResponseWriter, _ *http.Request) { io.Copy(w, strings.NewReader("late")) },
		"apierr.Write": func(w http.ResponseWriter, r *http.Request) {
			apierr.Write(w, r, errors.New("late"))
		},
		"apierr.Write, to a layer": func(w http.ResponseWriter, r *http.Request) {
			apierr.Write(&recorder{ResponseWriter: w}, r, apierr.Conflict.With("late", 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, h := range []http.Handler{http.HandlerFunc(nothing), http.HandlerFunc(ok), returns(apierr.Conflict), fails(404, "who?"), panics("boom"), middleware.New(v2)(returns(apierr.Conflict))} {
				var all sync.WaitGroup
				logged := newRecords()
				served := middleware.New(apierr.Standard, logTo(logged))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					returned := make(chan bool)
					defer close(returned)
					all.Go(func() {
						<-returned // the handler's own part is over; New's is not
						if strings.HasSuffix(name, "to a layer") {
							<-r.Context().Value(endKey{}).(chan bool) // the layer's header is the server's
						}
						runtime.Gosched()
						late(w, r)
					})
					h.ServeHTTP(w, r)
				}))
				s := serveBare(t, 1, ending(served), logged)
				s.client.Transport.(*http.Transport).DisableKeepAlives = true // New may abort the response if it comes to it
				for range 20 {
					s.do("POST", "/", "")
				}
				all.Wait()
				s.Close()
				require.Len(t, logged.come, 20)
			}
		})
	}
}

// ending has a channel in the context that is closed when next has returned.
func ending(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		end := make(chan bool)
		defer close(end)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), endKey{}, end)))
	})
}

type endKey struct{}

// The same for many requests at once, in one process.
func TestLateWritesMany(t *testing.T) {
	h := middleware.New(apierr.Standard, middleware.WithLogger(nil))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/write":
			go io.WriteString(w, "late")
		case "/error":
			go apierr.Write(w, r, io.ErrNoProgress)
		default:
			go io.WriteString(w, "late")
			go apierr.Write(w, r, io.ErrNoProgress)
		}
	}))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 2000 {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest("GET", []string{"/write", "/error", "/both"}[i%3], nil))
				w.Header().Set("X-Outer", "1") // as a server, and its layers, go on
				_ = w.Result()
			}
		})
	}
	all.Wait()
}

// A late write is refused, and changes no header, however many layers there are.
func TestLateWriteIsRefused(t *testing.T) {
	for layers := range 4 {
		var kept http.ResponseWriter
		h := http.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { kept = w }))
		for range layers + 1 {
			h = middleware.New(apierr.Standard, middleware.WithLogger(nil))(h)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, serverRequest())
		_, err := kept.Write([]byte("late"))
		require.EqualError(t, err, "middleware: the handler has returned")
		kept.Header().Set("X-Late", "1")
		http.Error(kept, "late", 500)
		require.Error(t, http.NewResponseController(kept).Flush())
		require.Empty(t, w.Body.String())
		require.Equal(t, 200, w.Code)
		require.Empty(t, w.Header().Get("X-Late"))
		require.Empty(t, w.Header().Get("Content-Type"))
	}
}

// A loop without a return records the first few failures, and how many there
// were.
func TestWritesWithoutEnd(t *testing.T) {
	n := 0
	s := serve(t, 1, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i := range 16_000 {
			apierr.Write(w, r, fmt.Errorf("failure %d", i))
			w.WriteHeader(500)
			n++
		}
	}))
	require.Equal(t, 500, s.get("/").StatusCode)
	rec := s.one(t)
	require.Equal(t, 16_000, n)
	require.Equal(t, "failure 0\nfailure 1\nfailure 2\nfailure 3\nand 15996 more", rec["cause"])
	require.Less(t, len(str(rec["secondary_error"])), 500)
}
