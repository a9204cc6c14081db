package reference

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/go-json-experiment/json/jsontext"
)

// quoteJS returns s as a string literal of JavaScript and TypeScript, in ASCII.
func quoteJS(s string) string {
	var b strings.Builder
	for _, r := range quoteJSON(strings.ToValidUTF8(s, "\uFFFD")) {
		switch {
		case r < 0x7f:
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		}
	}
	return b.String()
}

// quoteJSON returns s as a JSON string.
func quoteJSON(s string) string {
	b, err := jsontext.AppendQuote(nil, s)
	if err != nil { // s is not valid UTF-8: b has replacement characters
		b, _ = jsontext.AppendQuote(nil, strings.ToValidUTF8(s, "\uFFFD"))
	}
	return string(b)
}

// quoteGo returns s as a string literal of Go, in ASCII.
func quoteGo(s string) string { return strconv.QuoteToASCII(s) }

// quoteShell returns s as one word of a POSIX shell.
func quoteShell(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// chain returns the JavaScript that reads the member at a path of root, or
// undefined where an object on the way is missing.
func chain(root string, path []string) string {
	var b strings.Builder
	b.WriteString(root)
	for _, name := range path {
		if isIdentifier(name) {
			b.WriteString("?." + name)
		} else {
			b.WriteString("?.[" + quoteJS(name) + "]")
		}
	}
	return b.String()
}

// isIdentifier reports whether s is an ASCII identifier.
func isIdentifier(s string) bool {
	for i, r := range s {
		letter := 'a' <= r|0x20 && r|0x20 <= 'z' || r == '_'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}
