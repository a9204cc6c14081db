package reference

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Bounds of a document. A value of it takes some 150 bytes while it is described.
const (
	maxDocument      = 32 << 20 // bytes
	maxDocumentDepth = 500      // of values in values
	maxReferences    = 16       // that lead to each other
)

// node is a value of a document, where it is in the text, and what is added to
// it.
type node struct {
	kind       jsontext.Kind
	start, end int    // in bytes
	text       string // of a string, decoded

	members  []member         // of an object
	index    map[string]*node // of many members
	elements []*node          // of an array

	addedMembers  object // after the members
	addedElements []any  // after the elements
}

// member is a member of an object; at is where its name begins.
type member struct {
	name  string
	at    int
	value *node
}

// get returns the value of a member, nil if n is no object or does not have it.
func (n *node) get(name string) *node {
	if n == nil {
		return nil
	}
	if len(n.members) > 16 {
		if n.index == nil {
			n.index = make(map[string]*node, len(n.members))
			for _, m := range n.members {
				n.index[m.name] = m.value
			}
		}
		return n.index[name]
	}
	for _, m := range n.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

func (n *node) isObject() bool { return n != nil && n.kind == '{' }
func (n *node) isArray() bool  { return n != nil && n.kind == '[' }
func (n *node) isString() bool { return n != nil && n.kind == '"' }

// textDocument is a JSON document to which members are added. The rest of its
// text stays as it is.
type textDocument struct {
	text    []byte
	root    *node
	newline string // between lines; empty: the document is one line
	unit    string // of indentation
	lines   []int  // where the lines begin; nil: it is not known yet
}

func parseText(text []byte) (*textDocument, error) {
	if len(text) > maxDocument {
		return nil, fmt.Errorf("the document is longer than %d MiB", maxDocument>>20)
	}
	p := textParser{text: text, decoder: jsontext.NewDecoder(bytes.NewReader(text))}
	root, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := p.decoder.ReadToken(); err != io.EOF {
		return nil, errors.New("the document has more than one JSON value")
	}
	if root.kind != '{' {
		return nil, errors.New("the document is no JSON object")
	}
	d := &textDocument{text: text, root: root, unit: "  "}
	if len(root.members) > 0 {
		before := string(text[root.start+1 : root.members[0].at])
		if i := strings.LastIndexByte(before, '\n'); i >= 0 {
			d.newline = "\n"
			if i > 0 && before[i-1] == '\r' {
				d.newline = "\r\n"
			}
			if before[i+1:] != "" {
				d.unit = before[i+1:]
			}
		}
	}
	return d, nil
}

type textParser struct {
	text    []byte
	decoder *jsontext.Decoder
}

func (p *textParser) value(depth int) (*node, error) {
	if depth > maxDocumentDepth {
		return nil, fmt.Errorf("the document has values more than %d deep", maxDocumentDepth)
	}
	kind := p.decoder.PeekKind()
	if kind != '{' && kind != '[' {
		v, err := p.decoder.ReadValue()
		if err != nil {
			return nil, err
		}
		end := int(p.decoder.InputOffset())
		n := &node{kind: kind, start: end - len(v), end: end}
		if kind == '"' {
			n.text = textOf(v)
		}
		return n, nil
	}
	if _, err := p.decoder.ReadToken(); err != nil {
		return nil, err
	}
	n := &node{kind: kind, start: int(p.decoder.InputOffset()) - 1}
	for {
		next := p.decoder.PeekKind()
		if next == '}' || next == ']' {
			break
		}
		if kind == '{' {
			name, err := p.decoder.ReadValue()
			if err != nil {
				return nil, err
			}
			m := member{name: textOf(name), at: int(p.decoder.InputOffset()) - len(name)}
			if m.value, err = p.value(depth + 1); err != nil {
				return nil, err
			}
			n.members = append(n.members, m)
			continue
		}
		element, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.elements = append(n.elements, element)
	}
	if _, err := p.decoder.ReadToken(); err != nil {
		return nil, err
	}
	n.end = int(p.decoder.InputOffset())
	return n, nil
}

// resolve returns what n leads to if it is a reference within the document; n
// if it is none; nil if it leads out of the document, nowhere or in a circle.
func (d *textDocument) resolve(n *node) *node {
	for range maxReferences {
		ref := n.get("$ref")
		if !ref.isString() {
			return n
		}
		if n = d.at(ref.text); n == nil {
			return nil
		}
	}
	return nil
}

// at returns the value at a URI fragment that is a JSON Pointer, RFC 6901
// section 6; nil if there is none.
func (d *textDocument) at(ref string) *node {
	pointer, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil
	}
	pointer, err := url.PathUnescape(pointer)
	if err != nil || pointer != "" && pointer[0] != '/' {
		return nil
	}
	n := d.root
	for _, step := range strings.Split(pointer, "/")[1:] {
		step = strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
		if n.isArray() {
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(n.elements) {
				return nil
			}
			n = n.elements[i]
			continue
		}
		if n = n.get(step); n == nil {
			return nil
		}
	}
	return n
}

// raw returns the text of a value.
func (d *textDocument) raw(n *node) jsontext.Value { return jsontext.Value(d.text[n.start:n.end]) }
