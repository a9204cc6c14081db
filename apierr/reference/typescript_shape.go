package reference

import (
	"slices"
	"strconv"
	"strings"
)

// shape is the form of a JSON value. It is written twice: as a type of
// TypeScript, and as the table by which the generated code checks a value.
type shape struct {
	kind    shapeKind
	literal string   // of literalShape: a scalar of JSON as TypeScript
	parts   []*shape // of unionShape and allShape; the first elements of tupleShape
	least   int      // of tupleShape: how many of parts are always there
	rest    *shape   // elements of listShape, further ones of tupleShape, members of objectShape that are not listed; nil: see there
	members []shapeMember
	ref     string // of refShape: a definition
}

// shapeMember is a member of an object.
type shapeMember struct {
	name     string
	doc      string
	value    *shape
	optional bool
}

type shapeKind uint8

const (
	unknownShape shapeKind = iota // any value
	neverShape                    // no value
	stringShape
	numberShape
	booleanShape
	literalShape
	unionShape
	allShape    // all of parts at once
	listShape   // an array with elements of one shape
	tupleShape  // an array; nil rest: nothing follows parts
	objectShape // nil rest: other members are not described
	refShape

	// What depends on the code whose body it is: the type parameter C.
	codeShape
	idShape
	detailsShape
)

var (
	anything = &shape{kind: unknownShape}
	aString  = &shape{kind: stringShape}
	aNumber  = &shape{kind: numberShape}
)

func listOf(element *shape) *shape { return &shape{kind: listShape, rest: element} }

// union returns the union of shapes, each once.
func union(parts []*shape) *shape {
	var distinct []*shape
	seen := map[string]bool{}
	for _, p := range parts {
		if p.kind == unknownShape {
			return anything
		}
		if text := p.table(); !seen[text] && p.kind != neverShape {
			seen[text] = true
			distinct = append(distinct, p)
		}
	}
	switch len(distinct) {
	case 0:
		return &shape{kind: neverShape}
	case 1:
		return distinct[0]
	}
	return &shape{kind: unionShape, parts: distinct}
}

// merge returns the shape of what has the shape a or b, nil unless they are equal
// but for members that may be absent.
func merge(a, b *shape) *shape {
	if a.kind != objectShape || b.kind != objectShape {
		if a.table() != b.table() {
			return nil
		}
		return a
	}
	if a.restTable() != b.restTable() || len(a.members) == 0 || len(b.members) == 0 {
		return nil
	}
	m := &shape{kind: objectShape, rest: a.rest}
	for _, in := range a.members {
		i := slices.IndexFunc(b.members, func(o shapeMember) bool { return o.name == in.name })
		if i < 0 {
			in.optional = true
		} else {
			in.optional = in.optional || b.members[i].optional
			if in.value = merge(in.value, b.members[i].value); in.value == nil {
				return nil
			}
		}
		m.members = append(m.members, in)
	}
	for _, in := range b.members {
		if !slices.ContainsFunc(a.members, func(o shapeMember) bool { return o.name == in.name }) {
			in.optional = true
			m.members = append(m.members, in)
		}
	}
	return m
}

// all returns the shape of what has all shapes at once.
func all(parts []*shape) *shape {
	var distinct []*shape
	for _, p := range parts {
		if p.kind != unknownShape {
			distinct = append(distinct, p)
		}
	}
	switch len(distinct) {
	case 0:
		return anything
	case 1:
		return distinct[0]
	}
	return &shape{kind: allShape, parts: distinct}
}

// scalarTypes are the types that a kind has by itself.
var scalarTypes = map[shapeKind]string{
	unknownShape: "unknown", neverShape: "never", stringShape: "string", numberShape: "number", booleanShape: "boolean",
	codeShape: "C", idShape: "ErrorIDs[C]", detailsShape: "ErrorDetails[C]",
}

// typ writes the type. indent is the indentation of the line that it begins in.
func (s *shape) typ(indent string) string {
	switch s.kind {
	case literalShape:
		return s.literal
	case unionShape:
		return s.joined(" | ", indent)
	case allShape:
		return s.joined(" & ", indent)
	case listShape:
		return arrayOf(s.rest.typ(indent))
	case tupleShape:
		return s.tuple(indent)
	case objectShape:
		return s.object(indent)
	case refShape:
		return "Definitions[" + quoteJS(s.ref) + "]"
	}
	return scalarTypes[s.kind]
}

// arrayOf writes the type of an array.
func arrayOf(element string) string {
	if strings.HasPrefix(element, "readonly ") {
		element = "(" + element + ")"
	}
	return "readonly " + element + "[]"
}

// joined writes a union or an intersection, in parentheses.
func (s *shape) joined(operator, indent string) string {
	types := make([]string, len(s.parts))
	for i, p := range s.parts {
		types[i] = p.typ(indent)
	}
	return "(" + strings.Join(types, operator) + ")"
}

func (s *shape) tuple(indent string) string {
	var elements []string
	for i, p := range s.parts {
		element := p.typ(indent)
		if i >= s.least {
			element = "(" + element + ")?"
		}
		elements = append(elements, element)
	}
	if s.rest != nil {
		elements = append(elements, "..."+arrayOf(s.rest.typ(indent)))
	}
	return "readonly [" + strings.Join(elements, ", ") + "]"
}

func (s *shape) object(indent string) string {
	if len(s.members) == 0 {
		if s.rest == nil || s.rest.kind == unknownShape {
			return "Details"
		}
		return "{ readonly [name: string]: " + s.rest.typ(indent) + " }"
	}
	var b strings.Builder
	b.WriteString("{\n")
	inner := indent + "  "
	for _, m := range s.members {
		b.WriteString(docComment(inner, m.doc))
		b.WriteString(inner + "readonly " + propertyName(m.name))
		if m.optional {
			b.WriteString("?")
		}
		b.WriteString(": " + m.value.typ(inner) + ";\n")
	}
	if s.rest != nil {
		b.WriteString(inner + "readonly [name: string]: " + s.indexType(inner) + ";\n")
	}
	b.WriteString(indent + "}")
	return b.String()
}

// indexType is the type of an index signature beside members: TypeScript demands
// that it covers theirs.
func (s *shape) indexType(indent string) string {
	if s.rest.kind == unknownShape {
		return "unknown"
	}
	types, seen := []string{}, map[string]bool{}
	add := func(text string) {
		if text != "never" && !seen[text] {
			seen[text] = true
			types = append(types, text)
		}
	}
	add(s.rest.typ(indent))
	optional := false
	for _, m := range s.members {
		if m.value.kind == unknownShape {
			return "unknown"
		}
		add(m.value.typ(indent))
		optional = optional || m.optional
	}
	if optional {
		add("undefined")
	}
	if len(types) == 0 {
		return "never"
	}
	return strings.Join(types, " | ")
}

// propertyName returns a name of a member for a type.
func propertyName(name string) string {
	if isIdentifier(name) {
		return name
	}
	return quoteJS(name)
}

// tables are the kinds that the table names.
var tables = map[shapeKind]string{
	unknownShape: `"unknown"`, neverShape: `"never"`, stringShape: `"string"`, numberShape: `"number"`, booleanShape: `"boolean"`,
	codeShape: `"code"`, idShape: `"id"`, detailsShape: `"unknown"`, // they are checked by themselves
}

// table writes the shape as a value of the type Shape in the generated code.
func (s *shape) table() string {
	switch s.kind {
	case literalShape:
		return "{ is: " + s.literal + " }"
	case unionShape:
		return "{ some: [" + tablesOf(s.parts) + "] }"
	case allShape:
		return "{ every: [" + tablesOf(s.parts) + "] }"
	case listShape:
		return "{ elements: [], least: 0, rest: " + s.rest.table() + " }"
	case tupleShape:
		return "{ elements: [" + tablesOf(s.parts) + "], least: " + strconv.Itoa(s.least) + s.restTable() + " }"
	case objectShape:
		members := make([]string, len(s.members))
		for i, m := range s.members {
			members[i] = "[" + quoteJS(m.name) + ", " + m.value.table()
			if m.optional {
				members[i] += ", true"
			}
			members[i] += "]"
		}
		return "{ members: [" + strings.Join(members, ", ") + "]" + s.restTable() + " }"
	case refShape:
		return "{ ref: " + quoteJS(s.ref) + " }"
	}
	return tables[s.kind]
}

func (s *shape) restTable() string {
	if s.rest == nil || s.kind == objectShape && s.rest.kind == unknownShape {
		return ""
	}
	return ", rest: " + s.rest.table()
}

func tablesOf(shapes []*shape) string {
	list := make([]string, len(shapes))
	for i, s := range shapes {
		list[i] = s.table()
	}
	return strings.Join(list, ", ")
}

// isOfCode reports whether the type depends on the code.
func (s *shape) isOfCode() bool {
	switch s.kind {
	case codeShape, idShape, detailsShape:
		return true
	}
	return s.rest != nil && s.rest.isOfCode() ||
		slices.ContainsFunc(s.parts, (*shape).isOfCode) ||
		slices.ContainsFunc(s.members, func(m shapeMember) bool { return m.value.isOfCode() })
}
