package reference

import "strings"

// docComment returns a text as a documentation comment, nothing for an empty
// one. Nothing in the text ends the comment, begins a tag or a directive.
func docComment(indent, text string) string {
	lines := commentLines(text)
	switch len(lines) {
	case 0:
		return ""
	case 1:
		return indent + "/** " + lines[0] + " */\n"
	}
	return commentBlock(indent, lines)
}

func commentBlock(indent string, lines []string) string {
	var b strings.Builder
	b.WriteString(indent + "/**\n")
	for _, l := range lines {
		b.WriteString(strings.TrimRight(indent+" * "+l, " ") + "\n")
	}
	b.WriteString(indent + " */\n")
	return b.String()
}

// commentLines returns the lines of a text for a comment, without blank ones at
// its ends.
func commentLines(text string) (lines []string) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	for l := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		l = visible(strings.TrimSpace(l))
		l = strings.ReplaceAll(l, "*/", `*\/`)
		l = strings.ReplaceAll(l, "{@", `{\@`)
		if strings.HasPrefix(l, "@") {
			l = `\` + l
		}
		if l != "" || len(lines) > 0 && lines[len(lines)-1] != "" {
			lines = append(lines, l)
		}
	}
	return lines
}
