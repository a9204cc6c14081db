package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/recent"
)

// fail requests a path and returns the request ID of the response.
func fail(t *testing.T, url, correlation string) string {
	t.Helper()
	r, err := http.NewRequest("GET", url, nil)
	require.NoError(t, err)
	r.Header.Set("X-Correlation-Id", correlation)
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	return resp.Header.Get("X-Request-Id")
}

// The walk of a supporter: the link that the server prints, the ID that a user
// sends, the failure with its stack, the others of the same chain. All of it
// works without script, since the page has none.
func TestRecent(t *testing.T) {
	url, link := serveWithSupport(t, "standard")
	id := fail(t, url+"/lab/panic", "order-7")
	other := fail(t, url+"/lab/unmapped", "order-7")
	fail(t, url+"/nowhere", "order-8")
	noJS := desktop
	noJS.noJS = true
	p := open(t, link, noJS)
	require.Equal(t, "?id=", eval[string](p, `location.search`), "the key has left the address")
	require.Equal(t, "no-referrer", eval[string](p, `document.referrer || "no-referrer"`))
	require.Equal(t, []string{"INTERNAL_SERVER_ERROR", "INTERNAL_SERVER_ERROR", "RESOURCE_NOT_FOUND"},
		eval[[]string](p, `[...document.querySelectorAll("tbody th")].map((th) => th.textContent.trim())`))

	p.do(chromedp.SendKeys("#id", "  "+id+" "), chromedp.SendKeys("#id", kb.Enter))
	p.eventually(`document.querySelector("article") !== null`)
	require.Equal(t, "INTERNAL_SERVER_ERROR 500", eval[string](p, `document.querySelector("article h2").innerText.replace(/\s+/g, " ")`))
	texts := eval[[]string](p, `[...document.querySelectorAll("pre")].map((pre) => pre.textContent)`)
	require.Len(t, texts, 2)
	require.Equal(t, "panic: lab-secret: a nil map, say", texts[0])
	require.Contains(t, texts[1], "internal/lab.panics ")
	require.Equal(t, []string{other}, eval[[]string](p, `[...document.querySelectorAll("section .list a")].map((a) => a.textContent)`))
	p.shoot("recent-panic")

	p.do(chromedp.Click("section .list a"))
	p.eventually(`document.getElementById("id")?.value === "` + other + `"`)
	require.Contains(t, eval[string](p, `document.querySelector("pre").textContent`), "connection refused")

	p.do(chromedp.Navigate(url + "/support/?id=unknown"))
	require.Equal(t, "Nothing is kept with this ID", eval[string](p, `document.querySelector("h2").textContent`))
	p.shoot("recent-nothing")
	p.do(chromedp.Click("h1 a"))
	p.eventually(`document.querySelector("tbody") !== null && location.search === ""`)
}

// failures has failures of every shape, with the texts in all places.
func failures(texts []string) *recent.Failures {
	s := recent.New()
	at := 0
	next := func() string { at++; return texts[at%len(texts)] }
	for i := range 40 {
		o := middleware.Outcome{
			RequestID: fmt.Sprintf("01a2155c-4bc1-7fb7-b79c-%012d", i), CorrelationID: fmt.Sprint("order-", i/8), Method: "GET",
			Route: "/users/{id}", Path: "/users/" + next(), Status: 404, Duration: 1234 * time.Microsecond, Error: apierr.NotFound,
		}
		switch i % 5 {
		case 0:
			o.Status, o.Error, o.Cause = 503, apierr.Unavailable, errors.New(next())
		case 1:
			o.Status, o.Error, o.Cause, o.Cut = 200, apierr.StreamFailed, errors.New(next()), true
			o.Stack = strings.Repeat("github.com/acme/shop/internal/users.(*Store).Find /src/internal/users/store.go:42 "+next()+"\n", 12)
			o.WriteError, o.SecondaryError = errors.New(next()), errors.New(next())
		case 2:
			o.Status, o.Route = 400, ""
			o.Error = apierr.InvalidBody.WithViolations(
				apierr.Violation{Path: "email", Rule: "required"}, apierr.Violation{In: "query", Path: next(), Rule: next()}, apierr.Violation{Rule: "more"})
		case 3:
			o.Status, o.Error, o.Method = 0, nil, next()
		}
		s.Observe(context.Background(), o)
	}
	return s
}

// serveRecent serves the page of s to everyone.
func serveRecent(t *testing.T, s *recent.Failures) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/support/", s.Handler(func(*http.Request) bool { return true }))
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL + "/support/"
}

// Ordinary texts of a service.
var ordinary = []string{"7", "dial tcp 10.0.0.7:5432: connection refused", "no rows", "write tcp 10.0.0.1:443->10.0.0.9:5123: broken pipe"}

// In a browser hostile texts are text: nothing runs, nothing is fetched, no
// element comes of them, and nothing is wider than the window.
func TestRecent_Hostile(t *testing.T) {
	bad, good := serveRecent(t, failures(hostile)), serveRecent(t, failures(ordinary))
	for _, query := range []string{"", "?id=order-0", "?id=01a2155c-4bc1-7fb7-b79c-000000000001", "?id=%3C/title%3E%3Cscript%3Ealert(1)%3C/script%3E"} {
		for _, l := range []look{desktop, telephone} {
			p := open(t, bad+query, l)
			require.LessOrEqual(t, eval[int64](p, `document.documentElement.scrollWidth`), l.width, query)
			if query == "" {
				continue // the groups depend on the texts
			}
			const elements = `[...document.querySelectorAll("*")].map((e) => e.tagName + " " + e.getAttributeNames()).join("\n")`
			require.Equal(t, eval[string](open(t, good+query, l), elements), eval[string](p, elements), query)
		}
	}

	const markup = `</code></pre><script>alert(1)</script><img src=x onerror=alert(1)>`
	p := open(t, serveRecent(t, failures([]string{markup}))+"?id=01a2155c-4bc1-7fb7-b79c-000000000001", desktop)
	p.shoot("recent-hostile")
	texts := eval[[]string](p, `[...document.querySelectorAll("pre")].map((pre) => pre.textContent)`)
	require.Equal(t, []string{markup, markup, markup}, []string{texts[0], texts[2], texts[3]})
	require.Contains(t, texts[1], "store.go:42 "+markup+"\n")
	require.Zero(t, eval[int](p, `document.querySelectorAll("script, img, iframe, base, style, svg").length`))
	require.Equal(t, 1, eval[int](p, `performance.getEntriesByType("resource").filter((r) => !r.name.endsWith("/favicon.ico")).length`), "its style")
}

// axe-core finds nothing on the page, at both widths, in both schemes; every
// control is reached with the Tab key.
func TestRecent_Accessibility(t *testing.T) {
	axe := axeCore(t)
	url := serveRecent(t, failures(ordinary))
	dark, darkTelephone := look{width: 1280, scheme: "dark"}, look{width: 390, scheme: "dark"}
	for i, test := range []struct {
		query string
		look  look
	}{
		{"", desktop},
		{"", dark},
		{"", darkTelephone},
		{"?id=order-0", telephone},
		{"?id=01a2155c-4bc1-7fb7-b79c-000000000001", desktop},
		{"?id=01a2155c-4bc1-7fb7-b79c-000000000001", dark},
		{"?id=01a2155c-4bc1-7fb7-b79c-000000000001", telephone},
		{"?id=unknown", darkTelephone},
	} {
		if testing.Short() && i%4 != 2 {
			continue
		}
		p := open(t, url+test.query, test.look)
		p.shoot(fmt.Sprint("recent-", i, "-", test.look.width, "-", test.look.scheme))
		p.do(script(`document.querySelectorAll("details").forEach((d) => { d.open = true })`), script(axe))
		p.axe(test.query)
	}

	p := open(t, url, desktop)
	p.do(script(`window.wanted = [...document.querySelectorAll("a[href], button, input, summary")].filter((e) => e.checkVisibility()); window.reached = []`))
	for range eval[int](p, `wanted.length`) {
		p.do(chromedp.KeyEvent(kb.Tab), script(`reached.push(document.activeElement)`))
	}
	require.Empty(t, eval[[]string](p, `wanted.filter((e, i) => e !== reached[i]).map((e) => e.outerHTML)`))
}
