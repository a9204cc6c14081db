package main

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/ratelimit"
)

// WithCountIf counts by the status that the client received, however a failure
// came about and whatever the handler wrote.
func TestCountIfInsideNew(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	streaming := gin.New()
	streaming.GET("/", func(c *gin.Context) {
		c.Stream(func(w io.Writer) bool { io.WriteString(w, "x"); return false })
	})
	waits := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			if status != 0 {
				w.WriteHeader(status)
			}
		}
	}
	writes := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	}
	closed := apierr.Contract{Name: "closed", Closed: true, Errors: []*apierr.Error{apierr.BadRequest, apierr.Internal}}
	part := func(h http.Handler) http.Handler { // of a batch: its answer stays there
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h.ServeHTTP(httptest.NewRecorder(), r)
			w.WriteHeader(200)
		})
	}
	timeoutHandler := func(h http.Handler) http.Handler { return http.TimeoutHandler(h, 20*time.Millisecond, "") }
	same := func(h http.Handler) http.Handler { return h }
	for _, test := range []struct {
		name     string
		contract apierr.Contract
		around   func(http.Handler) http.Handler // between New and the limiter
		handler  http.Handler
		counted  int // the status by which it counts
	}{
		{"a success", apierr.Standard, same, writes(200), 200},
		{"nothing written", apierr.Standard, same, writes(0), 500}, // net/http panics for it
		{"a failure", apierr.Standard, same, writes(404), 404},
		{"an error", apierr.Standard, same, apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return apierr.Conflict }), 409},
		{"a panic", apierr.Standard, same, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("x") }), 500},
		{"a status that is none", apierr.Standard, same, writes(42), 500},
		{"a deadline", apierr.Standard, same, waits(0), 504},
		{"folded by the contract", closed, same, writes(405), 400},
		{"abandoned by http.TimeoutHandler", apierr.Standard, timeoutHandler, waits(200), 503},
		{"a part of a batch", apierr.Standard, part, writes(401), 401},
		{"gin's Stream", apierr.Standard, same, streaming, 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			counted := make(chan int, 1)
			limit := ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerHour("p", 5)), ratelimit.ByIP(),
				ratelimit.WithCountIf(func(status int) bool { counted <- status; return true }))
			wrap := middleware.New(test.contract, middleware.WithLogger(nil), middleware.WithTimeout(200*time.Millisecond))
			s := httptest.NewServer(wrap(test.around(limit(test.handler))))
			defer s.Close()
			resp, err := http.Get(s.URL)
			require.NoError(t, err)
			resp.Body.Close()
			select {
			case status := <-counted:
				require.Equal(t, test.counted, status)
			case <-time.After(5 * time.Second):
				require.Fail(t, "it was not counted")
			}
		})
	}
}

// A client that closes its sending half reads the response: it must not look like
// one that has left, or its failed logins cost nothing.
func TestCountIfHalfClosed(t *testing.T) {
	counted := make(chan int, 1)
	limit := ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerHour("p", 5)), ratelimit.ByIP(),
		ratelimit.WithCountIf(func(status int) bool { counted <- status; return true }))
	for name, login := range map[string]http.Handler{
		"a status": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done() // it has seen the client close
			w.WriteHeader(401)
		}),
		"an error of apierr": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			apierr.Write(w, r, apierr.Unauthenticated)
		}),
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(middleware.New(apierr.Standard, middleware.WithLogger(slog.New(slog.DiscardHandler)))(limit(login)))
			defer s.Close()
			conn, err := net.Dial("tcp", s.Listener.Addr().String())
			require.NoError(t, err)
			defer conn.Close()
			io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			require.NoError(t, conn.(*net.TCPConn).CloseWrite())
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			require.NoError(t, err)
			require.Equal(t, 401, resp.StatusCode, "the client has it")
			require.Equal(t, 401, <-counted)
		})
	}
}

// A client that has left before it was answered is a 499, and a panic in the
// function of WithCountIf does not break the answer.
func TestCountIfOddEnds(t *testing.T) {
	counted := make(chan int, 1)
	limit := func(countIf func(int) bool) func(http.Handler) http.Handler {
		return ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerHour("p", 5)), ratelimit.ByIP(), ratelimit.WithCountIf(countIf))
	}
	wrap := middleware.New(apierr.Standard, middleware.WithLogger(nil))
	begun := make(chan struct{})
	s := httptest.NewServer(wrap(limit(func(status int) bool { counted <- status; return true })(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	}))))
	defer s.Close()
	ctx, cancel := context.WithCancel(context.Background())
	r, _ := http.NewRequestWithContext(ctx, "GET", s.URL, nil)
	go func() { <-begun; cancel() }()
	_, err := http.DefaultClient.Do(r)
	require.Error(t, err)
	require.Equal(t, 499, <-counted)

	s = httptest.NewServer(wrap(limit(func(int) bool { panic("secret") })(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "fine") }))))
	defer s.Close()
	resp, err := http.Get(s.URL)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, "fine", string(body))
}
