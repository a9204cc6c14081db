package decode

import (
	"strings"

	"github.com/failwell/failwell/validate/internal/schema"
)

// The name of a parameter is the name of a member and further steps. Both forms
// of steps that the web's form libraries write are understood, also mixed:
//
//	filter.name     filter[name]      a member
//	items[0].name   items[0][name]    an element, and a member of it
//	meta[key]                         an entry of a map
//	tags            tags[]            all elements, in the order that they were sent in

// step is one step of a name.
type step struct {
	member *schema.Member // of an object
	index  int            // of a list
	name   string         // of an entry
	rest   string         // of the name
}

// maxElements is the number of elements that can be addressed by an index.
const maxElements = 100

// Head finds the member that a name begins with, and what is behind it.
func Head(t *schema.Type, name string) (m *schema.Member, rest string) {
	if len(name) <= t.LongestName() {
		if m = t.Member(name); m != nil {
			return m, ""
		}
	}
	if i := strings.IndexAny(name, ".["); i >= 0 && i <= t.LongestName() {
		return t.Member(name[:i]), name[i:]
	}
	return nil, ""
}

// ends reports whether the texts of a name are those of a value of type t: there
// is no further step, or the one that stands for all elements of a list.
func ends(t *schema.Type, rest string) bool {
	return rest == "" || rest == AllElements && t.Kind == schema.List
}

// AllElements is the step to all elements of a list.
const AllElements = "[]"

// next takes one step off the rest of a name, from a value of type t. ok is
// false if the type has no such step.
func next(t *schema.Type, rest string) (s step, ok bool) {
	if rest[0] == '.' {
		if t.Kind == schema.Object {
			s.member, s.rest = Head(t, rest[1:])
		}
		return s, s.member != nil
	}
	end := strings.IndexByte(rest, ']')
	if rest[0] != '[' || end < 2 {
		return s, false
	}
	s.name, s.rest = rest[1:end], rest[end+1:]
	switch t.Kind {
	case schema.Object:
		if len(s.name) <= t.LongestName() {
			s.member = t.Member(s.name)
		}
		return s, s.member != nil
	case schema.List:
		s.index, ok = parseIndex(s.name)
		return s, ok
	}
	return s, t.Kind == schema.Map
}

// follow follows the steps of a name behind the member m, and returns the type of
// the values that it leads to, nil if it leads nowhere. visit, if not nil, is called
// before each step with the type that it is a step of, and ends the walk with false.
func follow(t *schema.Type, m *schema.Member, rest string, maxDepth int, visit func(t *schema.Type, s step) bool) *schema.Type {
	if !wellFormed(rest, maxDepth) {
		return nil
	}
	for t = pointee(t.Source.Of(m.Go)); !ends(t, rest); {
		s, ok := next(t, rest)
		if !ok || visit != nil && !visit(t, s) {
			return nil
		}
		if t.Kind == schema.Object {
			t = pointee(t.Source.Of(s.member.Go))
		} else {
			t = pointee(t.Elem())
		}
		rest = s.rest
	}
	return t
}

// pointee is the type behind pointers and Optionals.
func pointee(t *schema.Type) *schema.Type {
	for t.Kind == schema.Pointer || t.Kind == schema.Optional {
		t = t.Elem()
	}
	return t
}

// parseIndex parses an index below maxElements, which has one spelling.
func parseIndex(digits string) (i int, ok bool) {
	if len(digits) > 1 && digits[0] == '0' {
		return 0, false
	}
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' || i >= maxElements {
			return 0, false
		}
		i = 10*i + int(c-'0')
	}
	return i, i < maxElements
}

// wellFormed reports whether every bracket in the rest of a name is closed
// before the next one opens, and the rest has at most maxDepth steps.
func wellFormed(rest string, maxDepth int) bool {
	open, steps := false, 0
	for i := range len(rest) {
		switch c := rest[i]; {
		case c == '[' && open, c == ']' && !open:
			return false
		case c == '[', c == ']':
			open = c == '['
		}
		if rest[i] == '[' || rest[i] == '.' {
			steps++
		}
	}
	return !open && steps <= maxDepth
}
