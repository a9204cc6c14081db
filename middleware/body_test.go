package middleware_test

import (
	"bufio"
	"context"
	"encoding/json"
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

// reads is a handler that reads the body and fails as reading did.
var reads = apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	_, err = fmt.Fprintf(w, "%d", len(b))
	return err
})

// The limit is what the innermost word on it says, WithMaxBody or MaxBody.
func TestBodyLimit(t *testing.T) {
	limit := middleware.WithMaxBody
	lifted := func(n int64) http.Handler { return middleware.MaxBody(n)(reads) }
	inner := func(h http.Handler, opts ...middleware.Option) http.Handler {
		return middleware.New(apierr.Standard, opts...)(h)
	}
	tests := []struct {
		name    string
		opts    []middleware.Option
		handler http.Handler
		size    int
		status  int
	}{
		{"the default", nil, reads, 1 << 20, 200},
		{"over the default", nil, reads, 1<<20 + 1, 413},
		{"an empty body", []middleware.Option{limit(3)}, reads, 0, 200},
		{"at the limit", []middleware.Option{limit(3)}, reads, 3, 200},
		{"a byte over", []middleware.Option{limit(3)}, reads, 4, 413},
		{"far over", []middleware.Option{limit(3)}, reads, 3 << 20, 413},
		{"no limit", []middleware.Option{limit(0)}, reads, 3 << 20, 200},
		{"raised for a route", []middleware.Option{limit(3)}, lifted(10), 10, 200},
		{"raised, and over", []middleware.Option{limit(3)}, lifted(10), 11, 413},
		{"lowered for a route", nil, lifted(3), 4, 413},
		{"lifted for a route", nil, lifted(0), 3 << 20, 200},
		{"an inner New leaves it", []middleware.Option{limit(3)}, inner(reads), 4, 413},
		{"an inner New leaves it, raised", []middleware.Option{limit(3 << 20)}, inner(reads), 2 << 20, 200},
		{"an inner New raises it", []middleware.Option{limit(3)}, inner(reads, limit(10)), 10, 200},
		{"an inner New lowers it", nil, inner(reads, limit(3)), 4, 413},
		{"http.MaxBytesHandler within", nil, http.MaxBytesHandler(reads, 3), 4, 413},
		{"http.MaxBytesHandler within, wider", []middleware.Option{limit(3)}, http.MaxBytesHandler(reads, 10), 4, 413},
	}
	// One server for all of them: after a 413 the end of an HTTP/1 server takes
	// half a second.
	logged := newRecords()
	mux := http.NewServeMux()
	for i, test := range tests {
		mux.Handle(fmt.Sprintf("/%d", i), middleware.New(apierr.Standard, append(test.opts, logTo(logged))...)(test.handler))
	}
	for major := 1; major <= 2; major++ {
		s := serveBare(t, major, mux, logged)
		for i, test := range tests {
			for form, body := range map[string]func() io.Reader{
				"declared": func() io.Reader { return strings.NewReader(strings.Repeat("x", test.size)) },
				"chunked":  func() io.Reader { return io.MultiReader(strings.NewReader(strings.Repeat("x", test.size))) },
			} {
				t.Run(fmt.Sprintf("%s, %s/HTTP %d", test.name, form, major), func(t *testing.T) {
					r, _ := http.NewRequest("POST", fmt.Sprintf("%s/%d", s.URL, i), body())
					resp := s.send(r)
					require.NoError(t, resp.err)
					require.Equal(t, test.status, resp.StatusCode)
					rec := s.log.next(t)
					if test.status == 200 {
						require.Equal(t, fmt.Sprint(test.size), resp.body)
						return
					}
					require.Equal(t, failure{"REQUEST_BODY_TOO_LARGE", apierr.BodyTooLarge.Message, nil}, resp.failure(t))
					require.Equal(t, resp.ProtoMajor == 1, resp.Close, "HTTP/1 closes, HTTP/2 goes on")
					require.Equal(t, "INFO", rec["level"])
				})
			}
		}
	}
}

// Whatever the answer is: after the limit HTTP/1 reads no more.
func TestBodyLimitCloses(t *testing.T) {
	s := serve(t, 1, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		require.Equal(t, &http.MaxBytesError{Limit: 3}, err)
		_, again := r.Body.Read(make([]byte, 1))
		require.Equal(t, err, again)
		fmt.Fprint(w, "never mind")
	}), middleware.WithMaxBody(3))
	r := s.do("POST", "/", "four")
	require.Equal(t, "never mind", r.body)
	require.True(t, r.Close)
}

// A client that asks first receives the answer before it has sent anything.
func TestExpectContinue(t *testing.T) {
	const head = "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
	s := serve(t, 1, reads)
	got, err := io.ReadAll(s.raw(head + "Content-Length: 1048577\r\n\r\n")) // until it is closed
	require.NoError(t, err, "%s", got)
	require.True(t, strings.HasPrefix(string(got), "HTTP/1.1 413 "), "%s", got)
	require.NotContains(t, string(got), "100")
	require.Contains(t, string(got), "\r\nConnection: close\r\n")

	conn := s.raw(head + "Content-Length: 3\r\n\r\n")
	lines := bufio.NewReader(conn)
	line, _ := lines.ReadString('\n')
	require.Equal(t, "HTTP/1.1 100 Continue\r\n", line)
	lines.ReadString('\n')
	io.WriteString(conn, "abc")
	resp, err := http.ReadResponse(lines, nil)
	require.NoError(t, err)
	require.Equal(t, 200, resp.StatusCode)
}

// Bytes that come too slowly are the client's timeout, not the handler's, and
// no client that has gone.
func TestBodyTimeout(t *testing.T) {
	for _, test := range []struct {
		name string
		then func(ctx context.Context, read error) error
	}{
		{"the error itself", func(_ context.Context, read error) error { return read }},
		{"wrapped", func(_ context.Context, read error) error { return fmt.Errorf("reading: %w", read) }},
		{"joined", func(_ context.Context, read error) error { return errors.Join(context.Canceled, read) }},
		{"by a decoder", func(_ context.Context, read error) error {
			var v any
			return json.NewDecoder(badBody{read}).Decode(&v)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, late(test.then), func(t *testing.T, s *site) {
				body, pipe := io.Pipe()
				defer pipe.Close()
				go io.WriteString(pipe, "some")
				r, _ := http.NewRequest("POST", s.URL, body)
				resp := s.send(r)
				require.NoError(t, resp.err)
				require.Equal(t, 408, resp.StatusCode)
				require.Equal(t, "REQUEST_TIMEOUT", resp.code())
				rec := s.log.next(t)
				require.Equal(t, "INFO", rec["level"])
				require.NotContains(t, rec, "client_gone")
			})
		})
	}
	// HTTP/1 cancels the context of a request whose body timed out.
	s := serve(t, 1, late(func(ctx context.Context, _ error) error {
		<-ctx.Done()
		return fmt.Errorf("database: %w", ctx.Err())
	}))
	conn := s.raw("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nsome")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	require.Equal(t, 408, resp.StatusCode)
	require.NotContains(t, s.log.next(t), "client_gone")
}

func late(then func(context.Context, error) error) http.Handler {
	return apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		var some [4]byte
		if _, err := io.ReadFull(r.Body, some[:]); err != nil {
			return err
		}
		if err := http.NewResponseController(w).SetReadDeadline(time.Now()); err != nil {
			return err
		}
		_, err := io.ReadAll(r.Body)
		return then(r.Context(), err)
	})
}

type badBody struct{ err error }

func (b badBody) Read([]byte) (int, error) { return 0, b.err }

// A client that leaves in the middle of its body has gone, whatever a decoder
// makes of it. Nobody is there to be answered.
func TestBodyAborted(t *testing.T) {
	for name, handler := range map[string]http.Handler{
		"read": reads,
		"decoded": apierr.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
			var v any
			return json.NewDecoder(r.Body).Decode(&v)
		}),
		"of a closed contract": closed(reads),
	} {
		t.Run(name, func(t *testing.T) {
			for _, framing := range []string{"Content-Length: 100\r\n\r\n[1,", "Transfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n", "Transfer-Encoding: chunked\r\n\r\n9\r\n[1,"} {
				s := serve(t, 1, handler)
				conn := s.raw("POST / HTTP/1.1\r\nHost: x\r\n" + framing)
				require.NoError(t, conn.(*net.TCPConn).CloseWrite())
				got, _ := io.ReadAll(conn)
				require.Empty(t, got)
				aborted(t, s.one(t))
			}
			s := serve(t, 2, handler)
			body, pipe := io.Pipe()
			ctx, cancel := context.WithCancel(context.Background())
			r, _ := http.NewRequestWithContext(ctx, "POST", s.URL, body)
			go func() {
				io.WriteString(pipe, "[1,")
				cancel()
			}()
			_, err := s.client.Do(r)
			require.ErrorIs(t, err, context.Canceled)
			aborted(t, s.one(t))
		})
	}
}

// On HTTP/2 the body knows of it before the context does.
func TestBodyAbortedBeforeContext(t *testing.T) {
	detached := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(context.WithoutCancel(r.Context())))
		})
	}
	for name, leave := range map[string]func(*site, context.CancelFunc){
		"the stream is reset":    func(_ *site, cancel context.CancelFunc) { cancel() },
		"the connection is lost": func(s *site, _ context.CancelFunc) { s.CloseClientConnections() },
	} {
		t.Run(name, func(t *testing.T) {
			logged, reading := newRecords(), make(chan bool)
			s := serveBare(t, 2, detached(middleware.New(apierr.Standard, logTo(logged))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.Body.Read(make([]byte, 3))
				close(reading)
				reads.ServeHTTP(w, r)
			}))), logged)
			body, pipe := io.Pipe()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			r, _ := http.NewRequestWithContext(ctx, "POST", s.URL, body)
			go func() {
				io.WriteString(pipe, "[1,")
				<-reading
				leave(s, cancel)
			}()
			_, err := s.client.Do(r)
			require.Error(t, err)
			aborted(t, logged.next(t))
		})
	}
}

func aborted(t *testing.T, rec record) {
	t.Helper()
	require.EqualValues(t, 499, rec["status"], "%v", rec)
	require.Equal(t, "CLIENT_CLOSED_REQUEST", rec["code"])
	require.Equal(t, true, rec["client_gone"])
	require.Equal(t, "INFO", rec["level"])
}

// closed puts the handler under a contract that knows three errors.
func closed(h http.Handler) http.Handler {
	return middleware.New(apierr.Contract{
		Name: "closed", Closed: true,
		Errors: []*apierr.Error{apierr.BadRequest, apierr.Internal, apierr.Conflict},
	})(h)
}

// Framing that is no HTTP is the client's fault.
func TestMalformedChunks(t *testing.T) {
	s := serve(t, 1, reads)
	resp, err := http.ReadResponse(bufio.NewReader(s.raw("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")), nil)
	require.NoError(t, err)
	require.Equal(t, 400, resp.StatusCode)
}

// What is wrong with the body is not the upstream's fault.
func TestProxiedBody(t *testing.T) {
	upstream := httptest.NewServer(reads)
	defer upstream.Close()
	target, _ := url.Parse(upstream.URL)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorLog = quiet
	onWire(t, proxy, func(t *testing.T, s *site) {
		require.Equal(t, "3", s.do("POST", "/", "abc").body)
		r, _ := http.NewRequest("POST", s.URL, io.MultiReader(strings.NewReader("four")))
		resp := s.send(r)
		require.Equal(t, 413, resp.StatusCode)
		require.Equal(t, "REQUEST_BODY_TOO_LARGE", resp.code())
	}, middleware.WithMaxBody(3))
}
