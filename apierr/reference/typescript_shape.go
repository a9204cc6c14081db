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

	// What depends on the code whose body it is.
	codeShape
	idShape
	detailsShape
)

var (
	anything = &shape{kind: unknownShape}
	aString  = &shape{kind: stringShape}
	aNumber  = &shape{kind: numberShape}

	// anObject has any members.
	anObject = &shape{kind: objectShape, rest: anything}
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

// typeNames are how a type names what depends on the code.
type typeNames struct{ code, id, details string }

// ofCode names them in a type with the type parameter C.
var ofCode = typeNames{"C", "ErrorIDs[C]", "ErrorDetails[C]"}

// ofAny names them where the code is not declared.
var ofAny = typeNames{"string", "number", "Details"}

// scalarTypes are the types that a kind has by itself.
var scalarTypes = map[shapeKind]string{
	unknownShape: "unknown", neverShape: "never", stringShape: "string", numberShape: "number", booleanShape: "boolean",
}

// typ writes the type. indent is the indentation of the line that it begins in.
func (s *shape) typ(n typeNames, indent string) string {
	switch s.kind {
	case literalShape:
		return s.literal
	case codeShape:
		return n.code
	case idShape:
		return n.id
	case detailsShape:
		return n.details
	case unionShape:
		return s.joined(" | ", n, indent)
	case allShape:
		return s.joined(" & ", n, indent)
	case listShape:
		return "ReadonlyArray<" + s.rest.typ(n, indent) + ">"
	case tupleShape:
		return s.tuple(n, indent)
	case objectShape:
		return s.object(n, indent)
	case refShape:
		return "Definitions[" + quoteJS(s.ref) + "]"
	}
	return scalarTypes[s.kind]
}

// joined writes a union or an intersection, in parentheses.
func (s *shape) joined(operator string, n typeNames, indent string) string {
	types := make([]string, len(s.parts))
	for i, p := range s.parts {
		types[i] = p.typ(n, indent)
	}
	return "(" + strings.Join(types, operator) + ")"
}

func (s *shape) tuple(n typeNames, indent string) string {
	var elements []string
	for i, p := range s.parts {
		element := p.typ(n, indent)
		if i >= s.least {
			element = "(" + element + ")?"
		}
		elements = append(elements, element)
	}
	if s.rest != nil {
		elements = append(elements, "...ReadonlyArray<"+s.rest.typ(n, indent)+">")
	}
	return "readonly [" + strings.Join(elements, ", ") + "]"
}

func (s *shape) object(n typeNames, indent string) string {
	if len(s.members) == 0 {
		if s.rest == nil || s.rest.kind == unknownShape {
			return "Details"
		}
		return "{ readonly [name: string]: " + s.rest.typ(n, indent) + " }"
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
		b.WriteString(": " + m.value.typ(n, inner) + ";\n")
	}
	if s.rest != nil {
		b.WriteString(inner + "readonly [name: string]: " + s.indexType(n, inner) + ";\n")
	}
	b.WriteString(indent + "}")
	return b.String()
}

// indexType is the type of an index signature beside members: TypeScript demands
// that it covers theirs.
func (s *shape) indexType(n typeNames, indent string) string {
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
	add(s.rest.typ(n, indent))
	optional := false
	for _, m := range s.members {
		if m.value.kind == unknownShape {
			return "unknown"
		}
		add(m.value.typ(n, indent))
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

// withoutDetails returns s with any value in place of the details.
func withoutDetails(s *shape) *shape {
	if s.kind == detailsShape {
		return anObject
	}
	c := *s
	c.parts = slices.Clone(s.parts)
	for i, p := range c.parts {
		c.parts[i] = withoutDetails(p)
	}
	c.members = slices.Clone(s.members)
	for i, m := range c.members {
		c.members[i].value = withoutDetails(m.value)
	}
	if s.rest != nil {
		c.rest = withoutDetails(s.rest)
	}
	return &c
}
