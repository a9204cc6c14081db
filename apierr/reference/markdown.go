package reference

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/failwell/failwell/apierr"
)

// Markdown returns the reference page of c as GitHub Flavored Markdown without
// HTML, for a repository or a documentation site. It returns the faults of c and
// of page. Equal arguments give equal bytes.
func Markdown(c apierr.Contract, page Page) ([]byte, error) {
	d, err := newDocument(c, page)
	if err != nil {
		return nil, err
	}
	return d.markdown(), nil
}

func (d *document) markdown() []byte {
	m := &markdown{headings: headings{}, hasIDs: d.HasIDs, toc: map[string]string{}}
	m.headings.of(d.Title)
	m.assign(d)
	m.heading(1, escape(d.Title))
	if d.Version != "" {
		m.paragraph("Version " + escape(d.Version))
	}
	for _, l := range d.Intro {
		m.paragraph(m.line(l))
	}
	m.contents(d)
	for _, s := range d.Sections {
		m.section(2, s)
	}
	return []byte(m.b.String())
}

// markdown writes a document.
type markdown struct {
	b        strings.Builder
	headings headings
	toc      map[string]string // the forge's anchor of a heading, by ours
	hasIDs   bool
}

// assign finds the anchors that a forge makes of the headings, in their order.
func (m *markdown) assign(d *document) {
	var of func(sections []section)
	of = func(sections []section) {
		for _, s := range sections {
			m.toc[s.Anchor] = m.headings.of(s.Title)
			for _, b := range s.Blocks {
				for _, e := range b.Errors {
					m.toc[e.Anchor] = m.headings.of(e.Shown())
				}
			}
			of(s.Sections)
		}
	}
	of(d.Sections)
}

func (m *markdown) contents(d *document) {
	for _, s := range d.Sections {
		m.item(0, m.link(escape(s.Title), m.toc[s.Anchor]))
		for _, sub := range s.Sections {
			m.item(1, m.link(escape(sub.Title), m.toc[sub.Anchor]))
		}
	}
	m.b.WriteByte('\n')
}

func (m *markdown) section(level int, s section) {
	m.heading(level, escape(s.Title))
	for _, b := range s.Blocks {
		m.block(level, b)
	}
	for _, sub := range s.Sections {
		m.section(level+1, sub)
	}
}

func (m *markdown) block(level int, b block) {
	switch {
	case b.Text != nil:
		m.paragraph(m.line(b.Text))
	case b.List != nil:
		for _, l := range b.List {
			m.item(0, m.line(l))
		}
		m.b.WriteByte('\n')
	case b.Table != nil:
		cells := make([]string, len(b.Table.Columns))
		for i, c := range b.Table.Columns {
			cells[i] = escape(c)
		}
		m.head(cells)
		for _, row := range b.Table.Rows {
			for i, l := range row {
				cells[i] = m.line(inCell(l))
			}
			m.row(cells)
		}
		m.b.WriteByte('\n')
	case b.Sample != nil:
		m.paragraph(escape(b.Sample.Title) + ":")
		m.fence(b.Sample.Language, b.Sample.Text)
	case b.Errors != nil:
		m.codes(b.Errors)
		for _, e := range b.Errors {
			m.entry(level+1, e)
		}
	}
}

// codes is the table of a section's codes.
func (m *markdown) codes(entries []*entry) {
	head := []string{"Code", "ID", "Status", "Meaning"}
	if !m.hasIDs {
		head = []string{"Code", "Status", "Meaning"}
	}
	m.head(head)
	for _, e := range entries {
		row := []string{m.link(m.line(inCell(line{{Text: e.Shown(), Code: true}})), m.toc[e.Anchor])}
		if m.hasIDs {
			id := ""
			if e.ID != 0 {
				id = strconv.Itoa(e.ID)
			}
			row = append(row, id)
		}
		meaning := escape(e.Message)
		if e.Deprecated {
			meaning = strings.TrimSpace("**Deprecated.** " + meaning)
		}
		m.row(append(row, fmt.Sprintf("%d %s", e.Status, escape(e.Phrase)), meaning))
	}
	m.b.WriteByte('\n')
}

// entry says the rest of a code: its Doc, its successor, its example.
func (m *markdown) entry(level int, e *entry) {
	m.heading(level, codeSpan(e.Shown()))
	if e.Deprecated {
		m.paragraph(strings.TrimSpace("**Deprecated.** " + m.line(e.Instead)))
	}
	for _, l := range e.Doc {
		m.paragraph(m.line(l))
	}
	m.fence(e.Example.Language, e.Example.Text)
	if e.Schema != "" {
		m.paragraph("JSON Schema of the details:")
		m.fence("json", e.Schema)
	}
}

func (m *markdown) heading(level int, s string) {
	fmt.Fprintf(&m.b, "%s %s\n\n", strings.Repeat("#", min(level, 6)), s)
}

func (m *markdown) paragraph(s string) { fmt.Fprintf(&m.b, "%s\n\n", s) }

func (m *markdown) item(depth int, s string) {
	fmt.Fprintf(&m.b, "%s- %s\n", strings.Repeat("  ", depth), s)
}

func (m *markdown) head(cells []string) {
	m.row(cells)
	m.b.WriteString("|" + strings.Repeat(" --- |", len(cells)) + "\n")
}

// inCell returns the line for a cell of a table. A code span in a cell cannot
// have a backslash before a bar (GFM section 4.10): such code is plain text.
func inCell(l line) line {
	l = slices.Clone(l)
	for i := range l {
		l[i].Code = l[i].Code && !strings.Contains(l[i].Text, `\|`)
	}
	return l
}

// row writes a table row. A bar divides cells even in a code span, so that it is
// escaped there too.
func (m *markdown) row(cells []string) {
	m.b.WriteByte('|')
	for _, c := range cells {
		m.b.WriteString(" " + escapeBars(c) + " |")
	}
	m.b.WriteByte('\n')
}

// fence writes a block of code, fenced by more backticks than it has in a row.
func (m *markdown) fence(language, s string) {
	ticks := strings.Repeat("`", max(3, longestRun(s, '`')+1))
	fmt.Fprintf(&m.b, "%s%s\n%s\n%s\n\n", ticks, language, strings.TrimSuffix(s, "\n"), ticks)
}

func (m *markdown) line(l line) string {
	var b strings.Builder
	for i, s := range l {
		t := escape(s.Text)
		switch {
		case s.Code:
			t = codeSpan(s.Text)
		case i == 0:
			t = escapeStart(t)
		}
		if strings.HasPrefix(s.Href, "#") {
			if anchor, ok := m.toc[s.Href[1:]]; ok {
				t = m.link(t, anchor)
			}
		} else if s.Href != "" {
			t = "[" + t + "](<" + s.Href + ">)" // isLink admits no angle brackets
		}
		b.WriteString(t)
	}
	return b.String()
}

// link is a link to a heading. Without an anchor it is the text alone.
func (m *markdown) link(text, anchor string) string {
	if anchor == "" {
		return text
	}
	return "[" + text + "](#" + anchor + ")"
}

// headings makes the anchors that forges make of headings: lower case, spaces
// as hyphens, other punctuation left out, a number behind one that is taken.
type headings map[string]int

func (h headings) of(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			b.WriteRune(r)
		}
	}
	s := b.String()
	if s == "" {
		return ""
	}
	n := h[s]
	h[s]++
	if n > 0 {
		s += "-" + strconv.Itoa(n)
	}
	return s
}
