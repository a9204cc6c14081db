package browser

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// Every button of the demo page shows what both sides answered, and the record
// of the request, without a console message.
func TestDemo(t *testing.T) {
	for _, c := range tested() {
		t.Run(c.name, func(t *testing.T) {
			p := open(t, serve(t, c.name)+"/", desktop)
			p.do(script(`document.getElementById("key").value = "YOUR_API_KEY"`))
			names := eval[[]string](p, `[...document.querySelectorAll("article")].map((a) => a.id)`)
			require.Len(t, names, 24)
			for _, name := range names {
				p.send(name)
				sides := eval[[]string](p, fmt.Sprintf(`[...document.querySelectorAll("#%s .side .wire")].map((e) => e.textContent)`, name))
				require.Len(t, sides, 2, name)
				for _, side := range sides {
					require.Contains(t, side, " HTTP/1.1\nHost: 127.0.0.1:", name)
				}
				require.True(t, eval[bool](p, fmt.Sprintf(`document.querySelectorAll("#%s .log tr").length > 8`, name)), "%s has no record", name)
			}
			limit := eval[string](p, `document.querySelector("#key-limit .ours .note").textContent`)
			require.Regexp(t, `^\d+ × 200, then 1 × 429\.`, limit)
			p.shoot("demo-" + c.name)
		})
	}
}

// What is shown is what was on the wire.
func TestDemo_Sides(t *testing.T) {
	p := open(t, serve(t, "standard")+"/", desktop)
	for _, c := range []struct {
		name, ours, end, plain, plainEnd string
	}{
		{"panic", "500 Internal Server Error", "complete", "", "the connection was closed without a response"},
		{"http-error", `"code":"INTERNAL_SERVER_ERROR"`, "complete", "lab-secret: SELECT", "complete"},
		{"sse-fails", "event: error\ndata: {\"error\":{\"code\":\"STREAM_FAILED\"", "complete", "event: number", "complete"},
		{"panic-midway", "the first half", "cut after 15 bytes of the body", "the first half", "cut after 15 bytes of the body"},
		{"hijack", "101 Switching Protocols", "complete", "hello", "complete"},
	} {
		p.send(c.name)
		side := func(n int) string {
			return eval[string](p, fmt.Sprintf(`document.querySelectorAll("#%s .side")[%d].textContent`, c.name, n))
		}
		require.Contains(t, side(0), c.ours, c.name)
		require.Contains(t, side(0), c.end, c.name)
		require.Contains(t, side(1), c.plain, c.name)
		require.Contains(t, side(1), c.plainEnd, c.name)
	}
	require.Contains(t, eval[string](p, `document.querySelector("#panic .log details pre").textContent`), "lab.panics")
	require.NotContains(t, eval[string](p, `document.querySelector("#http-error .ours").textContent`), "lab-secret")
}

// The key of the field is sent; without one the API refuses.
func TestDemo_Key(t *testing.T) {
	p := open(t, serve(t, "chatbase")+"/", desktop)
	for key, code := range map[string]string{
		"":              "AUTH_MISSING_API_KEY",
		"readonly-key":  "AUTH_INSUFFICIENT_PERMISSIONS",
		"free-plan-key": "SUBSCRIPTION_PLAN_REQUIRED",
		"YOUR_API_KEY":  "200 OK",
	} {
		p.do(script(fmt.Sprintf(`document.getElementById("key").value = %q`, key)))
		p.send("api-key")
		require.Contains(t, eval[string](p, `document.querySelector("#api-key .ours").textContent`), code)
	}
}

// Without a script each button loads the page with the result in its place, and the
// fields keep what was entered.
func TestDemo_WithoutScript(t *testing.T) {
	l := telephone
	l.noJS = true
	p := open(t, serve(t, "chatbase")+"/", l)
	p.do(chromedp.SendKeys(`#key`, "readonly-key"), chromedp.KeyEvent(kb.Enter))
	require.Never(t, func() bool { return eval[string](p, `location.pathname`) != "/" }, 300*time.Millisecond, 30*time.Millisecond, "Return sends nothing")
	for i, name := range eval[[]string](p, `[...document.querySelectorAll("article")].map((a) => a.id)`) {
		if i > 0 && name != "key-limit" && testing.Short() {
			continue
		}
		p.do(script(fmt.Sprintf(`document.querySelector("#%s button").click()`, name)))
		p.do(chromedp.WaitVisible(fmt.Sprintf(`#%s .log table`, name)))
		require.Equal(t, []string{name}, eval[[]string](p, `[...document.querySelectorAll("article:has(.side)")].map((a) => a.id)`))
		require.Equal(t, "#"+name, eval[string](p, `location.hash`))
		require.Equal(t, "readonly-key", eval[string](p, `document.getElementById("key").value`))
	}
	p.shoot("demo-noscript")
}

func TestDemo_Accessibility(t *testing.T) {
	axe := axeCore(t)
	url := serve(t, "standard") + "/"
	for i, l := range []look{desktop, {width: 390, scheme: "dark"}, telephone, {width: 1280, scheme: "dark"}} {
		if i > 1 && testing.Short() {
			break // one of each is enough
		}
		p := open(t, url, l)
		for _, name := range []string{"panic", "sse-fails", "panic-midway", "stale"} {
			p.send(name)
		}
		p.do(script(axe))
		p.axe(fmt.Sprint(l))
		require.Empty(t, eval[[]string](p, fmt.Sprintf(`[...document.querySelectorAll("main *")].filter((e) => !e.closest("pre") &&
			e.getBoundingClientRect().right > %d).map((e) => e.outerHTML.slice(0, 80))`, l.width)), "wider than the window")
		p.shoot(fmt.Sprintf("demo-%d-%s", l.width, l.scheme))
		for _, name := range []string{"panic", "sse-fails", "key-limit", "raise"} {
			if *screenshots == "" {
				break
			}
			p.send(name)
			p.do(script(fmt.Sprintf(`document.getElementById(%q).scrollIntoView()`, name)))
			p.shootView(fmt.Sprintf("demo-%s-%d-%s", name, l.width, l.scheme))
		}
	}
}

// send presses the button of a scenario and waits for the result.
func (p *tab) send(name string) {
	p.t.Helper()
	article := fmt.Sprintf(`document.getElementById(%q)`, name)
	if eval[bool](p, article+`.hasAttribute("aria-busy")`) {
		require.Fail(p.t, "it runs already", name)
	}
	p.do(script(article + `.querySelector(".result").replaceChildren()`))
	p.do(script(article + `.querySelector("button").click()`))
	p.eventually(`!` + article + `.hasAttribute("aria-busy") && ` + article + `.querySelector(".result").textContent !== ""`)
	require.False(p.t, strings.HasPrefix(eval[string](p, article+`.querySelector(".result").textContent`), "{"), name)
}
