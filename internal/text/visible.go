package text

import (
	"fmt"
	"strings"
	"unicode"
)

// Visible returns s as valid UTF-8 in which control characters and the marks
// that change the direction of text are spelled out, as \u202e: they would
// otherwise make a page show something else than it says.
func Visible(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexFunc(s, isInvisible) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if isInvisible(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isInvisible reports whether Visible replaces r.
func isInvisible(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) ||
		r == '\u2028' || r == '\u2029' || r == '\ufeff'
}
