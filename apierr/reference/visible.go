package reference

import (
	"fmt"
	"strings"
	"unicode"
)

// visible returns s as valid UTF-8 in which control characters and the marks
// that change the direction of text are spelled out, as \u202e: they would
// otherwise make a page show something else than it says.
func visible(s string) string {
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

// isInvisible reports whether visible replaces r.
func isInvisible(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) ||
		r == '\u2028' || r == '\u2029' || r == '\ufeff'
}

// oneLine replaces line breaks, with the white space around them, by a space.
func oneLine(s string) string {
	if !strings.ContainsAny(s, "\r\n") {
		return s
	}
	lines := strings.FieldsFunc(s, func(r rune) bool { return r == '\r' || r == '\n' })
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, " ")
}

// paragraphs divides a text at its blank lines.
func paragraphs(s string) []line {
	var lines []line
	s = strings.ReplaceAll(s, "\r\n", "\n")
	for p := range strings.SplitSeq(s, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			lines = append(lines, line{plain(p)})
		}
	}
	return lines
}
