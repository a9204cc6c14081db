package middleware_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

type (
	badString  struct{}
	badError   struct{}
	nilError   struct{ text string }
	selfError  struct{}
	uncompared struct{ _ []func() }
)

func (badString) String() string    { panic("in String") }
func (badError) Error() string      { panic("in Error") }
func (badError) Unwrap() error      { panic("in Unwrap") }
func (e *nilError) Error() string   { return e.text }
func (e *nilError) Unwrap() error   { return errors.New(e.text) }
func (selfError) Error() string     { return "self" }
func (e selfError) Unwrap() error   { return e }
func (uncompared) Error() string    { return "uncompared" }
func (u uncompared) String() string { return "uncompared" }

// Whatever a handler panics with before its answer is a clean 500.
func TestPanics(t *testing.T) {
	var nilMap map[string]int
	for _, test := range []struct {
		name    string
		handler http.HandlerFunc
		cause   string
	}{
		{"a string", panics("lab-secret"), "panic: lab-secret"},
		{"an error", panics(errors.New("lab-secret")), "panic: lab-secret"},
		{"a declared error", panics(apierr.Conflict), "panic: RESOURCE_CONFLICT"},
		{"a number", panics(42), "panic: 42"},
		{"nil", panics(nil), "panic called with nil argument"},
		{"a runtime error", func(http.ResponseWriter, *http.Request) { nilMap["x"] = 1 }, "panic: assignment to entry in nil map"},
		{"a nil pointer", func(w http.ResponseWriter, _ *http.Request) { _ = (*nilError)(nil).Error() }, "panic: runtime error: invalid memory address or nil pointer dereference"},
		{"a String that panics", panics(badString{}), "panic: "},
		{"an Error that panics", panics(badError{}), "panic: (middleware_test.badError: its Error method panicked)"},
		{"a typed nil", panics((*nilError)(nil)), "panic: (*middleware_test.nilError: its Error method panicked)"},
		{"a nil *Error", panics((*apierr.Error)(nil)), "panic: <nil>"},
		{"an error that wraps itself", panics(selfError{}), "panic: self"},
		{"an error that cannot be compared", panics(uncompared{}), "panic: uncompared"},
		{"after 103", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(103); panic("late") }, "panic: late"},
		{"after a header", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("ETag", "x"); panic("late") }, "panic: late"},
		{"runtime.Goexit", func(http.ResponseWriter, *http.Request) { runtime.Goexit() }, "Goexit"},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				r := s.get("/", "Connection", "Upgrade", "Upgrade", "websocket")
				if strings.HasPrefix(s.URL, "https") { // HTTP/2 has no Upgrade
					r = s.get("/")
				}
				if test.cause == "Goexit" && r.Response != nil && r.ProtoMajor == 2 {
					r.err = nil // see TestGoexit
				}
				require.Equal(t, 500, r.StatusCode)
				require.Equal(t, failure{"INTERNAL_SERVER_ERROR", apierr.Internal.Message, nil}, r.failure(t))
				rec := s.log.next(t)
				require.Contains(t, rec["cause"], test.cause)
				require.Equal(t, "ERROR", rec["level"])
				require.NotEmpty(t, rec["stack"])
				require.Empty(t, s.errors.String())
			})
		})
	}
}

// A handler that ends its goroutine takes net/http's own end with it: on
// HTTP/1 the connection closes behind the answer, on HTTP/2 the stream is
// reset behind it.
func TestGoexit(t *testing.T) {
	exit := func(http.ResponseWriter, *http.Request) { runtime.Goexit() }
	onWire(t, byPath{"/": http.HandlerFunc(exit), "/midway": begun("text/csv", "a,b\n", true, http.HandlerFunc(exit)), "/ok": http.HandlerFunc(ok)},
		func(t *testing.T, s *site) {
			r := s.get("/")
			require.Equal(t, 500, r.StatusCode)
			require.Equal(t, apierr.Internal.Code, readEnvelope(t, r.body).Code)
			require.Equal(t, int64(len(r.body)), r.ContentLength)
			require.Contains(t, s.log.next(t)["cause"], "Goexit")
			require.Error(t, s.get("/midway").err)
			require.Equal(t, true, s.log.next(t)["cut"])
			require.Equal(t, 200, s.get("/ok").StatusCode)
		})
}

// http.ErrAbortHandler asks for an abort and is no failure. New raises it again
// unwrapped: net/http compares the value, and logs a stack for any other.
func TestAbort(t *testing.T) {
	for name, v := range map[string]any{
		"bare":         http.ErrAbortHandler,
		"wrapped":      fmt.Errorf("client: %w", http.ErrAbortHandler),
		"joined":       errors.Join(errors.New("x"), http.ErrAbortHandler),
		"deep":         fmt.Errorf("a: %w", fmt.Errorf("b: %w %w", io.EOF, http.ErrAbortHandler)),
		"as the cause": apierr.Conflict.Wrap(http.ErrAbortHandler),
	} {
		t.Run(name, func(t *testing.T) {
			for name, h := range map[string]http.Handler{
				"at once":  panics(v),
				"midway":   begun("text/csv", "a,b\n", true, panics(v)),
				"held":     http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404); panic(v) }),
				"two News": middleware.New(apierr.Standard)(panics(v)),
			} {
				t.Run(name, func(t *testing.T) {
					onWire(t, h, func(t *testing.T, s *site) {
						require.Error(t, s.get("/").err)
						rec := s.log.next(t)
						require.Equal(t, "WARN", rec["level"])
						require.Equal(t, true, rec["cut"])
						require.NotContains(t, rec, "code")
						require.NotContains(t, rec, "stack")
						require.Empty(t, s.errors.String())
					})
				})
			}
		})
	}
	var raised any
	func() {
		defer func() { raised = recover() }()
		h := middleware.New(apierr.Standard, middleware.WithLogger(nil))(panics(fmt.Errorf("x: %w", http.ErrAbortHandler)))
		h.ServeHTTP(&wire{http.Header{}}, serverRequest())
	}()
	require.True(t, raised == http.ErrAbortHandler)
}

// The connection that a handler has taken is its own, unless it panics.
func TestAfterHijack(t *testing.T) {
	hijacked := func(next func(bufrw *bufio.ReadWriter) error) http.Handler {
		return apierr.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) error {
			_, rw, err := http.NewResponseController(w).Hijack()
			require.NoError(t, err)
			io.WriteString(rw, "HTTP/1.1 101 Switching Protocols\r\n\r\nhello\n")
			rw.Flush()
			w.WriteHeader(500) // nothing happens, and it is noted
			return next(rw)
		})
	}
	const hello = "HTTP/1.1 101 Switching Protocols\r\n\r\nhello\n"
	later := make(chan *bufio.ReadWriter, 1)
	for _, test := range []struct {
		name    string
		handler http.Handler
		want    string
		log     record
	}{
		{"it returns", hijacked(func(rw *bufio.ReadWriter) error { later <- rw; return nil }), hello + "later", record{"status": 101.0, "hijacked": true, "level": "WARN", "secondary_error": "middleware: WriteHeader(500) on a hijacked connection"}},
		{"it returns an error", hijacked(func(rw *bufio.ReadWriter) error { later <- rw; return apierr.Conflict }), hello + "later", record{"status": 101.0, "hijacked": true, "code": "RESOURCE_CONFLICT", "level": "WARN"}},
		{"it panics", hijacked(func(*bufio.ReadWriter) error { panic("boom") }), hello, record{"status": 101.0, "hijacked": true, "code": "STREAM_FAILED", "level": "ERROR", "cut": true}},
		{"it panics in two News", middleware.New(apierr.Standard)(hijacked(func(*bufio.ReadWriter) error { panic("boom") })), hello, record{"status": 101.0, "hijacked": true, "code": "STREAM_FAILED", "level": "ERROR", "cut": true}},
		{"it aborts", hijacked(func(*bufio.ReadWriter) error { panic(http.ErrAbortHandler) }), hello, record{"status": 101.0, "hijacked": true, "level": "WARN", "cut": true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, 1, test.handler)
			conn := s.raw("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
			rec := s.log.next(t)
			for key, want := range test.log {
				require.Equal(t, want, rec[key], key)
			}
			require.Equal(t, test.log["cut"] == true, rec["cut"] == true)
			if strings.HasSuffix(test.want, "later") {
				rw := <-later
				io.WriteString(rw, "later")
				rw.Flush()
				conn.(interface{ CloseWrite() error }).CloseWrite()
				got := make([]byte, len(test.want))
				_, err := io.ReadFull(conn, got)
				require.NoError(t, err)
				require.Equal(t, test.want, string(got))
				return
			}
			got, _ := io.ReadAll(conn) // it ends
			require.Equal(t, test.want, string(got))
		})
	}
}

// The stack starts where the handler panicked and ends where New called it.
func TestStack(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(http.ResponseWriter, *http.Request) { deepPanic(3) })
	mux.HandleFunc("/nil", func(http.ResponseWriter, *http.Request) { deepPanic(-1) })
	mux.HandleFunc("/again", func(http.ResponseWriter, *http.Request) {
		defer func() { v := recover(); panic(v) }()
		deepPanic(0)
	})
	mux.HandleFunc("/deep", func(http.ResponseWriter, *http.Request) { deepPanic(1000) })
	s := serve(t, 1, mux)
	stack := func(path string) []string {
		s.get(path)
		return strings.Split(strings.TrimSuffix(s.log.next(t)["stack"].(string), "\n"), "\n")
	}
	frame := `^github.com/failwell/failwell/middleware_test\.deepPanic .*/panic_test\.go:\d+$`
	lines := stack("/")
	require.Len(t, lines, 7, "4 of deepPanic, the closure, HandlerFunc and ServeMux: %q", lines)
	require.Regexp(t, frame, lines[0])
	require.Regexp(t, frame, lines[3])
	require.Regexp(t, `^github.com/failwell/failwell/middleware_test\.TestStack\.func1 `, lines[4])
	require.Regexp(t, `^net/http\.\(\*ServeMux\)\.ServeHTTP `, lines[6])
	require.Regexp(t, frame, stack("/nil")[0])
	require.Len(t, stack("/deep"), 64-2, "the deepest frames are kept")
	require.Regexp(t, frame, stack("/again")[0], "where it began, not where it was raised again")
}

func deepPanic(n int) {
	switch {
	case n < 0:
		var p *nilError
		p.text = "x"
	case n == 0:
		panic("deep")
	}
	deepPanic(n - 1)
}
