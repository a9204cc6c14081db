package reference

import (
	"strings"

	texts "github.com/failwell/failwell/internal/text"
)

// visible is [texts.Visible], under which every text is on the page.
func visible(s string) string { return texts.Visible(s) }

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
