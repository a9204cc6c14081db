package browser

import (
	"fmt"
	goast "go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
	texts "github.com/failwell/failwell/internal/hostile"
)

// hostile are texts that try to leave their context.
var hostile = texts.Texts()

// contractOf puts the texts wherever a contract and a page have one, each in a
// place of its own. n texts make n errors and n sections.
func contractOf(texts []string) (apierr.Contract, reference.Page) {
	c := apierr.Contract{Name: texts[0], Title: texts[1], Version: texts[2], Deprecated: map[*apierr.Error]string{}, DetailsSchemas: map[*apierr.Error]string{}}
	page := reference.Page{Intro: texts[3], Support: texts[4]}
	inner := []apierr.Member{{Name: "code", From: apierr.FromCode, Doc: texts[5]}, {Name: "message", From: apierr.FromMessage}, {Name: "details", From: apierr.FromDetails}}
	for i, s := range texts {
		e := &apierr.Error{Code: s, Status: 400 + i%10, Message: s, Doc: s}
		if s == "" {
			e.Code = "EMPTY"
		}
		e.Details = map[string]any{s: s}
		c.Sections = append(c.Sections, apierr.Section{Title: fmt.Sprintf("%s%d", s, i), Doc: s, Errors: []*apierr.Error{e}})
		c.Deprecated[e] = s
		c.DetailsSchemas[e] = `{"type":"object","description":` + strconv.Quote(fmt.Sprintf("%x", s)) + `}`
		inner = append(inner, apierr.Member{Name: fmt.Sprintf("%s%d", s, i), Doc: s, JSON: `"x"`})
		page.Statuses = append(page.Statuses, reference.Status{Status: 430 + i, Meaning: s, When: s})
		page.Headers = append(page.Headers, reference.Header{Name: fmt.Sprint("X-RateLimit-", i), When: s, Meaning: s})
		page.CloseCodes = append(page.CloseCodes, reference.CloseCode{Code: 4000 + i, Meaning: s, When: s})
		page.Sections = append(page.Sections, reference.PageSection{
			Title: fmt.Sprintf("%s %d", s, i), Text: s, Columns: []string{s, "b"}, Rows: [][]string{{s, s}},
			Links: []reference.Link{{Text: s, URL: "https://x.example/a_(b)"}},
		})
	}
	c.Format = apierr.Envelope{Members: []apierr.Member{{Name: texts[6], Members: inner}}}
	c.Mappings = map[*apierr.Error]apierr.Mapping{}
	for i, builtin := range apierr.Standard.Errors { // so that the page refers to codes
		c.Mappings[builtin] = apierr.Mapping{Error: c.Sections[i%len(c.Sections)].Errors[0]}
	}
	return c, page
}

// plain are as many texts as texts that mean nothing anywhere. Where one is
// empty or a single paragraph, so is the other.
func plainLike(texts []string) []string {
	plain := make([]string, len(texts))
	for i, s := range texts {
		plain[i] = fmt.Sprint("plain", i)
		if strings.Contains(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
			plain[i] += "\n\nmore"
		}
	}
	return plain
}

// The elements of a page and their attributes do not depend on the texts in it:
// with hostile texts they are those of the same contract with plain ones.
func TestHostile_HTML(t *testing.T) {
	bad, good := render(t, reference.HTML, hostile), render(t, reference.HTML, plainLike(hostile))
	require.Equal(t, htmlShape(parseHTML(t, good)), htmlShape(parseHTML(t, bad)))
	requireHTML(t, bad)
}

// The pages of one error too, and what they link to.
func TestHostile_Handler(t *testing.T) {
	c, page := contractOf(hostile)
	page.TryIt = "/lab/raise/"
	h := reference.Handler(c, page)
	shape := ""
	for _, code := range hostile {
		if slices.Contains([]string{".", "..", "errors.md", "contract.json", "style.css"}, code) {
			continue
		}
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path = "/errors/" + code
		r.URL.RawPath = "/errors/" + strings.ReplaceAll(escapePath(code), "+", "%2B")
		h.ServeHTTP(w, r)
		require.Equal(t, 200, w.Code, "%q", code)
		requireHTML(t, w.Body.Bytes())
		n := parseHTML(t, w.Body.Bytes())
		require.Equal(t, shownAs(code), strings.TrimSpace(rawText(elements(n, "h1")[0])), "%q", code)
		if !strings.Contains(strings.ReplaceAll(code, "\r\n", "\n"), "\n\n") && strings.TrimSpace(code) != "" {
			if shape == "" {
				shape = htmlShape(n)
			}
			require.Equal(t, shape, htmlShape(n), "%q", code)
		}
	}
}

func escapePath(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	return b.String()
}

// requireHTML requires what holds for every page: no link but to the page
// itself, its neighbours and where the page says; each ID once; each code as
// the name of its row.
func requireHTML(t *testing.T, page []byte) {
	t.Helper()
	n := parseHTML(t, page)
	ids := map[string]bool{}
	for d := range n.Descendants() {
		for _, a := range d.Attr {
			switch a.Key {
			case "href":
				require.Regexp(t, `^(#|\./|https://x\.example/a_%28b%29$)`, a.Val)
			case "src":
				require.Equal(t, "./script.js", a.Val)
			case "action":
				require.Regexp(t, `^/lab/raise/[^/]*$`, a.Val)
			case "id":
				require.False(t, ids[a.Val], "%q", a.Val)
				ids[a.Val] = true
				require.NotRegexp(t, `\s`, a.Val)
			default:
				require.NotRegexp(t, `^on|^style$|^srcdoc$`, a.Key)
			}
		}
	}
	for _, a := range elements(n, "a") {
		if href := attribute(a, "href"); strings.HasPrefix(href, "#") {
			decoded, err := url.PathUnescape(href[1:])
			require.NoError(t, err)
			require.True(t, ids[href[1:]] || ids[decoded], "%q leads nowhere", href)
		}
	}
}

// shownAs returns a code as a page shows it.
func shownAs(code string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(code, "\uFFFD") {
		if r < ' ' || r == 0x7f || strings.ContainsRune("\u200f\u2028\u202e\u2066\u2069\ufeff", r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

func render(t *testing.T, form func(apierr.Contract, reference.Page) ([]byte, error), texts []string) []byte {
	t.Helper()
	c, page := contractOf(texts)
	b, err := form(c, page)
	require.NoError(t, err)
	return b
}

// htmlShape returns the elements of a tree and the names of their attributes.
func htmlShape(n *html.Node) string {
	var b strings.Builder
	var walk func(n *html.Node, depth int)
	walk = func(n *html.Node, depth int) {
		switch n.Type {
		case html.ElementNode:
			var names []string
			for _, a := range n.Attr {
				names = append(names, a.Key)
			}
			fmt.Fprintln(&b, strings.Repeat(" ", depth), n.Data, names)
		case html.CommentNode:
			fmt.Fprintln(&b, strings.Repeat(" ", depth), "comment")
		}
		for c := range n.ChildNodes() {
			walk(c, depth+1)
		}
	}
	walk(n, 0)
	return b.String()
}

// The nodes of the Markdown do not depend on the texts in it, but for links,
// which headings without a letter have not, and code spans, which cells with a
// backslash and a bar have not.
func TestHostile_Markdown(t *testing.T) {
	bad, good := render(t, reference.Markdown, hostile), render(t, reference.Markdown, plainLike(hostile))
	require.Equal(t, strings.Split(markdownShape(good), "\n"), strings.Split(markdownShape(bad), "\n"))
	ast.Walk(parseMarkdown(bad), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.HTMLBlock, *ast.RawHTML, *ast.AutoLink, *ast.Image:
			t.Errorf("a %s: %s", n.Kind(), markdownText(n, bad))
		case *ast.Link:
			require.Regexp(t, `^(#|https://x\.example/a_\(b\)$)`, string(n.Destination))
		}
		return ast.WalkContinue, nil
	})
}

// raw is a format that escapes nothing.
type raw struct{}

func (raw) Name() string        { return "raw" }
func (raw) ContentType() string { return "text/x-raw" }
func (raw) Append(dst []byte, e *apierr.Error, _ apierr.Info) ([]byte, error) {
	return append(dst, e.Code+"\n"+e.Code...), nil
}

// Bodies of a format that writes whatever it likes stay in their blocks.
func TestHostile_Format(t *testing.T) {
	contract := func(texts []string) apierr.Contract {
		c, _ := contractOf(texts)
		c.Format = raw{}
		return c
	}
	bad, good := contract(hostile), contract(plainLike(hostile))
	for _, test := range []struct {
		form  func(apierr.Contract, reference.Page) ([]byte, error)
		shape func([]byte) string
	}{
		{reference.Markdown, markdownShape},
		{reference.HTML, func(b []byte) string { return htmlShape(parseHTML(t, b)) }},
	} {
		b, err := test.form(bad, reference.Page{})
		require.NoError(t, err)
		g, err := test.form(good, reference.Page{})
		require.NoError(t, err)
		require.Equal(t, strings.Split(test.shape(g), "\n"), strings.Split(test.shape(b), "\n"))
	}
}

// Each code is the name of a row, each message its meaning.
func TestHostile_Rows(t *testing.T) {
	tables := map[string]map[string]table{
		"html":     htmlTables(t, render(t, reference.HTML, hostile)),
		"markdown": markdownTables(t, render(t, reference.Markdown, hostile)),
	}
	for form, byHeading := range tables {
		codes := map[string]bool{}
		for _, table := range byHeading {
			if !slices.Contains(table.columns, "Code") || !slices.Contains(table.columns, "Status") || slices.Contains(table.columns, "Failure") {
				continue
			}
			for _, cells := range table.body {
				codes[strings.Join(strings.Fields(cells[0]), " ")] = true
			}
		}
		for _, code := range hostile {
			require.True(t, codes[strings.Join(strings.Fields(shownAs(code)), " ")], "%s: %q in %q", form, code, codes)
		}
	}
}

// markdownShape returns the nodes of a tree but for texts, code spans and links.
func markdownShape(source []byte) string {
	var b strings.Builder
	var walk func(n ast.Node, depth int)
	walk = func(n ast.Node, depth int) {
		switch n.Kind() {
		case ast.KindText, ast.KindString:
			return
		case ast.KindLink, ast.KindCodeSpan:
		default:
			fmt.Fprintln(&b, strings.Repeat(" ", depth), n.Kind())
			depth++
		}
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			walk(c, depth)
		}
	}
	walk(parseMarkdown(source), 0)
	return b.String()
}

// The sample clients are programs whatever the members and codes are called:
// the same program as under plain names.
func TestHostile_Clients(t *testing.T) {
	dir := t.TempDir()
	for i, name := range hostile {
		c := apierr.Contract{
			Errors: []*apierr.Error{{Code: name, Status: 404}},
			Format: apierr.Envelope{Members: []apierr.Member{{Name: name, Members: []apierr.Member{
				{Name: "c" + name, From: apierr.FromCode}, {Name: "m" + name, From: apierr.FromMessage},
			}}}},
		}
		md, err := reference.Markdown(c, reference.Page{Path: "/a?b=c&d=%27"})
		require.NoError(t, err)
		clients := fences(md)

		file, err := parser.ParseFile(token.NewFileSet(), "client.go", clients["go"], 0)
		require.NoError(t, err, "%q", name)
		var literals []string
		goast.Inspect(file, func(n goast.Node) bool {
			if lit, ok := n.(*goast.BasicLit); ok && lit.Kind == token.STRING {
				s, err := strconv.Unquote(lit.Value)
				require.NoError(t, err)
				literals = append(literals, s)
			}
			return true
		})
		for _, want := range []string{name, "c" + name, "m" + name} {
			require.Contains(t, literals, want)
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.mjs", i)), []byte(clients["js"]), 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.sh", i)), []byte(clients["sh"]), 0o644))
		out, err := exec.Command("sh", "-n", filepath.Join(dir, fmt.Sprintf("%d.sh", i))).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("the JavaScript clients are checked by node, which is not on the PATH")
	}
	check := `import { readFileSync } from "node:fs"; import vm from "node:vm"
		for (let i = 0; i < +process.argv[2]; i++) new vm.SourceTextModule(readFileSync(process.argv[1] + "/" + i + ".mjs", "utf8"))`
	out, err := exec.Command(node, "--experimental-vm-modules", "--no-warnings", "--input-type=module", "-e", check, dir, fmt.Sprint(len(hostile))).CombinedOutput()
	require.NoError(t, err, string(out))
}

// fences returns the first block of code of each language.
func fences(md []byte) map[string]string {
	found := map[string]string{}
	for n := parseMarkdown(md).FirstChild(); n != nil; n = n.NextSibling() {
		if f, ok := n.(*ast.FencedCodeBlock); ok && found[string(f.Language(md))] == "" {
			found[string(f.Language(md))] = markdownText(f, md)
		}
	}
	return found
}

// In a browser nothing runs and nothing is fetched; the page works on.
func TestHostile_Browser(t *testing.T) {
	c, page := contractOf(hostile)
	page.TryIt = "/lab/raise/"
	mux := http.NewServeMux()
	mux.Handle("/errors/", reference.Handler(c, page))
	mux.HandleFunc("/lab/raise/{code}", func(w http.ResponseWriter, r *http.Request) {
		apierr.Write(w, r, c.Lookup(r.PathValue("code")))
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	p := open(t, srv.URL+"/errors/", desktop)
	p.eventually(`!document.querySelector("form.search").hidden`)
	p.search("__proto__")
	require.Equal(t, []string{"__proto__"}, shownCodes(p))
	p.do(chromedp.SendKeys("#search", "\r"))
	p.eventually(`document.getElementById("__proto__").querySelector("details").open`)
	p.search("</script>")
	require.Equal(t, []string{"</script><script>alert(1)</script>"}, shownCodes(p))
	p.do(chromedp.SendKeys("#search", "\r"))
	p.do(script(`document.querySelector("tr:target form.try button").click()`))
	p.eventually(`document.querySelector("output pre") !== null`)
	require.Contains(t, eval[string](p, `document.querySelector("output pre").textContent`), `</script><script>alert(1)</script>`)
	require.True(t, eval[bool](p, `document.documentElement.scrollWidth <= 1280`), "3,000 letters are broken into lines")
}
