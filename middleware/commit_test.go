package middleware_test

import (
	"bufio"
	"compress/gzip"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

const (
	events = "text/event-stream"
	lines  = "application/x-ndjson"
)

// begun sends the text, flushes it if asked to, and goes on with next.
func begun(contentType, text string, flush bool, next http.Handler, header ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		io.WriteString(w, text)
		if flush {
			http.NewResponseController(w).Flush()
		}
		next.ServeHTTP(w, r)
	})
}

// zippedText is the text as a gzip stream that is complete.
func zippedText(text string) string {
	var b strings.Builder
	z := gzip.NewWriter(&b)
	io.WriteString(z, text)
	z.Close()
	return b.String()
}

// A failure after the response has begun is the end of it, and is seen.
func TestAfterCommit(t *testing.T) {
	const (
		conflict = `{"error":{"code":"RESOURCE_CONFLICT","message":"The request conflicts with the state of the resource"}}`
		failed   = `{"error":{"code":"STREAM_FAILED","message":"The response failed before it was complete"}}`
		event    = "event: error\ndata: "
		hello    = "data: hello\n\n"
		cut      = "cut"
	)
	for _, test := range []struct {
		name    string
		handler http.Handler
		want    string // of the body, or cut
		code    string // in the log
		level   string
	}{
		{"event stream, declared", begun(events, hello, true, returns(apierr.Conflict)), hello + event + conflict + "\n\n", "RESOURCE_CONFLICT", "INFO"},
		{"event stream, unknown", begun(events, hello, true, returns(errors.New("secret"))), hello + event + failed + "\n\n", "STREAM_FAILED", "ERROR"},
		{"event stream, panic", begun(events, hello, true, panics("secret")), hello + event + failed + "\n\n", "STREAM_FAILED", "ERROR"},
		{"event stream, not flushed", begun(events, hello, false, panics("secret")), hello + event + failed + "\n\n", "STREAM_FAILED", "ERROR"},
		{"event stream with parameters", begun("Text/Event-Stream; charset=utf-8", hello, true, panics("secret")), hello + event + failed + "\n\n", "STREAM_FAILED", "ERROR"},
		// Nothing can be added to what the handler, or a layer inside New, has encoded.
		{"event stream, encoded, declared", begun(events, zippedText(hello), true, returns(apierr.Conflict), "Content-Encoding", "gzip"), cut, "RESOURCE_CONFLICT", "WARN"},
		{"event stream, encoded, unknown", begun(events, zippedText(hello), true, returns(errors.New("secret")), "Content-Encoding", "gzip"), cut, "STREAM_FAILED", "ERROR"},
		{"event stream, encoded, panic", begun(events, zippedText(hello), false, panics("secret"), "Content-Encoding", "gzip"), cut, "STREAM_FAILED", "ERROR"},
		{"event stream, encoded, http.Error", begun(events, zippedText(hello), true, writes(500, "secret", "Content-Type", "text/plain"), "Content-Encoding", "gzip"), cut, "INTERNAL_SERVER_ERROR", "ERROR"},
		{"event stream, encoded by a layer, panic", gzipping(begun(events, hello, true, panics("secret"))), cut, "STREAM_FAILED", "ERROR"},
		{"JSON lines, encoded", begun(lines, zippedText("{}\n"), true, panics("secret"), "Content-Encoding", "gzip"), cut, "STREAM_FAILED", "ERROR"},
		{"event stream, not encoded, and says so", begun(events, hello, true, panics("secret"), "Content-Encoding", "identity"), hello + event + failed + "\n\n", "STREAM_FAILED", "ERROR"},
		{"event stream without an event", begun(events, "", true, panics("secret")), event + failed + "\n\n", "STREAM_FAILED", "ERROR"},
		{"event stream, an open line", begun(events, "data: hel", true, panics("secret")), "data: hel\n\n" + event + failed + "\n\n", "STREAM_FAILED", "ERROR"},
		{"event stream, an open event", begun(events, "data: hello\n", true, panics("secret")), hello + event + failed + "\n\n", "STREAM_FAILED", "ERROR"},
		{"event stream, CRLF", begun(events, "data: hello\r\n", true, panics("secret")), "data: hello\r\n\n" + event + failed + "\n\n", "STREAM_FAILED", "ERROR"},
		{"event stream, CR", begun(events, "data: hello\r", true, panics("secret")), "data: hello\r\n\n" + event + failed + "\n\n", "STREAM_FAILED", "ERROR"},
		{"event stream, abort", begun(events, hello, true, panics(http.ErrAbortHandler)), cut, "", "WARN"},
		{"JSON lines, declared", begun(lines, "{}\n", true, returns(apierr.Conflict)), "{}\n" + conflict + "\n", "RESOURCE_CONFLICT", "INFO"},
		{"JSON lines, panic", begun(lines, "{}\n", true, panics("secret")), "{}\n" + failed + "\n", "STREAM_FAILED", "ERROR"},
		{"JSON lines, an open line", begun(lines, `{"a":`, true, panics("secret")), `{"a":` + "\n" + failed + "\n", "STREAM_FAILED", "ERROR"},
		{"JSON lines, CRLF", begun(lines, "{}\r\n", true, panics("secret")), "{}\r\n" + failed + "\n", "STREAM_FAILED", "ERROR"},
		{"JSON lines, other names", begun("application/jsonl", "{}\n", true, panics("secret")), "{}\n" + failed + "\n", "STREAM_FAILED", "ERROR"},
		{"through a layer, event stream", wrapping(flushing(begun(events, hello, false, returns(apierr.Conflict)))), hello + "\n\n" + event + conflict + "\n\n", "RESOURCE_CONFLICT", "INFO"},
		{"through a layer, JSON lines", wrapping(begun(lines, "{}\n", false, returns(apierr.Conflict))), "{}\n" + conflict + "\n", "RESOURCE_CONFLICT", "INFO"},
		{"through a layer, an open line", wrapping(begun(lines, `{"a":`, false, returns(apierr.Conflict))), `{"a":` + "\n" + conflict + "\n", "RESOURCE_CONFLICT", "INFO"},
		{"JSON, declared", begun("application/json", "[", true, returns(apierr.Conflict)), cut, "RESOURCE_CONFLICT", "WARN"},
		{"JSON, unknown", begun("application/json", "[", true, returns(errors.New("secret"))), cut, "STREAM_FAILED", "ERROR"},
		{"JSON, panic", begun("application/json", "[", true, panics("secret")), cut, "STREAM_FAILED", "ERROR"},
		{"JSON, not flushed", begun("application/json", "[", false, panics("secret")), cut, "STREAM_FAILED", "ERROR"},
		{"with a length", begun("text/css", "a{", true, panics("secret"), "Content-Length", "10"), cut, "STREAM_FAILED", "ERROR"},
		{"text, large", begun("text/csv", strings.Repeat("a,b\n", 10_000), true, panics("secret")), cut, "STREAM_FAILED", "ERROR"},
		{"text, and a recoverer within", swallowing(begun("text/csv", "a,b\n", true, returns(errors.New("secret")))), cut, "STREAM_FAILED", "ERROR"},
		{"a status alone", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200); panic("secret") }), cut, "STREAM_FAILED", "ERROR"},
		{"a flush alone", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush(); panic("secret") }), cut, "STREAM_FAILED", "ERROR"},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				r := s.get("/")
				if test.want == cut {
					require.Error(t, r.err)
				} else {
					require.NoError(t, r.err)
					require.Equal(t, test.want, r.body)
				}
				require.NotContains(t, r.body, "secret")
				rec := s.one(t)
				require.Equal(t, test.level, rec["level"])
				require.Equal(t, test.want == cut, rec["cut"] == true)
				if test.code != "" {
					require.Equal(t, test.code, rec["code"])
				}
				require.Empty(t, s.errors.String(), "net/http has nothing to add")
			})
		})
	}
}

// Nothing follows the end, whatever the handler still writes.
func TestNothingFollowsTheEnd(t *testing.T) {
	more := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		apierr.Write(w, r, apierr.Conflict)
		for _, write := range []func() (int, error){
			func() (int, error) { return w.Write([]byte("more")) },
			func() (int, error) { return io.WriteString(w, "more") },
			func() (int, error) { n, err := io.Copy(w, strings.NewReader("more")); return int(n), err },
		} {
			n, err := write()
			require.True(t, n == 0 && err != nil)
		}
		w.WriteHeader(201)
		w.(http.Flusher).Flush()
	})
	onWire(t, begun(events, "", true, more), func(t *testing.T, s *site) {
		require.NotContains(t, s.get("/").body, "more")
	})
	onWire(t, begun("text/csv", "a,b\n", true, more), func(t *testing.T, s *site) {
		r := s.get("/")
		require.Error(t, r.err)
		require.NotContains(t, r.body, "more")
	})
	onWire(t, more, func(t *testing.T, s *site) {
		r := s.get("/")
		require.Equal(t, apierr.Conflict.Code, r.failure(t).Code)
		require.Equal(t, 409, r.StatusCode)
	})
}

// On HTTP/2 a cut costs its own stream and no other.
func TestCutStream(t *testing.T) {
	waiting, release := make(chan bool), make(chan bool)
	s := serve(t, 2, byPath{
		"/cut": begun("text/csv", "a,b\n", true, panics("boom")),
		"/other": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(waiting)
			<-release
			io.WriteString(w, "whole")
		}),
	})
	other := make(chan reply)
	go func() { other <- s.get("/other") }()
	<-waiting
	require.Error(t, s.get("/cut").err)
	close(release)
	r := <-other
	require.NoError(t, r.err)
	require.Equal(t, "whole", r.body)
}

// An HTTP/1.0 client reads until the connection ends: only a reset tells it
// that this was not the end of the answer.
func TestCutOfHTTP10(t *testing.T) {
	h := byPath{
		"/panic": begun("text/csv", "a,b\n", true, panics("boom")),
		"/abort": begun("text/csv", "a,b\n", true, panics(http.ErrAbortHandler)),
		"/error": begun("text/csv", "a,b\n", true, returns(apierr.Conflict)),
		"/inner": middleware.New(apierr.Standard)(begun("text/csv", "a,b\n", true, panics("boom"))),
		"/whole": begun("text/csv", "a,b\n", true, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})),
	}
	for path := range h {
		s := serve(t, 1, h)
		conn := s.raw("GET " + path + " HTTP/1.0\r\n\r\n")
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err == nil {
			_, err = io.ReadAll(resp.Body)
		}
		if path == "/whole" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, "reset", path)
		require.Equal(t, true, s.one(t)["cut"], path)
	}
}

// Under TLS the client would see an orderly end.
func TestCutOfHTTP10UnderTLS(t *testing.T) {
	s := serve(t, 2, begun("text/csv", "a,b\n", true, panics("boom")))
	conn, err := tls.Dial("tcp", s.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true}) // HTTP/1, since nothing else was agreed on
	require.NoError(t, err)
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n")
	got, err := io.ReadAll(conn)
	require.Error(t, err, "%s", got)
}

// swallowing is a router's own recoverer that knows nothing of
// http.ErrAbortHandler.
func swallowing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				w.WriteHeader(500)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// flushing flushes what the handler left.
func flushing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		http.NewResponseController(w).Flush()
	})
}
