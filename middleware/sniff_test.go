package middleware_test

import (
	"io"
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

// bare sends the body in the given pieces, without a Content-Type.
func bare(status int, pieces ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		for _, p := range pieces {
			io.WriteString(w, p)
		}
	}
}

// Without a Content-Type the body decides: what is no page and no JSON is
// replaced.
func TestUntypedFailures(t *testing.T) {
	page := "<!DOCTYPE html><html><body><form>Sign in</form></body></html>"
	long := strings.Repeat("a line of a template\n", 100)
	typeLate := func(status int, contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			w.Header().Set("Content-Type", contentType)
			io.WriteString(w, body)
		}
	}
	flushed := func(status int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			w.(http.Flusher).Flush()
			io.WriteString(w, text)
			w.(http.Flusher).Flush()
		}
	}
	inner := middleware.New(apierr.Standard)
	inTime := func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Hour, "") }
	for _, test := range []struct {
		name    string
		handler http.Handler
		pass    string // the body that passes; "": it is replaced
		message string
	}{
		{"a page", bare(403, page), page, ""},
		{"a page in pieces", bare(403, page[:1], page[1:9], page[9:]), page, ""},
		{"a page after white space", bare(403, "\n\n  "+page), "\n\n  " + page, ""},
		{"a page of 5xx", bare(503, page), page, ""},
		{"a large page", bare(403, page, long), page + long, ""},
		{"a page of 512 bytes and more", bare(403, page+strings.Repeat("x", 512-len(page)), long), page + strings.Repeat("x", 512-len(page)) + long, ""},
		{"a page, flushed", flushed(403, page), page, ""},
		{"XML", bare(404, "<?xml version=\"1.0\"?><Error/>"), "<?xml version=\"1.0\"?><Error/>", ""},
		{"a picture", bare(404, "GIF89a......"), "GIF89a......", ""},
		{"bytes", bare(404, "\x00\x01\x02"), "\x00\x01\x02", ""},
		{"a JSON object", bare(422, `{"error":"bad"}`), `{"error":"bad"}`, ""},
		{"a JSON object of 5xx", bare(500, `{"error":"bad"}`+"\n"), `{"error":"bad"}` + "\n", ""},
		{"a JSON array", bare(422, ` ["bad"]`), ` ["bad"]`, ""},
		{"an empty JSON object", bare(422, `{}`), `{}`, ""},
		{"JSON lines", bare(422, "{}\n{}\n"), "{}\n{}\n", ""},
		{"large JSON", bare(422, `{"a":"`+strings.Repeat("x", 600)+`"}`), `{"a":"` + strings.Repeat("x", 600) + `"}`, ""},
		{"large JSON in pieces", bare(422, `{"a`, `":"`+strings.Repeat("x", 600), `"}`), `{"a":"` + strings.Repeat("x", 600) + `"}`, ""},
		{"JSON with a byte order mark", bare(422, "\xef\xbb\xbf{}"), "\xef\xbb\xbf{}", ""},
		{"JSON, its type set too late", typeLate(400, "application/json", `{"error":"bad"}`), `{"error":"bad"}`, ""},
		{"JSON, flushed", flushed(422, `{"error":"bad"}`), `{"error":"bad"}`, ""},
		{"an empty type declared", writes(422, `{"error":"bad"}`, "Content-Type", ""), `{"error":"bad"}`, ""},
		{"in a second New", inner(bare(403, page)), page, ""},
		{"JSON in a second New", inner(bare(403, `{"error":"bad"}`)), `{"error":"bad"}`, ""},
		{"through a layer", wrapping(bare(403, page)), page, ""},
		{"behind TimeoutHandler", inTime(bare(403, page)), page, ""},
		{"JSON behind TimeoutHandler", inTime(bare(403, `{"error":"bad"}`)), `{"error":"bad"}`, ""},

		{"no body", bare(403), "", apierr.Forbidden.Message},
		{"an empty write", bare(403, ""), "", apierr.Forbidden.Message},
		{"text", bare(403, "not for you"), "", "not for you"},
		{"text, flushed", flushed(403, "not for you"), "", "not for you"},
		{"text in pieces", bare(403, "not", " for ", "you"), "", "not for you"},
		{"text, its type set too late", typeLate(403, "text/html", "not for you"), "", "not for you"},
		{"a JSON string", bare(403, `"not for you"`), "", apierr.Forbidden.Message},
		{"a JSON number", bare(403, `42`), "", apierr.Forbidden.Message},
		{"text in brackets", bare(403, `[auth] not for you`), "", `[auth] not for you`},
		{"text in braces", bare(403, `{auth} not for you`), "", `{auth} not for you`},
		{"JSON and text", bare(403, `{} not for you`), "", `{} not for you`},
		{"long text", bare(403, long), "", apierr.Forbidden.Message},
		{"text in a second New", inner(bare(403, "not for you")), "", "not for you"},
		{"text behind TimeoutHandler", inTime(bare(403, "not for you")), "", "not for you"},
		{"under an encoding", setting([]string{"Content-Encoding", "br"}, bare(403, page)), "", apierr.Forbidden.Message},
		{"no body under an encoding", setting([]string{"Content-Encoding", "br"}, bare(403)), "", apierr.Forbidden.Message},

		// A declared type decides, also about an empty body.
		{"a declared page", writes(403, page, "Content-Type", "text/html"), page, ""},
		{"JSON declared as text", writes(403, `{"error":"bad"}`, "Content-Type", "text/plain"), "", apierr.Forbidden.Message},
		{"a page declared as text", writes(403, page, "Content-Type", "text/plain"), "", apierr.Forbidden.Message},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				r := s.get("/")
				require.NoError(t, r.err)
				require.GreaterOrEqual(t, r.StatusCode, 400)
				if test.pass != "" {
					require.Equal(t, test.pass, r.body)
					require.Empty(t, r.Header.Get("Cache-Control"))
				} else {
					require.Equal(t, test.message, r.failure(t).Message)
				}
				require.Len(t, r.Header["X-Request-Id"], 1)
				require.EqualValues(t, r.StatusCode, s.one(t)["status"])
			})
		})
	}
	t.Run("an empty body of a declared type", func(t *testing.T) {
		onWire(t, writes(404, "", "Content-Type", "application/xml"), func(t *testing.T, s *site) {
			r := s.get("/")
			require.Equal(t, "application/xml", r.Header.Get("Content-Type"))
			require.Empty(t, r.body)
		})
	})
	t.Run("HEAD", func(t *testing.T) { // nothing is written for it
		s := serve(t, 1, bare(403))
		require.Equal(t, "application/json", s.do("HEAD", "/", "").Header.Get("Content-Type"))
	})
	t.Run("HTTP/1.0", func(t *testing.T) {
		s := serve(t, 1, bare(403, page))
		got, err := io.ReadAll(s.raw("GET / HTTP/1.0\r\n\r\n"))
		require.NoError(t, err)
		require.True(t, strings.HasSuffix(string(got), page))
	})
}

// http.TimeoutHandler's own page is replaced, and no other.
func TestTimeoutPage(t *testing.T) {
	const words = "<html><head><title>Timeout</title></head><body><h1>Timeout</h1></body></html>"
	wait := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	slow := func(page string) http.Handler { return http.TimeoutHandler(wait, time.Nanosecond, page) }
	upstream := httptest.NewServer(slow(""))
	defer upstream.Close()
	target, _ := url.Parse(upstream.URL)
	proxy := httputil.NewSingleHostReverseProxy(target)
	for _, test := range []struct {
		name    string
		handler http.Handler
		pass    string
	}{
		{"the default page", slow(""), ""},
		{"the default page, through a layer", wrapping(slow("")), ""},
		{"the default page, in a second New", middleware.New(apierr.Standard)(slow("")), ""},
		{"a page of the user's", slow("<h1>Too slow</h1>"), "<h1>Too slow</h1>"},
		{"JSON of the user's", slow(`{"slow":true}`), `{"slow":true}`},
		{"text of the user's", slow("too slow"), ""},
		{"the same words by another handler", bare(503, words), words},
		{"the same words with another status", bare(504, words), words},
		{"the same words by a handler in TimeoutHandler", http.TimeoutHandler(writes(503, words, "Content-Type", "text/html"), time.Hour, ""), words},
		{"an upstream's", proxy, words},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				r := s.get("/")
				if test.pass != "" {
					require.Equal(t, test.pass, r.body)
					return
				}
				require.Equal(t, 503, r.StatusCode)
				require.Equal(t, "SERVICE_UNAVAILABLE", r.failure(t).Code)
			})
		})
	}
}

// The functions that decide about interception get the type that was found, in
// a copy of the header.
func TestFoundTypes(t *testing.T) {
	for _, test := range []struct {
		name    string
		handler http.Handler
		want    string
	}{
		{"declared", writes(404, "x", "Content-Type", "application/xml"), "application/xml"},
		{"declared, no body", writes(404, "", "Content-Type", "application/xml"), "application/xml"},
		{"declared text that is JSON", writes(404, "{}", "Content-Type", "text/plain"), "text/plain"},
		{"JSON", bare(404, "{}"), "application/json"},
		{"a page", bare(404, "<html>"), "text/html; charset=utf-8"},
		{"text", bare(404, "who?"), "text/plain; charset=utf-8"},
		{"no body", bare(404), ""},
		{"encoded", setting([]string{"Content-Encoding", "gzip"}, bare(404, "{}")), ""},
		{"TimeoutHandler's page", http.TimeoutHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), 1, ""), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			onWire(t, setting([]string{"X-Own", "1"}, test.handler), func(t *testing.T, s *site) {
				got = nil
				r := s.get("/")
				require.Equal(t, []string{test.want + " 1 GET"}, got, "called once")
				require.Empty(t, r.Header.Get("X-Mine"), "the header is a copy")
			}, middleware.WithIntercept(func(r *http.Request, status int, h http.Header) bool {
				got = append(got, h.Get("Content-Type")+" "+h.Get("X-Own")+" "+r.Method)
				h.Set("X-Mine", "1")
				return false
			}))
		})
	}
}

// Intercept decides about its routes, and an inner New about what is inside it.
func TestInterceptOnRoutes(t *testing.T) {
	type function = func(*http.Request, int, http.Header) bool
	none := func(*http.Request, int, http.Header) bool { return false }
	all := func(*http.Request, int, http.Header) bool { return true }
	onRoute := func(f function, h http.Handler) http.Handler { return middleware.Intercept(f)(h) }
	inner := func(f function, h http.Handler) http.Handler {
		return middleware.New(apierr.Standard, middleware.WithIntercept(f))(h)
	}
	html := writes(404, "<p>", "Content-Type", "text/html")
	for _, test := range []struct {
		name    string
		outer   function // of New, nil: the default
		handler http.Handler
		code    string // "": it passes
	}{
		{"left alone", nil, onRoute(none, http.NotFoundHandler()), ""},
		{"left alone, a bare status", nil, onRoute(none, bare(401)), ""},
		{"left alone, JSON", nil, onRoute(none, bare(404, "{}")), ""},
		{"all replaced", nil, onRoute(all, html), "RESOURCE_NOT_FOUND"},
		{"all replaced, JSON", nil, onRoute(all, bare(404, "{}")), "RESOURCE_NOT_FOUND"},
		{"by status", nil, onRoute(func(_ *http.Request, status int, _ http.Header) bool { return status == 500 }, http.NotFoundHandler()), ""},
		{"by request", nil, onRoute(func(r *http.Request, _ int, _ http.Header) bool { return r.URL.Path != "/" }, http.NotFoundHandler()), ""},
		{"in place of New's", none, onRoute(all, html), "RESOURCE_NOT_FOUND"},
		{"the innermost route decides", nil, onRoute(none, onRoute(all, html)), "RESOURCE_NOT_FOUND"},
		{"a panic is the default", nil, onRoute(func(*http.Request, int, http.Header) bool { panic("boom") }, http.NotFoundHandler()), "RESOURCE_NOT_FOUND"},
		{"an error is not asked about", nil, onRoute(none, returns(apierr.Conflict)), "RESOURCE_CONFLICT"},
		{"a panic is not asked about", nil, onRoute(none, panics("boom")), "INTERNAL_SERVER_ERROR"},
		{"behind TimeoutHandler", nil, http.TimeoutHandler(onRoute(none, http.NotFoundHandler()), patience, ""), ""},
		{"through a layer", nil, wrapping(onRoute(none, http.NotFoundHandler())), ""},
		{"an inner New leaves alone", nil, inner(none, http.NotFoundHandler()), ""},
		{"an inner New leaves alone, all replaced outside", all, inner(none, http.NotFoundHandler()), ""},
		{"an inner New leaves alone, a page", all, inner(none, html), ""},
		{"an inner New leaves alone, through a layer", all, wrapping(inner(none, html)), ""},
		{"an inner New leaves alone, behind TimeoutHandler", all, http.TimeoutHandler(inner(none, html), patience, ""), ""},
		{"an inner New replaces", none, inner(all, html), "RESOURCE_NOT_FOUND"},
		{"an inner New's default", all, inner(nil, html), ""},
		{"a route in an inner New", all, inner(all, onRoute(none, html)), ""},
		{"an inner New on a route", nil, onRoute(none, inner(nil, http.NotFoundHandler())), "RESOURCE_NOT_FOUND"},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				r := s.get("/")
				require.NoError(t, r.err)
				require.Equal(t, test.code, r.code())
				require.Len(t, r.Header["X-Request-Id"], 1)
				require.EqualValues(t, r.StatusCode, s.one(t)["status"])
			}, middleware.WithIntercept(test.outer))
		})
	}
	require.PanicsWithValue(t, "middleware.Intercept: the function is nil", func() { middleware.Intercept(nil) })
	w := httptest.NewRecorder() // outside New it does nothing
	onRoute(all, http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	require.Equal(t, "404 page not found\n", w.Body.String())
}
