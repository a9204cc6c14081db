package decode

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/validate/internal/violation"
)

// SortByPosition puts violations in the order of their values in the body. A
// member that is missing stands at the end of the object that it is missing
// from; those missing together keep their order, which is that of declaration.
func SortByPosition(body []byte, found []violation.Violation) {
	if len(found) < 2 {
		return
	}
	if len(body) > 0 && !placeFlat(body, found) {
		place(body, found)
	}
	slices.SortStableFunc(found, func(a, b violation.Violation) int { return cmp.Compare(a.Offset, b.Offset) })
}

// few is the number of violations, or of children, that are searched one by one.
const few = 8

// placeFlat is place for few violations, all of members of the outermost
// object: most requests. It reports false, and does nothing, for others.
func placeFlat(body []byte, found []violation.Violation) bool {
	if len(found) > few {
		return false
	}
	for _, v := range found {
		if v.Offset != violation.Unplaced || !fieldpath.Plain(v.Path) {
			return false
		}
	}
	if bytes.Count(body, []byte{'{'}) != 1 || bytes.IndexByte(body, '[') >= 0 {
		return false
	}
	for i := range found {
		found[i].Offset = memberOffset(body, found[i].Path)
	}
	return true
}

// memberOffset finds a member of a body that holds one object and no array, and
// returns the end of the body if the member is not there.
func memberOffset(body []byte, name string) int {
	for i := 0; i+len(name)+2 <= len(body); {
		at := bytes.Index(body[i:], []byte(name))
		if at < 0 {
			break
		}
		at += i
		i = at + 1
		if at < 2 || at+len(name) >= len(body) || body[at-1] != '"' || body[at-2] == '\\' || body[at+len(name)] != '"' {
			continue
		}
		// In a string value no quote stands without a backslash, and none is
		// followed by a colon.
		if rest := bytes.TrimLeft(body[at+len(name)+1:], " \t\r\n"); len(rest) > 0 && rest[0] == ':' {
			return at - 1
		}
	}
	return len(body)
}

// node is a path, or the beginning of one, whose position is searched.
type node struct {
	step     fieldpath.Step
	of       []int // the violations with this path
	children []*node
	byName   map[string]*node // the children that are members, where there are many
	byIndex  map[int]*node    // the children that are elements, where there are many
	seen     bool
}

// place finds the offsets of the violations that have none.
func place(body []byte, found []violation.Violation) {
	top := new(node)
	for i, v := range found {
		if v.Offset == violation.Unplaced {
			top.add(v.Path, i)
		}
	}
	p := placer{scanner{b: body}, found}
	p.visit(top)
}

func (n *node) add(path string, i int) {
	for {
		step, rest, ok := fieldpath.Cut(path)
		if !ok {
			n.of = append(n.of, i)
			return
		}
		n, path = n.enter(step), rest
	}
}

// enter returns the child of a step, and makes it if there is none.
func (n *node) enter(step fieldpath.Step) *node {
	child := n.child(step.IsIndex, step.Index, []byte(step.Name))
	if child != nil {
		return child
	}
	child = &node{step: step}
	n.children = append(n.children, child)
	if n.byName != nil {
		n.index(child)
	} else if len(n.children) > few {
		n.byName, n.byIndex = make(map[string]*node), make(map[int]*node)
		for _, c := range n.children {
			n.index(c)
		}
	}
	return child
}

func (n *node) index(child *node) {
	if child.step.IsIndex {
		n.byIndex[child.step.Index] = child
	} else {
		n.byName[child.step.Name] = child
	}
}

func (n *node) child(isIndex bool, i int, name []byte) *node {
	switch {
	case n.byName != nil && isIndex:
		return n.byIndex[i]
	case n.byName != nil:
		return n.byName[string(name)]
	}
	for _, c := range n.children {
		if c.step.IsIndex == isIndex && c.step.Index == i && c.step.Name == string(name) {
			return c
		}
	}
	return nil
}

type placer struct {
	scanner
	found []violation.Violation
}

// visit places the violations of a node at the value ahead, and those beneath
// it within that value.
func (p *placer) visit(n *node) {
	c := p.kind()
	n.place(p.found, p.i)
	n.seen = true
	if len(n.children) == 0 || c != '{' && c != '[' {
		p.skip()
		n.placeRest(p.found, p.i)
		return
	}
	p.enter()
	for i := 0; p.more(); i++ {
		var child *node
		if c == '{' {
			name, _ := p.name()
			child = n.child(false, 0, name)
		} else {
			child = n.child(true, i, nil)
		}
		if child != nil && !child.seen {
			p.visit(child)
		} else {
			p.skip()
		}
	}
	n.placeRest(p.found, p.i)
}

func (n *node) place(found []violation.Violation, offset int) {
	for _, i := range n.of {
		found[i].Offset = offset
	}
}

// placeRest places what was not met at the end of where it was searched.
func (n *node) placeRest(found []violation.Violation, offset int) {
	for _, c := range n.children {
		if !c.seen {
			c.place(found, offset)
			c.placeRest(found, offset)
		}
	}
}
