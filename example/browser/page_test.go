package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

type contractCode struct{ name, code string }

// contracts are those of the example, each with one of its codes.
var contracts = []contractCode{
	{"chatbase", "AGENT_NOT_FOUND"},
	{"polyai", "FLOW_NOT_FOUND"},
	{"avatarium", "avatar_not_found"},
	{"standard", "RESOURCE_NOT_FOUND"},
	{"problem", "RESOURCE_NOT_FOUND"},
}

// tested are the contracts that a test goes through: under -short the first.
func tested() []contractCode {
	if testing.Short() {
		return contracts[:1]
	}
	return contracts
}

// Under every contract: no console message, the search finds a code, Try it
// shows the response as it came.
func TestPage(t *testing.T) {
	for _, c := range tested() {
		t.Run(c.name, func(t *testing.T) {
			base := serve(t, c.name)
			p := open(t, base+"/errors/", desktop)
			p.eventually(`!document.querySelector("form.search").hidden`)

			// the search
			all := eval[int](p, `document.querySelectorAll("table.codes tbody tr").length`)
			require.Greater(t, all, 10)
			p.do(chromedp.SendKeys("#search", strings.ToLower(c.code)))
			require.Equal(t, []string{c.code}, shownCodes(p))
			require.Equal(t, fmt.Sprintf("1 of %d codes", all), eval[string](p, `document.getElementById("found").textContent`))
			p.shoot(c.name + "-search")
			p.do(chromedp.SendKeys("#search", kb.Enter))
			p.eventually(fmt.Sprintf(`location.hash === "#%s"`, c.code))
			p.do(chromedp.SendKeys("#search", kb.Escape))
			require.Len(t, shownCodes(p), all)

			// Try it
			row := fmt.Sprintf(`document.getElementById(%q)`, c.code)
			p.eventually(row + `.querySelector("details").open`)
			p.do(chromedp.Click(fmt.Sprintf(`tr[id=%q] form.try button`, c.code)))
			p.eventually(row + `.querySelector("output pre") !== null`)
			got := eval[string](p, row+`.querySelector("output pre").textContent`)
			require.True(t, strings.HasPrefix(got, "404 Not Found\n"), got)
			require.Contains(t, got, `"code":"`+c.code+`"`)
			require.Contains(t, got, "\ncache-control: no-store\n")
			require.Regexp(t, `(?m)^x-(request|polyai-correlation)-id: [0-9a-f-]{36}$`, got)
			p.shoot(c.name + "-try")
		})
	}
}

// search types a query in place of the one that is there.
func (p *tab) search(query string) {
	p.t.Helper()
	p.do(script(`document.getElementById("search").value = ""`), chromedp.SendKeys("#search", query))
}

func shownCodes(p *tab) []string {
	return eval[[]string](p, `[...document.querySelectorAll("table.codes tbody tr")]
		.filter((row) => row.checkVisibility()).map((row) => row.querySelector("th").textContent.trim())`)
}

// A search for several words, an ID, a status; one without a result.
func TestPage_Search(t *testing.T) {
	p := open(t, serve(t, "polyai")+"/errors/", desktop)
	for query, want := range map[string][]string{
		"8001":                  {"FLOW_NOT_FOUND"},
		"  FLOW   not_found ":   {"FLOW_NOT_FOUND"},
		"412 pre-release":       {"ErrPreReleaseNotReady"},
		"recording":             {"CONVERSATIONS_RECORDING_NOT_FOUND"},
		"no such code anyway":   {},
		"<script>alert(1)":      {},
		"constructor __proto__": {},
	} {
		p.search(query)
		require.Equal(t, want, shownCodes(p), query)
	}
	p.search("zzz")
	require.Regexp(t, `^0 of \d+ codes$`, eval[string](p, `document.getElementById("found").textContent`))
}

// A deep link scrolls to its code and opens the example, also one that a search
// hides; it works without script too, and to sections.
func TestPage_DeepLink(t *testing.T) {
	base := serve(t, "polyai")
	for _, test := range []struct {
		anchor string
		look   look
	}{
		{"NoTestCasesHttp", desktop},
		{"NoTestCasesHttp", telephone},
		{"NoTestCasesHttp", look{width: 1280, scheme: "light", noJS: true}},
		{"/websocket-close-codes", desktop},
		{"/test-suite", telephone},
	} {
		p := open(t, base+"/errors/#"+test.anchor, test.look)
		top := fmt.Sprintf(`document.getElementById(%q).getBoundingClientRect().top`, test.anchor)
		p.eventually(top + " > 0 && " + top + " < innerHeight - 100")
		head := eval[float64](p, `document.querySelector(".top").getBoundingClientRect().bottom`)
		require.Greater(t, eval[float64](p, top), head-1, "it is not under the head of the page")
		if test.anchor == "NoTestCasesHttp" && !test.look.noJS {
			require.True(t, eval[bool](p, `document.getElementById("NoTestCasesHttp").querySelector("details").open`))
		}
	}

	p := open(t, base+"/errors/", desktop)
	p.do(chromedp.SendKeys("#search", "recording"))
	require.Len(t, shownCodes(p), 1)
	p.do(script(`location.hash = "#FLOW_NOT_FOUND"`))
	p.eventually(`document.getElementById("FLOW_NOT_FOUND").checkVisibility()`)
}

// The page of one code is where Problem.Types leads.
func TestPage_OneCode(t *testing.T) {
	base := serve(t, "problem")
	p := open(t, base+"/errors/RESOURCE_NOT_FOUND", desktop)
	require.Equal(t, "RESOURCE_NOT_FOUND", eval[string](p, `document.querySelector("h1").textContent`))
	p.do(chromedp.Click("form.try button"))
	p.eventually(`document.querySelector("output pre") !== null`)
	got := eval[string](p, `document.querySelector("output pre").textContent`)
	require.Contains(t, got, `"type":"/errors/RESOURCE_NOT_FOUND"`)
	p.shoot("problem-code")
	p.do(chromedp.Click(`main > p:last-child a`))
	p.eventually(`location.hash === "#RESOURCE_NOT_FOUND" && document.querySelector("table.codes") !== null`)
}

// Without script everything is there, and Try it leads to the response.
func TestPage_WithoutScript(t *testing.T) {
	base := serve(t, "chatbase")
	noJS := desktop
	noJS.noJS = true
	p := open(t, base+"/errors/", noJS)
	require.Len(t, shownCodes(p), 21)
	require.False(t, eval[bool](p, `document.querySelector("form.search").checkVisibility()`), "it would do nothing")
	p.do(
		chromedp.Click(`tr[id="AGENT_NOT_FOUND"] summary`),
		chromedp.Click(`tr[id="AGENT_NOT_FOUND"] form.try button`),
	)
	p.eventually(`location.pathname === "/lab/raise/AGENT_NOT_FOUND"`)
	require.Contains(t, eval[string](p, `document.body.textContent`), `"code":"AGENT_NOT_FOUND"`)
}
