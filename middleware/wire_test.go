package middleware_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// proxyTo is a reverse proxy to the handler.
func proxyTo(t *testing.T, h http.Handler) *httputil.ReverseProxy {
	upstream := httptest.NewServer(h)
	t.Cleanup(upstream.Close)
	target, _ := url.Parse(upstream.URL)
	p := httputil.NewSingleHostReverseProxy(target)
	p.ErrorLog = quiet
	return p
}

// A 101 that a proxy relays has the IDs of the record, once, and none of the
// upstream's.
func TestSwitchingProtocolsThroughProxy(t *testing.T) {
	for name, header := range map[string]string{"no IDs": "", "IDs": "X-Request-Id: theirs\r\nX-Correlation-Id: theirs\r\n"} {
		t.Run(name, func(t *testing.T) {
			for layer, wrap := range map[string]func(http.Handler) http.Handler{"New": func(h http.Handler) http.Handler { return h }, "a second New": middleware.New(apierr.Standard), "a layer": wrapping} {
				proxy := proxyTo(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					conn, rw, err := http.NewResponseController(w).Hijack()
					if err != nil {
						return
					}
					defer conn.Close()
					rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n" + header + "\r\nhello\n")
					rw.Flush()
				}))
				s := serve(t, 1, wrap(proxy))
				conn := s.raw("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
				resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
				require.NoError(t, err, layer)
				require.Equal(t, 101, resp.StatusCode)
				conn.Close()
				rec := s.log.next(t)
				require.Equal(t, []string{rec["request_id"].(string)}, resp.Header["X-Request-Id"], layer)
				require.Equal(t, []string{rec["correlation_id"].(string)}, resp.Header["X-Correlation-Id"], layer)
				require.EqualValues(t, 101, rec["status"])
			}
		})
	}
}

// A deadline that passes while a proxy waits for its upstream is a 504, with the
// cause in the log, whatever the proxy makes of it.
func TestDeadlineAroundProxy(t *testing.T) {
	slow := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	down := proxyTo(t, slow)
	down.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no route") }}
	const soon = 20 * time.Millisecond
	for _, test := range []struct {
		name    string
		handler http.Handler
		opts    []middleware.Option
		code    string
		status  int
	}{
		{"WithTimeout", proxyTo(t, slow), []middleware.Option{middleware.WithTimeout(soon)}, "GATEWAY_TIMEOUT", 504},
		{"Timeout on the route", middleware.Timeout(soon)(proxyTo(t, slow)), nil, "GATEWAY_TIMEOUT", 504},
		{"Timeout in place of WithTimeout", middleware.Timeout(soon)(proxyTo(t, slow)), []middleware.Option{middleware.WithTimeout(time.Hour)}, "GATEWAY_TIMEOUT", 504},
		{"in a second New", middleware.New(apierr.Standard)(proxyTo(t, slow)), []middleware.Option{middleware.WithTimeout(soon)}, "GATEWAY_TIMEOUT", 504},
		{"of a second New", middleware.New(apierr.Standard, middleware.WithTimeout(soon))(proxyTo(t, slow)), nil, "GATEWAY_TIMEOUT", 504},
		{"through a layer", wrapping(proxyTo(t, slow)), []middleware.Option{middleware.WithTimeout(soon)}, "GATEWAY_TIMEOUT", 504},
		{"an upstream that is down", down, []middleware.Option{middleware.WithTimeout(time.Hour)}, "BAD_GATEWAY", 502},
		{"a 502 of the handler's", writes(502, ""), []middleware.Option{middleware.WithTimeout(time.Hour)}, "BAD_GATEWAY", 502},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				r := s.get("/")
				require.Equal(t, test.status, r.StatusCode)
				require.Equal(t, test.code, r.failure(t).Code)
				if rec := s.one(t); test.status == 504 {
					require.Contains(t, rec["cause"], "deadline")
				}
			}, test.opts...)
		})
	}
}

// The temporary files of a form do not outlive the request, on a route with its
// own limits either.
func TestMultipartFilesOfRoutes(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	count := func() int {
		files, err := os.ReadDir(os.TempDir())
		require.NoError(t, err)
		return len(files)
	}
	for name, wrap := range map[string]func(http.Handler) http.Handler{
		"New":     func(h http.Handler) http.Handler { return h },
		"Timeout": middleware.Timeout(time.Hour),
		"MaxBody": middleware.MaxBody(1 << 20),
		"both": func(h http.Handler) http.Handler {
			return middleware.Timeout(time.Hour)(middleware.MaxBody(1 << 20)(h))
		},
		"two Timeouts": func(h http.Handler) http.Handler {
			return middleware.Timeout(time.Hour)(middleware.Timeout(time.Minute)(h))
		},
		"Intercept":         middleware.Intercept(middleware.DefaultIntercept),
		"a second New":      middleware.New(apierr.Standard, middleware.WithTimeout(time.Hour)),
		"Timeout and Route": func(h http.Handler) http.Handler { return middleware.Timeout(time.Hour)(middleware.Route(h)) },
	} {
		for _, then := range []http.Handler{http.HandlerFunc(ok), returns(apierr.Conflict), panics("boom")} {
			var during int
			s := serve(t, 1, wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				require.NoError(t, r.ParseMultipartForm(1))
				during = count()
				then.ServeHTTP(w, r)
			})))
			const part = "--x\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n"
			s.do("POST", "/", part+strings.Repeat("x", 1000)+"\r\n--x--\r\n", "Content-Type", "multipart/form-data; boundary=x")
			s.Close()
			require.Equal(t, 1, during, name)
			require.Zero(t, count(), name)
		}
	}
}

// The errors of body reads are those of net/http: handlers compare them, and
// decide by them.
func TestBodyErrorsAreKept(t *testing.T) {
	t.Run("cut", func(t *testing.T) {
		for _, framing := range []string{"Content-Length: 100\r\n\r\nsome", "Transfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n"} {
			got := make(chan error, 2)
			s := serve(t, 1, middleware.New(apierr.Standard)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, err := io.ReadAll(r.Body)
				got <- err
				_, err = r.Body.Read(make([]byte, 1))
				got <- err
			})))
			conn := s.raw("POST / HTTP/1.1\r\nHost: x\r\n" + framing)
			conn.(*net.TCPConn).CloseWrite()
			require.True(t, <-got == io.ErrUnexpectedEOF)
			require.True(t, <-got == io.ErrUnexpectedEOF, "again")
		}
	})
	t.Run("too slow", func(t *testing.T) {
		for major := 1; major <= 2; major++ {
			var got []error // without New, and with it
			h := late(func(_ context.Context, err error) error {
				got = append(got, err)
				return err
			})
			for _, s := range []*site{serveBare(t, major, h, nil), serve(t, major, h)} {
				body, pipe := io.Pipe()
				go io.WriteString(pipe, "some")
				r, _ := http.NewRequest("POST", s.URL, body)
				r.ContentLength = 10
				resp := s.send(r)
				if s.log != nil {
					require.Equal(t, 408, resp.StatusCode)
				}
				pipe.Close()
				s.Close()
			}
			require.Len(t, got, 2)
			require.Equal(t, fmt.Sprintf("%T", got[0]), fmt.Sprintf("%T", got[1]))
			for _, err := range got {
				var timeout net.Error
				require.True(t, errors.As(err, &timeout) && timeout.Timeout(), "%T", err)
			}
		}
	})
	t.Run("printed, it is not shown", func(t *testing.T) {
		onWire(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			late(func(_ context.Context, err error) error {
				http.Error(w, fmt.Sprintf("reading: %v", err), 400)
				return nil
			}).ServeHTTP(w, r)
		}), func(t *testing.T, s *site) {
			body, pipe := io.Pipe()
			defer pipe.Close()
			go io.WriteString(pipe, "some")
			r, _ := http.NewRequest("POST", s.URL, body)
			require.Equal(t, apierr.BadRequest.Message, s.send(r).failure(t).Message)
		})
	})
	t.Run("an early end of something else is the server's fault", func(t *testing.T) {
		onWire(t, apierr.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
			io.ReadAll(r.Body)
			return fmt.Errorf("file: %w", io.ErrUnexpectedEOF)
		}), func(t *testing.T, s *site) {
			require.Equal(t, "INTERNAL_SERVER_ERROR", s.do("POST", "/", "whole").code())
		})
	})
	t.Run("a mapper is not asked about the body", func(t *testing.T) {
		s := serve(t, 1, reads, middleware.WithErrorMapper(func(_ context.Context, err error) *apierr.Error {
			if errors.Is(err, io.ErrUnexpectedEOF) {
				return apierr.InvalidJSON
			}
			return nil
		}))
		conn := s.raw("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nsome")
		conn.(*net.TCPConn).CloseWrite()
		aborted(t, s.one(t))
	})
}

// Where no http.Server recovers it, New does not panic: the response ends as
// well as it can, and the record says so.
func TestOutsideServer(t *testing.T) {
	const note = "middleware: no http.Server is here to abort the response: the client may take it for complete"
	for _, test := range []struct {
		name    string
		handler http.Handler
		body    string // "": an error of code
		code    string
		note    string
	}{
		{"a success", writes(200, "fine"), "fine", "", ""},
		{"an error", returns(apierr.Conflict), "", "RESOURCE_CONFLICT", ""},
		{"a panic", panics("boom"), "", "INTERNAL_SERVER_ERROR", ""},
		{"a panic after a part", begun("text/csv", "a,b\n", true, panics("boom")), "a,b\n", "STREAM_FAILED", note},
		{"an error after a part", begun("text/csv", "a,b\n", false, returns(apierr.Conflict)), "a,b\n", "RESOURCE_CONFLICT", note},
		{"a status after a part", begun("text/csv", "a,b\n", false, fails(500, "secret")), "a,b\n", "INTERNAL_SERVER_ERROR", note},
		{"an abort before anything", panics(http.ErrAbortHandler), "", "INTERNAL_SERVER_ERROR", ""},
		{"an abort after a part", begun("text/csv", "a,b\n", true, panics(http.ErrAbortHandler)), "a,b\n", "", note},
		{"in a second New", middleware.New(apierr.Standard)(begun("text/csv", "a,b\n", true, panics("boom"))), "a,b\n", "STREAM_FAILED", note},
		{"an abort in a second New", middleware.New(apierr.Standard)(panics(http.ErrAbortHandler)), "", "INTERNAL_SERVER_ERROR", ""},
		{"behind TimeoutHandler", http.TimeoutHandler(panics(http.ErrAbortHandler), patience, ""), "", "INTERNAL_SERVER_ERROR", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			logged := newRecords()
			w := httptest.NewRecorder()
			require.NotPanics(t, func() {
				middleware.New(apierr.Standard, logTo(logged))(test.handler).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
			})
			rec := logged.next(t)
			require.Equal(t, test.code, str(rec["code"]))
			if test.body != "" {
				require.Equal(t, test.body, w.Body.String())
			} else {
				require.Equal(t, test.code, readEnvelope(t, w.Body.String()).Code)
			}
			if test.note != "" {
				require.Contains(t, rec["secondary_error"], test.note)
			} else {
				require.NotContains(t, rec, "secondary_error")
			}
			require.Equal(t, test.note != "", rec["cut"] == true)
		})
	}
	// Under a server it is raised, from the outermost New.
	require.PanicsWithValue(t, http.ErrAbortHandler, func() {
		middleware.New(apierr.Standard, middleware.WithLogger(nil))(begun("text/csv", "a", false, panics("boom"))).ServeHTTP(httptest.NewRecorder(), serverRequest())
	})
}
