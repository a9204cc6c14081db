package conformance

import (
	"cmp"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
)

// word is a text that may not be shown. It is recognized as JSON, URLs and HTML
// write it, too.
type word struct {
	text  string
	forms *regexp.Regexp
}

func newWord(text string) word {
	var b strings.Builder
	for _, r := range text {
		b.WriteString("(?:" + strings.Join(spellings(r), "|") + ")")
	}
	return word{text, regexp.MustCompile(b.String())}
}

// spellings returns patterns for a character as it is, and as it is escaped.
func spellings(r rune) []string {
	s := string(r)
	all := []string{regexp.QuoteMeta(s), fmt.Sprintf("&#(?:0*%d|[xX]0*(?i:%x));", r, r)}
	units := ""
	for _, u := range utf16.Encode([]rune{r}) {
		units += fmt.Sprintf(`\\u(?i:%04x)`, u) // RFC 8259 section 7
	}
	all = append(all, units)
	if strings.Contains(`"\/`, s) {
		all = append(all, `\\`+regexp.QuoteMeta(s))
	}
	percent := ""
	for _, c := range []byte(s) {
		percent += fmt.Sprintf("%%(?i:%02x)", c)
	}
	all = append(all, percent)
	if query := url.QueryEscape(s); r == ' ' {
		all = append(all, regexp.QuoteMeta(query))
	}
	if entity := html.EscapeString(s); entity != s {
		all = append(all, entity, map[rune]string{'"': "&quot;", '\'': "&apos;"}[r])
	}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

// in reports whether the text has the word.
func (w word) in(text string) bool {
	return strings.Contains(text, w.text) || strings.ContainsAny(text, `\%&+`) && w.forms.MatchString(text)
}

// redact replaces the word.
func (w word) redact(text string) string {
	if !w.in(text) {
		return text
	}
	text = strings.ReplaceAll(text, w.text, redacted) // it may be no UTF-8
	return w.forms.ReplaceAllLiteralString(text, redacted)
}

// longestFirst sorts words, so that no part of one is left where another is
// redacted that it begins with.
func longestFirst(words []word) {
	slices.SortStableFunc(words, func(a, b word) int { return cmp.Compare(len(b.text), len(a.text)) })
}
