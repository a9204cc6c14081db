package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Every button of the demo page shows what both sides answered, and the record
// of the request, without a console message.
func TestDemo(t *testing.T) {
	for i, c := range contracts {
		t.Run(c.name, func(t *testing.T) {
			if i > 0 && testing.Short() {
				t.Skip("one contract is enough for -short")
			}
			p := open(t, serve(t, c.name)+"/", desktop)
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

// Without a script the button loads the page with the result in its place.
func TestDemo_WithoutScript(t *testing.T) {
	l := telephone
	l.noJS = true
	p := open(t, serve(t, "chatbase")+"/", l)
	p.do(chromedp.Click(`#panic button`))
	p.do(chromedp.WaitVisible(`#panic .log table`))
	p.shoot("demo-noscript")
}

func TestDemo_Accessibility(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("..", "..", ".ci", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		fmt.Println(t.Name() + ": skipped, there is no axe-core (npm ci in .ci)")
		t.Skip("there is no axe-core")
	}
	url := serve(t, "standard") + "/"
	for _, l := range []look{desktop, telephone, {width: 1280, scheme: "dark"}, {width: 390, scheme: "dark"}} {
		p := open(t, url, l)
		for _, name := range []string{"panic", "sse-fails", "panic-midway", "stale"} {
			p.send(name)
		}
		p.do(script(string(axe)))
		found := eval[[]byte](p, `axe.run().then((r) => r.violations.map((v) => [v.id, v.help, v.nodes.slice(0, 3).map((n) => n.html)]))`)
		require.JSONEq(t, "[]", string(found), "%v", l)
		require.Empty(t, eval[[]string](p, fmt.Sprintf(`[...document.querySelectorAll("main *")].filter((e) => !e.closest("pre") &&
			e.getBoundingClientRect().right > %d).map((e) => e.outerHTML.slice(0, 80))`, l.width)), "wider than the window")
		p.shoot(fmt.Sprintf("demo-%d-%s", l.width, l.scheme))
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
