package reference

import (
	"bytes"
	"slices"
	"strings"
)

// add adds a member to an object of the document.
func (n *node) add(name string, value any) {
	n.addedMembers = append(n.addedMembers, property{name, value})
}

// bytes returns the text with what was added.
func (d *textDocument) bytes() []byte {
	var edits []insertion
	d.insertions(d.root, &edits)
	slices.SortStableFunc(edits, func(a, b insertion) int { return a.at - b.at })
	size := len(d.text)
	for _, e := range edits {
		size += len(e.text)
	}
	out, from := make([]byte, 0, size), 0
	for _, e := range edits {
		out = append(append(out, d.text[from:e.at]...), e.text...)
		from = e.at
	}
	return append(out, d.text[from:]...)
}

// insertion is text that is added at an offset.
type insertion struct {
	at   int
	text string
}

func (d *textDocument) insertions(n *node, edits *[]insertion) {
	for _, m := range n.members {
		d.insertions(m.value, edits)
	}
	for _, e := range n.elements {
		d.insertions(e, edits)
	}
	if len(n.addedMembers)+len(n.addedElements) == 0 {
		return
	}
	var added []string
	colon := ":"
	if d.newline != "" {
		colon = ": "
	}
	indent := d.indentOf(n)
	for _, p := range n.addedMembers {
		added = append(added, string(appendText(nil, p.name))+colon+d.layout(p.value, indent))
	}
	for _, v := range n.addedElements {
		added = append(added, d.layout(v, indent))
	}
	*edits = append(*edits, d.insertionInto(n, indent, added))
}

// insertionInto adds texts behind the last part of an object or array, each on
// a line of its own if the document has lines.
func (d *textDocument) insertionInto(n *node, indent string, added []string) insertion {
	at, comma := n.start+1, ""
	if len(n.members) > 0 {
		at, comma = n.members[len(n.members)-1].value.end, ","
	} else if len(n.elements) > 0 {
		at, comma = n.elements[len(n.elements)-1].end, ","
	}
	if d.newline == "" {
		return insertion{at, comma + strings.Join(added, ",")}
	}
	line := d.newline + indent
	text := comma + line + strings.Join(added, ","+line)
	if !bytes.ContainsRune(d.text[at:n.end], '\n') {
		text += d.newline + d.lineIndent(n.start)
	}
	return insertion{at, text}
}

// indentOf is the indentation of the parts of an object or array: that of its
// last one if it begins a line.
func (d *textDocument) indentOf(n *node) string {
	at := 0
	if len(n.members) > 0 {
		at = n.members[len(n.members)-1].at
	} else if len(n.elements) > 0 {
		at = n.elements[len(n.elements)-1].start
	}
	if indent := d.lineIndent(at); at > 0 && d.lineStart(at)+len(indent) == at {
		return indent
	}
	return d.lineIndent(n.start) + d.unit
}

// lineIndent is the white space with which the line of an offset begins.
func (d *textDocument) lineIndent(at int) string {
	start := d.lineStart(at)
	end := start
	for end < at && (d.text[end] == ' ' || d.text[end] == '\t') {
		end++
	}
	return string(d.text[start:end])
}

// lineStart is where the line of an offset begins. Lines are looked up, since a
// line may be as long as the document.
func (d *textDocument) lineStart(at int) int {
	if d.lines == nil {
		d.lines = []int{0}
		for i, c := range d.text {
			if c == '\n' {
				d.lines = append(d.lines, i+1)
			}
		}
	}
	i, found := slices.BinarySearch(d.lines, at)
	if !found {
		i--
	}
	return d.lines[i]
}

// layout is a value as text at an indentation.
func (d *textDocument) layout(v any, indent string) string {
	if d.newline == "" {
		return string(encoded(v))
	}
	return string(appendLines(nil, v, d.newline, indent, d.unit))
}
