package ratelimit_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/internal/seam"
	"github.com/failwell/failwell/ratelimit"
)

// TestLegacyHeadersBehindReverseProxy gives an upstream X-RateLimit-* of its
// own: the client receives one value of each, the limiter's.
func TestLegacyHeadersBehindReverseProxy(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "x-ratelimit-reset"} {
			w.Header().Set(name, "7777")
		}
		w.Header().Add("X-RateLimit-Limit", "8888")
		w.Header().Set("X-RateLimit-Resource", "core")
		w.Header().Set("RateLimit", `"upstream";r=7777`)
		if r.URL.Path == "/early" {
			w.WriteHeader(http.StatusContinue)
		}
		io.WriteString(w, "body")
	}))
	defer upstream.Close()
	target, err := url.Parse(upstream.URL)
	require.NoError(t, err)
	reverse := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	nothing := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Add("X-RateLimit-Limit", "7777") })
	flush := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("X-RateLimit-Limit", "7777")
		w.(http.Flusher).Flush()
	})
	control := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("X-RateLimit-Limit", "7777")
		require.NoError(t, http.NewResponseController(w).Flush())
	})
	text := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("X-RateLimit-Limit", "7777")
		io.WriteString(w, "x")
	})
	copied := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("X-RateLimit-Limit", "7777")
		_, err := w.(io.ReaderFrom).ReadFrom(strings.NewReader("x"))
		require.NoError(t, err)
	})
	x := ratelimit.WithLegacyHeaders(ratelimit.DeltaSeconds)
	counted := ratelimit.WithCountIf(func(status int) bool { return status == 200 })
	for _, c := range []struct {
		name    string
		handler http.Handler
		opts    []ratelimit.Option
	}{
		{"ReverseProxy", reverse, []ratelimit.Option{x}},
		{"ReverseProxy, counted", reverse, []ratelimit.Option{x, counted}},
		{"a handler that sends nothing", nothing, []ratelimit.Option{x}},
		{"a handler that flushes", flush, []ratelimit.Option{x}},
		{"a handler that flushes with a controller", control, []ratelimit.Option{x}},
		{"a handler that writes a string", text, []ratelimit.Option{x}},
		{"a handler that copies", copied, []ratelimit.Option{x}},
		{"a handler that copies, counted", copied, []ratelimit.Option{x, counted}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerHour("p", 60)), ratelimit.ByIP(), c.opts...)(c.handler))
			defer server.Close()
			res, err := server.Client().Get(server.URL)
			require.NoError(t, err)
			defer res.Body.Close()
			require.Equal(t, []string{"60"}, res.Header.Values("X-RateLimit-Limit"))
			require.Equal(t, []string{"59"}, res.Header.Values("X-RateLimit-Remaining"))
			require.Equal(t, []string{"60"}, res.Header.Values("X-RateLimit-Reset"))
			require.Contains(t, strings.Join(res.Header.Values("RateLimit"), ", "), `"p";r=59`)
			if c.handler == http.Handler(reverse) {
				require.Equal(t, "core", res.Header.Get("X-RateLimit-Resource"), "other fields are not the limiter's")
				require.Contains(t, strings.Join(res.Header.Values("RateLimit"), ", "), `"upstream";r=7777`, "RateLimit is a list")
			}
		})
	}
}

// Interfaces of ResponseWriters, one method each.
type (
	plain   = http.ResponseWriter
	flushes struct{}
	hijacks struct{}
	reads   struct{}
	pushes  struct{}
	closes  struct{}
)

func (flushes) Flush()                                       {}
func (hijacks) Hijack() (net.Conn, *bufio.ReadWriter, error) { return nil, nil, nil }
func (reads) ReadFrom(r io.Reader) (int64, error)            { return io.Copy(io.Discard, r) }
func (pushes) Push(string, *http.PushOptions) error          { return nil }
func (closes) CloseNotify() <-chan bool                      { return nil }

// answers is what a writer answers to the type assertions of handlers.
func answers(w http.ResponseWriter) (yes []string) {
	type closeNotifier interface{ CloseNotify() <-chan bool }
	for _, want := range []any{(*http.Flusher)(nil), (*http.Hijacker)(nil), (*io.ReaderFrom)(nil), (*http.Pusher)(nil), (*closeNotifier)(nil)} {
		if i := reflect.TypeOf(want).Elem(); reflect.TypeOf(w).Implements(i) {
			yes = append(yes, i.Name())
		}
	}
	return yes
}

// TestOptionalInterfaces gives the middleware a writer with each combination:
// the handler's answers as that one does.
func TestOptionalInterfaces(t *testing.T) {
	rec := httptest.NewRecorder()
	for _, inner := range []http.ResponseWriter{
		struct{ plain }{rec},
		struct {
			plain
			flushes
		}{plain: rec},
		struct {
			plain
			hijacks
		}{plain: rec},
		struct {
			plain
			flushes
			hijacks
		}{plain: rec},
		struct {
			plain
			reads
		}{plain: rec},
		struct {
			plain
			flushes
			reads
		}{plain: rec},
		struct {
			plain
			hijacks
			reads
		}{plain: rec},
		struct {
			plain
			flushes
			hijacks
			reads
		}{plain: rec},
		struct {
			plain
			pushes
		}{plain: rec},
		struct {
			plain
			flushes
			pushes
		}{plain: rec},
		struct {
			plain
			hijacks
			pushes
		}{plain: rec},
		struct {
			plain
			flushes
			hijacks
			pushes
		}{plain: rec},
		struct {
			plain
			reads
			pushes
		}{plain: rec},
		struct {
			plain
			flushes
			reads
			pushes
		}{plain: rec},
		struct {
			plain
			hijacks
			reads
			pushes
		}{plain: rec},
		struct {
			plain
			flushes
			hijacks
			reads
			pushes
		}{plain: rec},
		struct {
			plain
			closes
		}{plain: rec},
		struct {
			plain
			flushes
			closes
		}{plain: rec},
		struct {
			plain
			hijacks
			closes
		}{plain: rec},
		struct {
			plain
			flushes
			hijacks
			closes
		}{plain: rec},
		struct {
			plain
			reads
			closes
		}{plain: rec},
		struct {
			plain
			flushes
			reads
			closes
		}{plain: rec},
		struct {
			plain
			hijacks
			reads
			closes
		}{plain: rec},
		struct {
			plain
			flushes
			hijacks
			reads
			closes
		}{plain: rec},
		struct {
			plain
			pushes
			closes
		}{plain: rec},
		struct {
			plain
			flushes
			pushes
			closes
		}{plain: rec},
		struct {
			plain
			hijacks
			pushes
			closes
		}{plain: rec},
		struct {
			plain
			flushes
			hijacks
			pushes
			closes
		}{plain: rec},
		struct {
			plain
			reads
			pushes
			closes
		}{plain: rec},
		struct {
			plain
			flushes
			reads
			pushes
			closes
		}{plain: rec},
		struct {
			plain
			hijacks
			reads
			pushes
			closes
		}{plain: rec},
		struct {
			plain
			flushes
			hijacks
			reads
			pushes
			closes
		}{plain: rec},
	} {
		for _, o := range []ratelimit.Option{
			ratelimit.WithLegacyHeaders(ratelimit.DeltaSeconds),
			ratelimit.WithCountIf(func(int) bool { return true }),
		} {
			var got []string
			h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				got = answers(w)
				if f, ok := w.(http.Flusher); ok {
					f.Flush()
				}
				if c, ok := w.(interface{ CloseNotify() <-chan bool }); ok {
					c.CloseNotify()
				}
				if p, ok := w.(http.Pusher); ok {
					require.NoError(t, p.Push("/", nil))
				}
				if r, ok := w.(io.ReaderFrom); ok {
					n, err := r.ReadFrom(strings.NewReader("four"))
					require.NoError(t, err)
					require.EqualValues(t, 4, n)
				}
				if h, ok := w.(http.Hijacker); ok {
					_, _, err := h.Hijack()
					require.NoError(t, err)
				}
			})
			ratelimit.Middleware(memory(), ratelimit.ByIP(), o)(h).ServeHTTP(inner, request(stranger))
			require.Equal(t, answers(inner), got)
		}
	}
}

// TestTransparent expects that package apierr sees through the writer: behind
// it, an answer is delivered as without it.
func TestTransparent(t *testing.T) {
	for _, o := range []ratelimit.Option{
		ratelimit.WithLegacyHeaders(ratelimit.DeltaSeconds),
		ratelimit.WithCountIf(func(int) bool { return true }),
	} {
		inner := httptest.NewRecorder()
		called := false
		h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			called = true
			require.False(t, w == http.ResponseWriter(inner))
			require.Same(t, inner, seam.Inner(w))
		})
		nested := ratelimit.Middleware(memory(), ratelimit.ByIP(), o)(ratelimit.Middleware(memory(), ratelimit.ByIP(), o)(h))
		nested.ServeHTTP(inner, request(stranger))
		require.True(t, called)
	}
}
