package validate

import (
	"bytes"
	"cmp"
	"slices"
)

// sortByPlace puts findings in the order of their values in the body. A member
// that is missing stands at the end of the object that it is missing from;
// those missing together keep their order, which is that of declaration.
func sortByPlace(body []byte, found []finding) {
	if len(found) < 2 {
		return
	}
	if len(body) > 0 && !locateFlat(body, found) {
		locate(body, found)
	}
	slices.SortStableFunc(found, func(a, b finding) int { return cmp.Compare(a.offset, b.offset) })
}

// locateFlat is locate for few findings, all about members of the outermost
// object: most requests. It reports false, and does nothing, for others.
func locateFlat(body []byte, found []finding) bool {
	if len(found) > fewChildren {
		return false
	}
	for _, f := range found {
		if f.offset != unplaced || !plain(f.Path) {
			return false
		}
	}
	if bytes.Count(body, []byte{'{'}) != 1 || bytes.IndexByte(body, '[') >= 0 {
		return false
	}
	for i := range found {
		found[i].offset = findMember(body, found[i].Path)
	}
	return true
}

// findMember finds a member of a body that holds one object and no array, and
// returns its end if the member is not there.
func findMember(body []byte, name string) int {
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

// spot is a path, or the beginning of one, that is looked for in a body.
type spot struct {
	step     step
	of       []int // the findings with this path
	children []*spot
	byStep   map[step]*spot // the children, where there are many
	seen     bool
}

// fewChildren is up to where children are looked for one by one.
const fewChildren = 8

// locate finds the offsets of the findings that have none.
func locate(body []byte, found []finding) {
	top := new(spot)
	for i, f := range found {
		if f.offset == unplaced {
			top.want(f.Path, i)
		}
	}
	l := locator{scanner{body, 0}, found}
	l.visit(top)
}

func (s *spot) want(path string, finding int) {
	for {
		next, rest, ok := cutStep(path)
		if !ok {
			s.of = append(s.of, finding)
			return
		}
		s, path = s.enter(next), rest
	}
}

func (s *spot) enter(next step) *spot {
	if child := s.child(next); child != nil {
		return child
	}
	child := &spot{step: next}
	s.children = append(s.children, child)
	switch {
	case s.byStep != nil:
		s.byStep[next] = child
	case len(s.children) > fewChildren:
		s.byStep = make(map[step]*spot, 2*len(s.children))
		for _, c := range s.children {
			s.byStep[c.step] = c
		}
	}
	return child
}

func (s *spot) child(next step) *spot {
	if s.byStep != nil {
		return s.byStep[next]
	}
	for _, c := range s.children {
		if c.step == next {
			return c
		}
	}
	return nil
}

type locator struct {
	scanner
	found []finding
}

// visit places the findings of a spot at the value ahead, and those beneath it
// within.
func (l *locator) visit(s *spot) {
	c := l.kind()
	s.place(l.found, l.i)
	s.seen = true
	if len(s.children) == 0 || c != '{' && c != '[' {
		l.skip()
		s.placeRest(l.found, l.i)
		return
	}
	l.enter()
	for i := 0; l.more(); i++ {
		next := step{index: i, isIndex: true}
		if c == '{' {
			name, _ := l.name()
			next = step{name: string(name)}
		}
		if child := s.child(next); child != nil && !child.seen {
			l.visit(child)
		} else {
			l.skip()
		}
	}
	s.placeRest(l.found, l.i)
}

func (s *spot) place(found []finding, at int) {
	for _, i := range s.of {
		found[i].offset = at
	}
}

// placeRest places what was not met at the end of where it was looked for.
func (s *spot) placeRest(found []finding, at int) {
	for _, c := range s.children {
		if !c.seen {
			c.place(found, at)
			c.placeRest(found, at)
		}
	}
}
