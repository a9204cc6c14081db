package reference

import (
	"go/parser"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
)

// hostile are texts that try to leave their context.
var hostile = []string{
	"", "plain", "__proto__", "a/b", "errors.md", "*/", "/*", "//", "</script>", "<!--", "]]>", "|", "||", "`", "``a`", "```",
	"a\nb", "a\r\nb", "a\u2028b", "a\u202eb", "\u200f", "\ufeff", "\x00", "\x7f", "\xff", "javascript:alert(1)", `"`, `'`, `\`, `\"`, `\|`, "${x}", "$(id)",
	"!id", "'; rm -rf /; '", "{{.}}", "%s", "# a", "- a", "1. a", "> a", "[a](javascript:b)", "<https://x>", "https://x", "www.x.y",
	"&lt;", "&#60;", "a  ", "  a", "é😀", strings.Repeat("`", 20), "~~~", "***", "___", "$a$", "@user", ":smile:", "=", "a_b_c", "*a*",
}

// A quoted string is one token, and its value is the string.
func TestQuote(t *testing.T) {
	for _, s := range hostile {
		valid := strings.ToValidUTF8(s, "\uFFFD")
		var js string
		require.NoError(t, json.Unmarshal([]byte(quoteJS(s)), &js), "%q", s)
		require.Equal(t, valid, js)
		require.NotRegexp(t, `[^ -~]`, quoteJS(s), "ASCII only")
		_, err := parser.ParseExpr(quoteGo(s))
		require.NoError(t, err)
		g, err := strconv.Unquote(quoteGo(s))
		require.NoError(t, err)
		require.Equal(t, s, g)
	}
}

// A quoted word of the shell is that word.
func TestQuoteShell(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh")
	}
	for _, s := range hostile {
		if strings.Contains(s, "\x00") {
			continue // no argument can have it
		}
		out, err := exec.Command(sh, "-c", "printf %s "+quoteShell(s)).Output()
		require.NoError(t, err)
		require.Equal(t, s, string(out))
	}
}

func TestChain(t *testing.T) {
	for want, path := range map[string][]string{
		`body?.error?.code`:           {"error", "code"},
		`body?.["__pro to__"]?.a1`:    {"__pro to__", "a1"},
		`body?.["1a"]?.["a-b"]?._`:    {"1a", "a-b", "_"},
		`body?.["</script>\u2028"]`:   {"</script>\u2028"},
		`body?.["\"]; alert(1); //"]`: {`"]; alert(1); //`},
		`body?.[""]`:                  {""},
		`body`:                        nil,
	} {
		require.Equal(t, want, chain("body", path))
	}
}

func TestVisible(t *testing.T) {
	for s, want := range map[string]string{
		"plain é😀":       "plain é😀",
		"a\x00b":         `a\u0000b`,
		"a\nb":           `a\u000ab`,
		"a\u202eb":       `a\u202eb`,
		"a\u2066b\u2069": `a\u2066b\u2069`,
		"a\u200eb":       `a\u200eb`,
		"a\u2028b":       `a\u2028b`,
		"a\xffb":         "a\uFFFDb",
		`a\u202eb`:       `a\u202eb`,
	} {
		require.Equal(t, want, visible(s))
	}
}

func TestParagraphs(t *testing.T) {
	for s, want := range map[string][]string{
		"":                      nil,
		"\n\n \n":               nil,
		"one":                   {"one"},
		"one\ntwo":              {"one two"},
		" one \r\n two\r\n":     {"one two"},
		"one\n\ntwo\n\n\nthree": {"one", "two", "three"},
	} {
		var got []string
		for _, l := range paragraphs(s) {
			got = append(got, l[0].Text)
		}
		require.Equal(t, want, got, "%q", s)
	}
}

func TestAnchors(t *testing.T) {
	a := newAnchors()
	for _, test := range []struct{ title, want string }{
		{"Orders", "/orders"},
		{"Orders & items", "/orders-items"},
		{"Orders, items!", "/orders-items-2"},
		{"Headers", "/headers-2"}, // every page has one
		{"Über", "/über"},
		{"!?", "/section"},
		{"?!", "/section-2"},
		{`"><script>`, "/script"},
	} {
		require.Equal(t, test.want, a.of(test.title))
	}
	seen := map[string]string{}
	for _, code := range hostile {
		anchor := anchorOf(code)
		require.NotContains(t, anchor, "/", "a code has no anchor of a section")
		require.NotRegexp(t, `\s`, anchor)
		require.Empty(t, seen[anchor], "%q and %q", code, seen[anchor])
		seen[anchor] = code + "."
	}
}
