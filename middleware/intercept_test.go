package middleware_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// What the standard library, and handlers that know nothing of contracts,
// answer a failure with.
func TestForeignFailures(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /only-get", ok)
	files := http.FileServerFS(fstest.MapFS{"ten": {Data: []byte("0123456789")}})
	down := httptest.NewServer(nil)
	down.Close()
	target, _ := url.Parse(down.URL)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorLog = quiet
	slow := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	readAll := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		}
	})
	text := func(status int, text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, text, status) })
	}
	for _, test := range []struct {
		name          string
		handler       http.Handler
		request       string // method, path, header
		status        int
		code, message string
		header        string // one more that must be there
		cause         string // in the log
	}{
		{"http.Error 400", text(400, "no such colour"), "GET /", 400, "BAD_REQUEST", "no such colour", "", ""},
		{"http.Error 500", text(500, "secret"), "GET /", 500, "INTERNAL_SERVER_ERROR", "An unexpected error occurred", "", "secret"},
		{"http.Error 503", text(503, "secret"), "GET /", 503, "SERVICE_UNAVAILABLE", "The service is temporarily unavailable", "", "secret"},
		{"http.NotFound", http.HandlerFunc(http.NotFound), "GET /", 404, "RESOURCE_NOT_FOUND", "The resource does not exist", "", ""},
		{"ServeMux 404", mux, "GET /nowhere", 404, "RESOURCE_NOT_FOUND", "The resource does not exist", "", ""},
		{"ServeMux 405", mux, "POST /only-get", 405, "METHOD_NOT_ALLOWED", "The method is not allowed for this resource", "Allow: GET, HEAD", ""},
		{"FileServer 404", files, "GET /none", 404, "RESOURCE_NOT_FOUND", "The resource does not exist", "", ""},
		{"FileServer 416", files, "GET /ten Range: bytes=20-", 416, "RANGE_NOT_SATISFIABLE", "invalid range: failed to overlap", "Content-Range: bytes */10", ""},
		{"ReverseProxy 502", proxy, "GET /", 502, "BAD_GATEWAY", "An upstream service failed", "", ""},
		{"TimeoutHandler 503", http.TimeoutHandler(slow, time.Millisecond, ""), "GET /", 503, "SERVICE_UNAVAILABLE", "The service is temporarily unavailable", "", "http: Handler timeout"},
		{"MaxBytesHandler", http.MaxBytesHandler(readAll, 3), "PUT / X: y", 413, "REQUEST_BODY_TOO_LARGE", "The request body is too large", "", "http: request body too large"},
		{"a bare 404", writes(404, ""), "GET /", 404, "RESOURCE_NOT_FOUND", "The resource does not exist", "", ""},
		{"a bare 401", writes(401, ""), "GET /", 401, "AUTH_UNAUTHENTICATED", "Authentication is required", "WWW-Authenticate: Bearer", ""},
		{"a 401 with its challenge", writes(401, "", "WWW-Authenticate", "Basic"), "GET /", 401, "AUTH_UNAUTHENTICATED", "Authentication is required", "WWW-Authenticate: Basic", ""},
		{"a bare 405", writes(405, ""), "GET /", 405, "METHOD_NOT_ALLOWED", "The method is not allowed for this resource", "Allow: ", ""},
		{"a bare 418", writes(418, ""), "GET /", 418, "HTTP_418", "I'm a teapot", "", ""},
		{"a bare 499", writes(499, ""), "GET /", 499, "HTTP_499", "Error 499", "", ""},
		{"a bare 599", writes(599, "secret"), "GET /", 599, "HTTP_599", "Error 599", "", "secret"},
		{"a status beyond HTTP's", writes(999, ""), "GET /", 500, "INTERNAL_SERVER_ERROR", "An unexpected error occurred", "", ""},
		{"typed in capitals", writes(404, "who?", "Content-Type", "Text/Plain ; charset=latin-1"), "GET /", 404, "RESOURCE_NOT_FOUND", "who?", "", ""},
		{"an empty Content-Type", writes(404, "who?", "Content-Type", ""), "GET /", 404, "RESOURCE_NOT_FOUND", "who?", "", ""},
		{"Content-Type: nil", noType(404, "who?"), "GET /", 404, "RESOURCE_NOT_FOUND", "who?", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				f := strings.SplitN(test.request, " ", 3)
				name, value, _ := strings.Cut(strings.Join(f[2:], ""), ": ")
				body := ""
				if f[0] == "PUT" {
					body = "four"
				}
				r := s.do(f[0], f[1], body, name, value)
				require.Equal(t, test.status, r.StatusCode)
				require.Equal(t, failure{test.code, test.message, nil}, r.failure(t))
				require.Equal(t, "nosniff", r.Header.Get("X-Content-Type-Options"))
				require.Equal(t, "no-store", r.Header.Get("Cache-Control"))
				require.Equal(t, int64(len(r.body)), r.ContentLength)
				require.Len(t, r.Header["X-Request-Id"], 1)
				require.Len(t, r.Header["X-Correlation-Id"], 1)
				if name, value, given := strings.Cut(test.header, ": "); given {
					require.Equal(t, []string{value}, r.Header.Values(name))
				}
				rec := s.one(t)
				require.EqualValues(t, test.status, rec["status"])
				if test.cause != "" {
					require.Contains(t, rec["cause"], test.cause)
				}
			})
		})
	}
}

// A type says that the handler means what it sends.
func TestTypedFailuresPass(t *testing.T) {
	for _, contentType := range []string{
		"application/json", "application/problem+json; charset=utf-8", "application/vnd.api+json", "text/html", "text/plainer", "image/png", "nonsense",
	} {
		onWire(t, writes(404, `{"custom":true}`, "Content-Type", contentType, "ETag", `"1"`), func(t *testing.T, s *site) {
			r := s.get("/")
			require.NoError(t, r.err)
			require.Equal(t, 404, r.StatusCode)
			require.Equal(t, `{"custom":true}`, r.body)
			require.Equal(t, contentType, r.Header.Get("Content-Type"))
			require.Equal(t, `"1"`, r.Header.Get("ETag"))
			require.Len(t, r.Header["X-Request-Id"], 1)
			require.NotContains(t, s.one(t), "code")
		})
	}
}

// What is not a failure is nobody's business.
func TestOthersPass(t *testing.T) {
	for _, status := range []int{200, 201, 202, 204, 206, 301, 302, 304, 308, 399} {
		body := "text"
		if status == 204 || status == 304 {
			body = ""
		}
		onWire(t, writes(status, body, "ETag", `"1"`), func(t *testing.T, s *site) {
			r := s.get("/")
			require.NoError(t, r.err)
			require.Equal(t, status, r.StatusCode)
			require.Equal(t, body, r.body)
			require.Equal(t, `"1"`, r.Header.Get("ETag"))
			require.Empty(t, r.Header.Get("X-Content-Type-Options"))
			require.Len(t, r.Header["X-Request-Id"], 1)
		})
	}
}

// Every status keeps itself, and has a code.
func TestBareStatuses(t *testing.T) {
	h := middleware.New(apierr.Standard, middleware.WithLogger(nil))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, _ := strconv.Atoi(r.URL.Path[1:])
		w.WriteHeader(status)
	}))
	neutral := map[int]string{}
	for _, e := range apierr.Standard.Errors {
		if neutral[e.Status] == "" {
			neutral[e.Status] = e.Code
		}
	}
	for status := 400; status < 600; status++ {
		want := neutral[status]
		if want == "" {
			want = fmt.Sprintf("HTTP_%d", status)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", fmt.Sprintf("/%d", status), nil))
		require.Equal(t, status, w.Code)
		require.Equal(t, want, readEnvelope(t, w.Body.String()).Code)
	}
}

// The text of a 4xx is the message if it is fit to be one.
func TestMessages(t *testing.T) {
	const fallback = "The resource does not exist"
	for _, test := range []struct{ name, text, want string }{
		{"a line", "no such user", "no such user"},
		{"white space around", " \r\n no such user\r\n\r\n", "no such user"},
		{"256 characters", strings.Repeat("é", 256), strings.Repeat("é", 256)},
		{"nothing but white space", "\n\n \t", fallback},
		{"several lines", "one\ntwo\tthree", fallback},
		{"control characters", "a\x00b\x1b[31mc\x7fd\u0085e\r", fallback},
		{"bytes that are no UTF-8", "a\xff\xfeb\xc3", fallback},
		{"257 characters", strings.Repeat("x", 257), fallback},
		{"over 1 KiB", strings.Repeat("x", 5000), fallback},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, writes(404, test.text, "Content-Type", "text/plain"), func(t *testing.T, s *site) {
				require.Equal(t, failure{"RESOURCE_NOT_FOUND", test.want, nil}, s.get("/").failure(t))
				if rec := s.one(t); test.want == fallback && strings.TrimSpace(test.text) != "" {
					require.Equal(t, strings.NewReplacer("\xff", "\ufffd", "\xfe", "\ufffd", "\xc3", "\ufffd").Replace(test.text[:min(len(test.text), 1024)]), rec["cause"], "the log has it")
				}
			})
		})
	}
	t.Run("under an encoding", func(t *testing.T) {
		onWire(t, writes(404, "\x1f\x8bzipped", "Content-Encoding", "gzip"), func(t *testing.T, s *site) {
			r := s.get("/")
			require.Equal(t, failure{"RESOURCE_NOT_FOUND", fallback, nil}, r.failure(t))
			require.Empty(t, r.Header.Get("Content-Encoding"))
		})
	})
	t.Run("in many writes, with many flushes", func(t *testing.T) {
		h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(404)
			for range 10_000 {
				n, err := io.WriteString(w, "0123456789")
				require.True(t, n == 10 && err == nil)
				w.(http.Flusher).Flush()
			}
		})
		onWire(t, h, func(t *testing.T, s *site) {
			require.Equal(t, "The resource does not exist", s.get("/").failure(t).Message)
			require.Equal(t, strings.Repeat("0123456789", 103)[:1024], s.one(t)["cause"])
		})
	})
	t.Run("copied", func(t *testing.T) {
		h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(404)
			n, err := io.Copy(w, struct{ io.Reader }{strings.NewReader(strings.Repeat("0123456789", 1000))})
			require.True(t, n == 10_000 && err == nil)
		})
		onWire(t, h, func(t *testing.T, s *site) {
			require.Equal(t, "The resource does not exist", s.get("/").failure(t).Message)
			require.Equal(t, strings.Repeat("0123456789", 103)[:1024], s.one(t)["cause"])
		})
	})
}

// Headers that speak of the request or the resource stay, those that describe
// the body that is gone do not.
func TestHeadersOfReplaced(t *testing.T) {
	kept := []string{
		"Allow", "GET", "WWW-Authenticate", "Digest", "Retry-After", "7", "Vary", "Origin",
		"Access-Control-Allow-Origin", "*", "Set-Cookie", "a=1", "Link", "</x>; rel=up", "X-Own", "yes", "Location", "/x", "Server", "own",
	}
	dropped := []string{
		"Content-Length", "6", "Content-Encoding", "br", "ETag", `"1"`, "Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT",
		"Cache-Control", "public", "Expires", "0", "Content-Disposition", "attachment", "Content-Language", "de", "Content-Location", "/y",
		"Trailer", "X-Sum", "Digest", "md5=x", "Content-Digest", "md5=:eA==:", "Repr-Digest", "md5=:eA==:", "Content-MD5", "eA==",
		http.TrailerPrefix + "X-Late", "1",
	}
	for name, h := range map[string]http.Handler{
		"held":     writes(416, "sorry!", slices.Concat(kept, dropped, []string{"Content-Range", "bytes */10"})...),
		"returned": setting(slices.Concat(kept, dropped, []string{"Content-Range", "bytes */10"}), returns(apierr.TooManyRequests)),
		"panicked": setting(slices.Concat(kept, dropped, []string{"Content-Range", "bytes */10"}), panics("boom")),
	} {
		t.Run(name, func(t *testing.T) {
			onWire(t, h, func(t *testing.T, s *site) {
				r := s.get("/")
				r.failure(t)
				for i := 0; i < len(kept); i += 2 {
					require.Equal(t, []string{kept[i+1]}, r.Header.Values(kept[i]), kept[i])
				}
				for i := 0; i < len(dropped); i += 2 {
					if name := dropped[i]; name != "Content-Length" && name != "Cache-Control" {
						require.Empty(t, r.Header.Values(name), name)
					}
				}
				require.Equal(t, int64(len(r.body)), r.ContentLength)
				require.Equal(t, []string{"no-store"}, r.Header["Cache-Control"])
				require.Empty(t, r.Trailer)
				require.Equal(t, r.StatusCode == 416, r.Header.Get("Content-Range") == "bytes */10")
				require.Equal(t, r.StatusCode != 416, r.Header.Get("Content-Range") == "")
			})
		})
	}
}

// HEAD has GET's headers and no body.
func TestHead(t *testing.T) {
	for name, h := range map[string]http.Handler{"held": writes(404, "who?"), "returned": returns(apierr.Conflict), "panicked": panics("boom")} {
		t.Run(name, func(t *testing.T) {
			onWire(t, h, func(t *testing.T, s *site) {
				get, head := s.get("/"), s.do("HEAD", "/", "")
				require.NoError(t, head.err)
				require.Empty(t, head.body)
				require.Equal(t, get.ContentLength, head.ContentLength)
				require.Positive(t, head.ContentLength)
				for _, r := range []reply{get, head} {
					for _, name := range []string{"X-Request-Id", "X-Correlation-Id", "Date"} {
						r.Header.Del(name)
					}
				}
				require.Equal(t, get.Header, head.Header)
			})
		})
	}
}

// The first answer wins, from any layer.
func TestFirstAnswerWins(t *testing.T) {
	for _, test := range []struct {
		name           string
		handler        http.Handler
		status         int
		code, message  string
		cause, logCode string
	}{
		{"http.Error, then returned", two(writes(404, "who?"), returns(apierr.Conflict)), 404, "RESOURCE_NOT_FOUND", "who?", "RESOURCE_CONFLICT", "RESOURCE_NOT_FOUND"},
		{"http.Error, then returned with its status", two(writes(404, "who?"), returns(apierr.NotFound)), 404, "RESOURCE_NOT_FOUND", "who?", "", "RESOURCE_NOT_FOUND"},
		{"returned, then http.Error", two(returns(apierr.Conflict), writes(404, "who?")), 409, "RESOURCE_CONFLICT", apierr.Conflict.Message, "", "RESOURCE_CONFLICT"},
		{"returned twice", two(returns(apierr.Conflict), returns(errors.New("later"))), 409, "RESOURCE_CONFLICT", apierr.Conflict.Message, "later", "RESOURCE_CONFLICT"},
		{"returned, then JSON", two(returns(apierr.Conflict), http.HandlerFunc(ok)), 409, "RESOURCE_CONFLICT", apierr.Conflict.Message, "", "RESOURCE_CONFLICT"},
		{"http.Error, then a panic", two(writes(404, "who?"), panics("boom")), 500, "INTERNAL_SERVER_ERROR", apierr.Internal.Message, "boom", "INTERNAL_SERVER_ERROR"},
		{"returned, then a panic", two(returns(apierr.Conflict), panics("boom")), 409, "RESOURCE_CONFLICT", apierr.Conflict.Message, "boom", "RESOURCE_CONFLICT"},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				r := s.get("/")
				require.Equal(t, test.status, r.StatusCode)
				require.Equal(t, failure{test.code, test.message, nil}, r.failure(t))
				rec := s.one(t)
				require.Equal(t, test.logCode, rec["code"])
				if test.cause != "" {
					require.Contains(t, rec["cause"], test.cause)
				}
			})
		})
	}
}

func TestWithIntercept(t *testing.T) {
	html := writes(404, "<p>", "Content-Type", "text/html")
	for _, test := range []struct {
		name      string
		intercept func(*http.Request, int, http.Header) bool
		handler   http.Handler
		code      string // "": passed
	}{
		{"nil is the default", nil, html, ""},
		{"all", func(*http.Request, int, http.Header) bool { return true }, html, "RESOURCE_NOT_FOUND"},
		{"all, also through a layer", func(*http.Request, int, http.Header) bool { return true }, wrapping(returns(apierr.Conflict)), "RESOURCE_CONFLICT"},
		{"none", func(*http.Request, int, http.Header) bool { return false }, http.NotFoundHandler(), ""},
		{"by status", func(_ *http.Request, status int, _ http.Header) bool { return status == 404 }, html, "RESOURCE_NOT_FOUND"},
		{"a panic is the default", func(*http.Request, int, http.Header) bool { panic("boom") }, http.NotFoundHandler(), "RESOURCE_NOT_FOUND"},
		{"a panic is the default, typed", func(*http.Request, int, http.Header) bool { panic("boom") }, html, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				r := s.get("/")
				require.NoError(t, r.err)
				require.Equal(t, test.code, r.code())
				if rec := s.one(t); strings.HasPrefix(test.name, "a panic") {
					require.Equal(t, "middleware: the function that intercepts panicked: boom", rec["secondary_error"])
				}
			}, middleware.WithIntercept(test.intercept))
		})
	}
}

// two runs both handlers on one request.
func two(first, then http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first.ServeHTTP(w, r)
		then.ServeHTTP(w, r)
	})
}

func noType(status int, text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Type"] = nil
		writes(status, text)(w, r)
	})
}

func setting(header []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		next.ServeHTTP(w, r)
	})
}
