package reference

// span is a piece of a line: plain text, code, or a link.
type span struct {
	Text string
	Code bool
	Href string // empty: no link
}

// line is text without a line break.
type line []span

// words makes a line of strings, which are text, and spans. Its strings are
// part of the program: what comes from a contract or a page goes through plain
// or code.
func words(parts ...any) line {
	l := make(line, len(parts))
	for i, p := range parts {
		switch p := p.(type) {
		case string:
			l[i] = span{Text: p}
		case span:
			l[i] = p
		}
	}
	return l
}

// plain is a text of a contract or a page.
func plain(s string) span { return span{Text: visible(oneLine(s))} }

// code is a word of the wire: a code, a member, a header.
func code(s string) span { return span{Text: visible(s), Code: true} }
