package browser

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// axe-core finds nothing on the pages, at both widths, in both schemes, with
// every example open and closed; under -short, on two of them.
func TestAccessibility(t *testing.T) {
	axe := axeCore(t)
	for i, test := range []struct {
		contract, path, scheme string
		width                  int64
	}{
		{"polyai", "", "light", 1280},
		{"avatarium", "", "light", 1280},
		{"avatarium", "", "dark", 1280},
		{"avatarium", "", "light", 390},
		{"avatarium", "", "dark", 390},
		{"problem", "", "dark", 390},
		{"avatarium", "avatar_not_found", "light", 1280},
		{"avatarium", "avatar_not_found", "dark", 390},
	} {
		if testing.Short() && i%4 != 1 {
			continue
		}
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			p := open(t, serve(t, test.contract)+"/errors/"+test.path, look{width: test.width, scheme: test.scheme})
			p.do(script(axe))
			p.axe("as it is")
			p.do(
				script(`document.querySelectorAll("details").forEach((d) => { d.open = true })`),
				script(`document.querySelector("form.try button").click()`),
			)
			p.eventually(`document.querySelector("output pre") !== null`)
			p.axe("with every example open")
		})
	}
}

// axeCore returns the program of axe-core, or skips the test.
func axeCore(t *testing.T) string {
	t.Helper()
	path := filepath.Join("..", "..", ".ci", "node_modules", "axe-core", "axe.min.js")
	axe, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Printf("%s: skipped, there is no %s (npm ci in .ci)\n", t.Name(), path)
		t.Skip("there is no axe-core")
	}
	require.NoError(t, err)
	return string(axe)
}

// axe requires that axe-core, which runs in the tab, finds nothing.
func (p *tab) axe(state string) {
	p.t.Helper()
	found := eval[[]byte](p, `axe.run().then((r) => r.violations.map((v) => ({
		id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.slice(0, 3).map((n) => n.html + n.failureSummary),
	})))`)
	require.JSONEq(p.t, "[]", string(found), state)
}

// Every control is reached with the Tab key alone, in the order of the page,
// and shows that it has the focus; the examples open and Try it works with
// Enter.
func TestKeyboard(t *testing.T) {
	for _, l := range []look{desktop, telephone} {
		p := open(t, serve(t, "avatarium")+"/errors/", l)
		p.eventually(`!document.querySelector("form.search").hidden`)
		p.do(script(`
			window.wanted = [...document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")].filter((e) => e.checkVisibility())
			window.reached = []`))
		count := eval[int](p, `wanted.length`)
		require.Greater(t, count, 50)
		for range count {
			p.do(chromedp.KeyEvent(kb.Tab), script(`reached.push(document.activeElement)`))
		}
		missed := eval[[]string](p, `wanted.filter((e) => !reached.includes(e)).map((e) => e.outerHTML)`)
		require.Empty(t, missed)
		require.True(t, eval[bool](p, `wanted.every((e, i) => e === reached[i])`), "in the order of the page")

		// the examples and Try it
		p.do(
			chromedp.Focus(`tr[id="avatar_not_found"] summary`), chromedp.KeyEvent(kb.Enter),
			chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Tab),
		)
		require.Equal(t, "BUTTON", eval[string](p, `document.activeElement.tagName`))
		require.NotEqual(t, "none", eval[string](p, `getComputedStyle(document.activeElement).outlineStyle`))
		p.do(chromedp.KeyEvent(kb.Enter))
		p.eventually(`document.getElementById("avatar_not_found").querySelector("output pre") !== null`)
		p.eventually(`document.activeElement.tagName === "BUTTON"`)

		// the shortcut of the search
		p.do(script(`document.activeElement.blur()`))
		require.False(t, eval[bool](p, `document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "/", bubbles: true, cancelable: true }))`), "the key is taken")
		require.Equal(t, "search", eval[string](p, `document.activeElement.id`))
		p.do(chromedp.KeyEvent("quota/"))
		require.Equal(t, "quota/", eval[string](p, `document.activeElement.value`))
	}
}

// Nothing is wider than a telephone, and text is large enough to read.
func TestTelephone(t *testing.T) {
	for _, c := range tested() {
		base := serve(t, c.name)
		for _, path := range []string{"/errors/", "/errors/" + c.code} {
			p := open(t, base+path, telephone)
			p.do(script(`document.querySelectorAll("details").forEach((d) => { d.open = true })`))
			require.EqualValues(t, 390, eval[int](p, `document.documentElement.scrollWidth`), "%s %s", c.name, path)
			small := eval[[]string](p, `[...document.querySelectorAll("p, td, th, li, code, summary")].filter((e) => e.checkVisibility() &&
				parseFloat(getComputedStyle(e).fontSize) < 12).map((e) => e.outerHTML)`)
			require.Empty(t, small)
		}
	}
}

// Printed, the examples are there and the controls are not.
func TestPrint(t *testing.T) {
	l := desktop
	l.print = true
	p := open(t, serve(t, "avatarium")+"/errors/", l)
	require.Empty(t, eval[[]string](p, `[...document.querySelectorAll("nav, form, button, .skip")].filter((e) => e.checkVisibility()).map((e) => e.outerHTML)`))
	require.True(t, eval[bool](p, `[...document.querySelectorAll("table.codes pre")].every((e) => e.getBoundingClientRect().height > 0)`))
	p.shoot("print")
}

// Pictures to be looked at, with -screenshots.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("no pictures are wanted")
	}
	base := serve(t, "polyai")
	for _, width := range []int64{1280, 390} {
		for _, scheme := range []string{"light", "dark"} {
			l := look{width: width, scheme: scheme}
			open(t, base+"/errors/", l).shoot(fmt.Sprintf("page-%d-%s", width, scheme))
			for _, anchor := range []string{"failures-of-every-endpoint", "handling-errors", "go", "troubleshooting"} {
				open(t, base+"/errors/#/"+anchor, l).shootView(fmt.Sprintf("%s-%d-%s", anchor, width, scheme))
			}
			p := open(t, base+"/errors/#FLOW_NOT_FOUND", l)
			p.do(chromedp.Click(`tr[id="FLOW_NOT_FOUND"] form.try button`))
			p.eventually(`document.querySelector("output pre") !== null`)
			p.shootView(fmt.Sprintf("code-%d-%s", width, scheme))
			open(t, base+"/errors/FLOW_NOT_FOUND", l).shoot(fmt.Sprintf("one-%d-%s", width, scheme))
		}
	}
}
