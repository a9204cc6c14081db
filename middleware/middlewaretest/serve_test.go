package middlewaretest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/middlewaretest"
)

// The response is what a client of a server reads.
func TestServe(t *testing.T) {
	type want struct {
		status int
		body   string
		length int64
		err    error
	}
	for _, test := range []struct {
		name    string
		method  string
		handler http.Handler
		want    want
	}{
		{"a success", "GET", writes(200, "text/plain", "hello"), want{200, "hello", 5, nil}},
		{"no answer", "GET", returns(nil), want{200, "", 0, nil}},
		{"an error", "GET", returns(apierr.Conflict), want{409, `{"error":{"code":"RESOURCE_CONFLICT","message":"The request conflicts with the state of the resource"}}`, 103, nil}},
		{"HEAD", "HEAD", returns(apierr.Conflict), want{409, "", 103, nil}},
		{"HEAD by a handler that writes", "HEAD", writes(200, "text/plain", "hello"), want{200, "", 5, nil}},
		{"no method", "", writes(200, "text/plain", "hello"), want{200, "hello", 5, nil}},
		{"a method that HTTP does not allow", "G T", writes(200, "text/plain", "hello"), want{200, "hello", 5, nil}},
		{"204", "DELETE", writes(204, "text/plain", "not sent"), want{204, "", 0, nil}},
		{"chunks", "GET", streams("text/plain", "hello", nil), want{200, "hello", -1, nil}},
		{"informational responses", "GET", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(103)
			io.WriteString(w, "hello")
		}), want{200, "hello", 5, nil}},
		{"an abort before the status", "GET", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), want{0, "", 0, io.ErrUnexpectedEOF}},
		{"an abort after it", "GET", streams("text/plain", "hello", errors.New("disk")), want{200, "hello", -1, io.ErrUnexpectedEOF}},
		{"less than the Content-Length", "GET", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "9")
			io.WriteString(w, "hello")
		}), want{200, "hello", 9, io.ErrUnexpectedEOF}},
		{"a panic", "GET", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret") }), want{500, `{"error":{"code":"INTERNAL_SERVER_ERROR","message":"An unexpected error occurred"}}`, 83, nil}},
		{"another protocol", "GET", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, in, err := http.NewResponseController(w).Hijack()
			require.NoError(t, err)
			defer conn.Close()
			io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: test\r\n\r\n")
			_, err = in.ReadByte()
			require.Error(t, err)
		}), want{101, "", 0, nil}},
		{"a connection taken over without an answer", "GET", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			require.NoError(t, err)
			conn.Close()
		}), want{0, "", 0, io.ErrUnexpectedEOF}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := get("/x")
			r.Method = test.method
			resp := middlewaretest.Serve(apierr.Standard, test.handler, r)
			body, err := io.ReadAll(resp.Body)
			require.Equal(t, test.want, want{resp.StatusCode, string(body), resp.ContentLength, err})
			if test.want.status >= 200 {
				require.Len(t, resp.Header["X-Request-Id"], 1)
			}
		})
	}
}

// The handler receives the request of the test.
func TestServe_Request(t *testing.T) {
	type key struct{}
	type seen struct{ method, path, uri, host, id, value, header, body, addr string }
	var got seen
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		value, _ := r.Context().Value(key{}).(string)
		got = seen{r.Method, r.URL.Path, r.RequestURI, r.Host, r.PathValue("id"), value, r.Header.Get("X-Mode"), string(b), r.RemoteAddr}
		require.NotNil(t, r.Context().Value(http.ServerContextKey))
	})

	r := httptest.NewRequestWithContext(context.WithValue(t.Context(), key{}, "user"), "PUT", "/agents/7?a=b", strings.NewReader("hello"))
	r.SetPathValue("id", "7")
	r.Header.Set("X-Mode", "x")
	middlewaretest.Serve(apierr.Standard, handler, r)
	require.Equal(t, seen{"PUT", "/agents/7", "/agents/7?a=b", "example.com", "7", "user", "x", "hello", "192.0.2.1:1234"}, got)

	r, err := http.NewRequest("GET", "http://api.test/agents/7?a=b", nil)
	require.NoError(t, err)
	resp := middlewaretest.Serve(apierr.Standard, handler, r)
	require.Equal(t, seen{"GET", "/agents/7", "/agents/7?a=b", "api.test", "", "", "", "", "192.0.2.1:1234"}, got)
	require.Equal(t, r.URL, resp.Request.URL)
	require.Nil(t, r.Body, "the request of the test stays as it was")
}

// The options are those of New, and nothing is logged without one.
func TestServe_Options(t *testing.T) {
	var log, standard bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&standard, nil)))
	defer slog.SetDefault(before)

	middlewaretest.Serve(apierr.Standard, returns(errors.New("disk")), get("/x"))
	require.Empty(t, standard.String())

	observed := 0
	resp := middlewaretest.Serve(apierr.Standard, returns(errors.New("disk")), get("/x"),
		middleware.WithLogger(slog.New(slog.NewTextHandler(&log, nil))),
		middleware.WithRequestID(func(*http.Request) string { return "req-7" }),
		middleware.WithErrorMapper(func(context.Context, error) *apierr.Error { return apierr.Unavailable }),
		middleware.WithObserver(func(context.Context, middleware.Outcome) { observed++ }))
	require.Equal(t, 503, resp.StatusCode)
	require.Equal(t, []string{"req-7"}, resp.Header["X-Request-Id"])
	require.Contains(t, log.String(), "request_id=req-7")
	require.Equal(t, 1, observed)
}

// The body can be read as often as a test needs it.
func TestServe_Body(t *testing.T) {
	resp := middlewaretest.Serve(apierr.Standard, returns(apierr.Conflict), get("/x"))
	require.NoError(t, resp.Body.Close())
	for range 3 {
		b, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Contains(t, string(b), "RESOURCE_CONFLICT")
		middlewaretest.Want(t, apierr.Standard, resp, apierr.Conflict)
		_, err = resp.Body.(io.Seeker).Seek(0, io.SeekStart)
		require.NoError(t, err)
	}

	resp = middlewaretest.Serve(apierr.Standard, streams("text/plain", "hello", errors.New("disk")), get("/x"))
	var copied bytes.Buffer
	_, err := io.Copy(&copied, resp.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Equal(t, "hello", copied.String())
}

// Serve returns when the handler has, and cancels its context then.
func TestServe_Returns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ctx context.Context
		returned := false
		middlewaretest.Serve(apierr.Standard, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx = r.Context()
			w.Header().Set("Content-Length", "5")
			io.WriteString(w, "hello")
			http.NewResponseController(w).Flush() // the client has it all
			time.Sleep(time.Minute)
			returned = true
		}), get("/x"))
		require.True(t, returned)
		require.ErrorIs(t, ctx.Err(), context.Canceled)
	})
}

// A deadline ends a handler that waits, in the time of a synctest bubble too.
func TestServe_Deadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		resp := middlewaretest.Serve(apierr.Standard, apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
			<-r.Context().Done()
			return r.Context().Err()
		}), get("/x"), middleware.WithTimeout(time.Minute))
		middlewaretest.Want(t, apierr.Standard, resp, apierr.GatewayTimeout)
		require.Equal(t, time.Minute, time.Since(start))
	})
}

// A contract with faults, a nil handler and a nil option panic as in New.
func TestServe_Panics(t *testing.T) {
	faulty := apierr.Contract{Errors: []*apierr.Error{nil}}
	require.Panics(t, func() { middlewaretest.Serve(faulty, returns(nil), get("/x")) })
	require.Panics(t, func() { middlewaretest.Serve(apierr.Standard, nil, get("/x")) })
	require.Panics(t, func() { middlewaretest.Serve(apierr.Standard, returns(nil), get("/x"), nil) })
}
