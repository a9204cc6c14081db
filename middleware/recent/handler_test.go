package recent_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/recent"
)

// ask sends a request to the handler under /support/ of a mux.
func ask(h http.Handler, method, target string, header ...string) *httptest.ResponseRecorder {
	mux := http.NewServeMux()
	mux.Handle("/support/", h)
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

const (
	html = "text/html; charset=utf-8"
	css  = "text/css; charset=utf-8"
	js   = "application/json"
)

func TestHandler(t *testing.T) {
	s := recent.New()
	observe(s, middleware.Outcome{RequestID: "request-1", Status: 404})
	h := s.Handler(everyone)
	for _, test := range []struct {
		method, target, accept string
		status                 int
		contentType            string
	}{
		{"GET", "/support/", "", 200, html},
		{"HEAD", "/support/", "", 200, html},
		{"GET", "/support/?id=request-1", "", 200, html},
		{"GET", "/support/?id=unknown", "", 200, html},
		{"GET", "/support/?id=%ff%00", "", 200, html},
		{"GET", "/support/?id=", "", 200, html},
		{"GET", "/support/?%zz", "", 200, html},
		{"GET", "/support/style.css", "", 200, css},
		{"HEAD", "/support/style.css", "", 200, css},
		{"GET", "/support/failures.json", "", 200, js},
		{"GET", "/support/failures.json?id=request-1", "", 200, js},
		{"GET", "/support/failures.json?id=%ff", "", 200, js},
		{"HEAD", "/support/failures.json", "", 200, js},

		// RFC 9110 section 12.5.1
		{"GET", "/support/", "application/json", 200, js},
		{"GET", "/support/", "Application/JSON; charset=utf-8", 200, js},
		{"GET", "/support/?id=request-1", "application/json, */*", 200, js},
		{"GET", "/support/", "*/*", 200, html},
		{"GET", "/support/", "application/*", 200, html},
		{"GET", "/support/", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 200, html},
		{"GET", "/support/", "text/html, application/json", 200, html},
		{"GET", "/support/", "text/html;q=0.5, application/json;q=0.9", 200, js},
		{"GET", "/support/", "application/json;q=0", 200, html},
		{"GET", "/support/", "application/json;q=x", 200, html},
		{"GET", "/support/", "application/json+x, application/jsonp, ,,;", 200, html},
		{"GET", "/support/style.css", "application/json", 200, css},

		{"GET", "/support/unknown", "", 404, js},
		{"GET", "/support/request-1", "", 404, js},
		{"GET", "/support/a/", "", 404, js},
		{"GET", "/support/a/style.css", "", 404, js},
		{"GET", "/support/page.html.tmpl", "", 404, js},
		{"GET", "/support/failures.json/", "", 404, js},
		{"POST", "/support/", "", 405, js},
		{"DELETE", "/support/failures.json", "", 405, js},
		{"OPTIONS", "/support/", "", 405, js},
		{"POST", "/support/unknown", "", 404, js},
	} {
		name := fmt.Sprint(test.method, test.target, test.accept)
		w := ask(h, test.method, test.target, "Accept", test.accept)
		require.Equal(t, test.status, w.Code, name)
		require.Equal(t, test.contentType, w.Header().Get("Content-Type"), name)
		if test.status == 405 {
			require.Equal(t, "GET, HEAD", w.Header().Get("Allow"), name)
		}
		if test.status != 200 {
			continue
		}
		require.Equal(t, map[string]string{
			"Cache-Control":           "no-store",
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
			"Referrer-Policy":         "no-referrer",
			"X-Content-Type-Options":  "nosniff",
		}, only(w.Header(), "Cache-Control", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"), name)
		require.Equal(t, fmt.Sprint(w.Body.Len()), w.Header().Get("Content-Length"), name)
		require.Equal(t, strings.HasPrefix(test.target, "/support/?") || test.target == "/support/", w.Header().Get("Vary") == "Accept", name)
	}
}

func only(h http.Header, names ...string) map[string]string {
	m := map[string]string{}
	for _, name := range names {
		m[name] = strings.Join(h[name], " | ")
	}
	return m
}

var uuids = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// Without authority every method and every path is answered as by a server that
// has no such path: the same status, header and body.
func TestHandler_Unauthorized(t *testing.T) {
	for _, contract := range []apierr.Contract{apierr.Standard, {Name: "problem", Format: apierr.Problem{}}} {
		wrap := middleware.New(contract, middleware.WithLogger(nil))
		without, with := http.NewServeMux(), http.NewServeMux()
		with.Handle("/support/", recent.New().Handler(func(r *http.Request) bool { return r.Header.Get("Key") == "right" }))
		answer := func(mux http.Handler, method, target, key string) string {
			r := httptest.NewRequest(method, target, nil)
			r.Header.Set("Key", key)
			w := httptest.NewRecorder()
			wrap(mux).ServeHTTP(w, r)
			return uuids.ReplaceAllString(fmt.Sprint(w.Code, w.Header(), w.Body), "UUID")
		}
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW"} {
			for _, target := range []string{"/support/", "/support/failures.json", "/support/style.css", "/support/a/b", "/support/?id=x"} {
				unknown := answer(without, method, target, "")
				require.Contains(t, unknown, "404")
				for _, key := range []string{"", "wrong"} {
					require.Equal(t, unknown, answer(with, method, target, key), "%s %s", method, target)
				}
			}
		}
		require.Contains(t, answer(with, "GET", "/support/", "right"), "Recent failures")
	}
}

// Under any path, with a prefix stripped, and without a mux.
func TestHandler_Mounted(t *testing.T) {
	h := recent.New().Handler(everyone)
	mux := http.NewServeMux()
	mux.Handle("/support/", h)
	mux.Handle("GET example.com/a/{b}/c/", h)
	mux.Handle("/stripped/", http.StripPrefix("/stripped", h))
	for target, want := range map[string]int{
		"/support/":               200,
		"/support/style.css":      200,
		"/support/a/style.css":    404,
		"/a/1/c/":                 200,
		"/a/1/c/failures.json":    200,
		"/a/1/c/d/failures.json":  404,
		"/stripped/":              200,
		"/stripped/failures.json": 200,
		"/stripped/failures":      404,
	} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		require.Equal(t, want, w.Code, target)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/anything/failures.json", nil))
	require.Equal(t, 200, w.Code)
}

// An authorize that panics authorizes nobody.
func TestHandler_AuthorizePanics(t *testing.T) {
	s := recent.New()
	h := middleware.New(apierr.Standard, middleware.WithLogger(nil))(s.Handler(func(*http.Request) bool { panic("boom") }))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/support/", nil))
	require.Equal(t, 500, w.Code)
	require.NotContains(t, w.Body.String(), "Recent failures")
}

// A look-up returns the failure in full, and the others of its chain.
func TestHandler_JSON_ByID(t *testing.T) {
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/panic":
			panic("boom")
		case "/rejected":
			apierr.Write(w, r, apierr.InvalidBody.WithViolations(apierr.Violation{In: "query", Path: "limit", Rule: "max", Param: "5", Message: "m"}))
		default:
			apierr.Write(w, r, apierr.Conflict.Wrap(errors.New("row is locked")))
		}
	}))
	ids := map[string]string{}
	for _, path := range []string{"/panic", "/rejected", "/locked"} {
		resp, _ := s.get(path, "X-Correlation-Id", "chain-1")
		s.wait()
		ids[path] = resp.Header.Get("X-Request-Id")
	}
	resp, _ := s.get("/alone")
	s.wait()

	r := read(t, s.failures, "/failures.json?id="+ids["/panic"])
	require.Len(t, r.Failures, 1)
	f := r.Failures[0]
	require.Equal(t, []any{ids["/panic"], "chain-1", "GET", "/panic", "/", 500, "INTERNAL_SERVER_ERROR", "panic: boom"},
		[]any{f.RequestID, f.CorrelationID, f.Method, f.Path, f.Route, f.Status, f.Code, f.Cause})
	require.Contains(t, f.Stack, "recent_test.TestHandler_JSON_ByID")
	require.Positive(t, f.DurationMS)
	require.WithinDuration(t, time.Now(), f.Time, patience)
	require.Equal(t, []string{ids["/locked"], ids["/rejected"]}, requestIDs(r.Related))
	require.Empty(t, r.Related[0].Cause, "in a list without texts")

	r = read(t, s.failures, "/failures.json?id=%20"+ids["/rejected"]+"%0A") // as it was pasted
	require.Equal(t, []struct{ In, Path, Rule string }{{"query", "limit", "max"}}, r.Failures[0].Violations)
	require.Equal(t, []string{ids["/locked"], ids["/panic"]}, requestIDs(r.Related))

	r = read(t, s.failures, "/failures.json?id=chain-1")
	require.Equal(t, []string{ids["/locked"], ids["/rejected"], ids["/panic"]}, requestIDs(r.Failures))
	require.Empty(t, r.Related)
	require.Equal(t, "row is locked", r.Failures[0].Cause)

	r = read(t, s.failures, "/failures.json?id="+resp.Header.Get("X-Request-Id"))
	require.Len(t, r.Failures, 1)
	require.Empty(t, r.Related)

	r = read(t, s.failures, "/failures.json?id=unknown")
	require.Equal(t, "unknown", r.ID)
	require.NotNil(t, r.Failures, "a list, if an empty one")
	require.Empty(t, r.Failures)
}

func requestIDs(failures []failure) (ids []string) {
	for _, f := range failures {
		ids = append(ids, f.RequestID)
	}
	return ids
}

// The failure with the ID itself comes before those that have it as their
// correlation ID, and long lists are counted.
func TestHandler_JSON_Many(t *testing.T) {
	s := recent.New()
	observe(s, middleware.Outcome{RequestID: "first", CorrelationID: "first", Status: 500})
	for i := range 200 {
		observe(s, middleware.Outcome{RequestID: fmt.Sprint("r", i), CorrelationID: "first", Status: 404 + 96*(i%2)})
	}
	r := read(t, s, "/failures.json?id=first")
	require.Equal(t, []string{"first", "r199", "r198"}, requestIDs(r.Failures)[:3])
	require.Equal(t, []int{20, 181}, []int{len(r.Failures), r.MoreFailures})

	r = read(t, s, "/failures.json?id=r7")
	require.Equal(t, []string{"r7"}, requestIDs(r.Failures))
	require.Equal(t, []int{100, 100}, []int{len(r.Related), r.MoreRelated})
	require.NotContains(t, requestIDs(r.Related), "r7")
}

// The overview groups by code, route and status, the newest group first.
func TestHandler_JSON_Groups(t *testing.T) {
	s := recent.New()
	keep := func(id, route string, status int, e *apierr.Error) {
		observe(s, middleware.Outcome{RequestID: id, Route: route, Status: status, Error: e, Cause: errDown})
	}
	for i := range 7 {
		keep(fmt.Sprint("conflict-", i), "/a", 409, apierr.Conflict)
	}
	keep("other route", "/b", 409, apierr.Conflict)
	keep("own 404", "/b", 404, nil)
	keep("own 410", "/b", 410, nil)
	keep("down", "/a", 503, apierr.Unavailable)
	keep("conflict-7", "/a", 409, apierr.Conflict)

	r := read(t, s, "/failures.json")
	show := func(o overview) (groups []string) {
		for _, g := range o.Groups {
			groups = append(groups, fmt.Sprint(g.Code, " ", g.Route, " ", g.Status, " ", g.Count, " ", requestIDs(g.Newest)))
		}
		return groups
	}
	require.Equal(t, []string{
		"RESOURCE_CONFLICT /a 409 8 [conflict-7 conflict-6 conflict-5 conflict-4 conflict-3]",
		" /b 410 1 [own 410]",
		" /b 404 1 [own 404]",
		"RESOURCE_CONFLICT /b 409 1 [other route]",
	}, show(r.ClientErrors))
	require.Equal(t, []string{apierr.Unavailable.Code + " /a 503 1 [down]"}, show(r.ServerErrors))
	require.Equal(t, []int{1, 11}, []int{r.ServerErrors.Kept, r.ClientErrors.Kept})
	require.False(t, r.ClientErrors.Oldest.After(s.Find("conflict-0")[0].Time))

	for i := range 150 {
		keep("x", fmt.Sprint("/route-", i), 404, apierr.NotFound)
	}
	r = read(t, s, "/failures.json")
	require.Equal(t, []int{100, 54}, []int{len(r.ClientErrors.Groups), r.ClientErrors.MoreGroups})
	require.Equal(t, "/route-149", r.ClientErrors.Groups[0].Route)

	empty := read(t, recent.New(), "/failures.json")
	require.NotNil(t, empty.ServerErrors.Groups)
	require.Zero(t, empty.ServerErrors.Kept)
}

// hostile are texts that would be markup, or something else than they say.
var hostile = []string{
	"<script>alert(1)</script>", "</pre></code><img src=x onerror=alert(1)>", `"><script>alert(1)</script>`, "'onmouseover='alert(1)",
	"{{.}}", "</title><script>alert(1)</script>", "&lt;b&gt;", "<!--", "]]>", "javascript:alert(1)", "\u202egpj.exe", "a\x00b\x1b[31m", "\xff\xfe",
	"../../x", "?id=y&z=1#f", "%3Cscript%3E", "\u2028\u2029", "<base href=//evil.example>",
}

// Whatever the texts of a failure and of the box are, the page has the elements
// that it has with plain ones, and links to itself only.
func TestHandler_Hostile(t *testing.T) {
	page := func(text func(i int) string) string {
		i := 0
		next := func() string { i++; return text(i) }
		s := recent.New(recent.WithTraceID(func(context.Context) string { return next() }))
		observe(s, middleware.Outcome{
			RequestID: "r", CorrelationID: "c", Method: next(), Route: next(), Path: next(), Status: 500, Stack: next() + "\n" + next(),
			Cause: errors.New(next()), WriteError: errors.New(next()), SecondaryError: errors.New(next()),
			Error: &apierr.Error{Code: next(), Status: 500, Violations: []apierr.Violation{{In: next(), Path: next(), Rule: next()}}},
		}, middleware.Outcome{RequestID: next(), CorrelationID: "c", Method: next(), Path: next(), Status: 400, Error: &apierr.Error{Code: next()}})
		b := ""
		for _, target := range []string{"/support/", "/support/?id=r", "/support/?id=" + url.QueryEscape("x"+next()+"x")} {
			w := ask(s.Handler(everyone), "GET", target)
			require.Equal(t, 200, w.Code)
			b += w.Body.String()
		}
		return b
	}
	plain := tags(page(func(n int) string { return fmt.Sprint("plain", n) }))
	for i := range hostile {
		bad := page(func(n int) string { return hostile[(i+n)%len(hostile)] })
		require.Equal(t, plain, tags(bad), "%q", hostile[i])
		for _, link := range strings.Split(bad, `href="`)[1:] {
			require.Regexp(t, `^(\./(style\.css|failures\.json(\?id=[\w.~%+-]*)?|\?id=[\w.~%+-]*)?|#main)"`, link)
		}
		for _, r := range bad {
			require.False(t, r < ' ' && r != '\n' || r == 0x7f || r == '\u202e' || r == '\u2028', "%q in the page", r)
		}
		var doc any
		require.NoError(t, json.Unmarshal(ask(recent.New().Handler(everyone), "GET", "/support/failures.json?id="+url.QueryEscape(hostile[i])).Body.Bytes(), &doc))
	}
}

// tags returns the names of the elements of a page, in order.
func tags(page string) (names []string) {
	for _, tag := range strings.Split(page, "<")[1:] {
		name, _, _ := strings.Cut(strings.TrimSpace(tag), ">")
		name, _, _ = strings.Cut(name, " ")
		names = append(names, name)
	}
	return names
}

// The page says what is there, and a look-up without a result why that may be.
func TestHandler_Page(t *testing.T) {
	s := recent.New()
	require.Equal(t, 2, strings.Count(ask(s.Handler(everyone), "GET", "/support/").Body.String(), "<p>None.</p>"))
	require.Contains(t, ask(s.Handler(everyone), "GET", "/support/?id=x").Body.String(), "none at all")
	o := everything
	o.Status, o.Error, o.ClientGone = 0, apierr.Unavailable, false
	o.Error = o.Error.WithViolations(apierr.Violation{In: "query", Path: "limit", Rule: "max"})
	observe(s, o)
	page := ask(s.Handler(everyone), "GET", "/support/?id=request-1").Body.String()
	for _, want := range []string{
		"<code>" + apierr.Unavailable.Code + "</code>", ">aborted<", "<code>GET /users/ada@example.org</code>", "<code>/users/{email}</code>", "took 1s",
		"The response was aborted", `href="./?id=chain%20of%20ada%40example.org"`, "no row for ada@example.org", "main.f ada@example.org",
		"<code>query limit</code>: max", "<h3>Write error</h3>", "<h3>Secondary error</h3>", `href="./failures.json?id=request-1"`,
	} {
		require.Contains(t, page, want)
	}
	require.NotContains(t, page, "client had left")
	page = ask(s.Handler(everyone), "GET", "/support/?id=other").Body.String()
	require.Contains(t, page, "Nothing is kept with this ID")
	require.Contains(t, page, `value="other"`)
	require.Contains(t, page, s.Find("request-1")[0].Time.Format("2006-01-02 15:04:05"))
}
