package reference

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// The bounds of a schema's conversion. What is beyond them is unknown.
const (
	maxShapeDepth = 32      // of shapes in each other
	maxShapes     = 10_000  // of one code
	maxInlined    = 1 << 18 // of all codes, behind references
	maxMerged     = 64      // of a union whose parts are compared with each other
)

// schemaShapes converts the JSON Schemas of one code: that of its details, and
// those of its bodies. It covers what types can say: the keywords type,
// properties, required, additionalProperties, items, prefixItems, enum, const,
// anyOf, oneOf, allOf and $ref. Other keywords, such as minimum, only narrow
// values further, and are ignored.
type schemaShapes struct {
	code    string
	id      int            // 0: the code has none
	details *detailsSchema // nil: there is none
	inBody  bool           // the schema is of a body, not of the details

	definitions map[string]*shape // by name, those that are referred to
	order       []string          // of definitions
	count       int
	inlined     *int     // behind references, of all codes
	seen        []string // the references that are being followed
}

// shapeOf converts a schema. guarded: it is inside of an object, and may refer to
// what it is in. TypeScript does not allow that inside of an array alone.
func (c *schemaShapes) shapeOf(node any, depth int, guarded bool) *shape {
	if len(c.seen) > 0 {
		*c.inlined++
	}
	if c.count++; depth > maxShapeDepth || c.count > maxShapes || *c.inlined > maxInlined {
		return anything
	}
	schema, ok := node.(object)
	if node == false {
		return &shape{kind: neverShape}
	}
	if !ok {
		return anything
	}
	var parts []*shape
	if ref, ok := schema.get("$ref").(string); ok {
		parts = append(parts, c.refer(ref, depth, guarded))
	}
	if v := schema.get("const"); v != nil {
		parts = append(parts, c.literal(v, depth))
	}
	if values, ok := schema.get("enum").([]any); ok {
		parts = append(parts, union(eachOf(values, func(v any) *shape { return c.literal(v, depth) })))
	}
	for _, keyword := range []string{"anyOf", "oneOf"} {
		if list, ok := schema.get(keyword).([]any); ok {
			parts = append(parts, c.union(c.shapesOf(list, depth, guarded)))
		}
	}
	if list, ok := schema.get("allOf").([]any); ok {
		parts = append(parts, c.shapesOf(list, depth, guarded)...)
	}
	if !has(schema, "const", "enum") { // which say more than the type
		parts = append(parts, c.typed(schema, depth, guarded))
	}
	return all(parts)
}

// union is the union of shapes. Bodies that differ in the members that they have
// are one, whose members are optional: a client need not care.
func (c *schemaShapes) union(parts []*shape) *shape {
	if !c.inBody || len(parts) > maxMerged {
		return union(parts)
	}
	var merged []*shape
	for _, p := range parts {
		i := slices.IndexFunc(merged, func(m *shape) bool { return merge(m, p) != nil })
		if i < 0 {
			merged = append(merged, p)
		} else {
			merged[i] = merge(merged[i], p)
		}
	}
	return union(merged)
}

func (c *schemaShapes) shapesOf(list []any, depth int, guarded bool) []*shape {
	return eachOf(list, func(node any) *shape { return c.shapeOf(node, depth+1, guarded) })
}

func eachOf(list []any, convert func(any) *shape) []*shape {
	shapes := make([]*shape, len(list))
	for i, v := range list {
		shapes[i] = convert(v)
	}
	return shapes
}

// refer converts a reference, which leads into the schema of the details. One
// that is guarded becomes a definition, since it may be a cycle. Any other is
// followed, and a cycle of these is unknown.
func (c *schemaShapes) refer(ref string, depth int, guarded bool) *shape {
	target, pointer, ok := c.resolve(ref)
	switch {
	case !ok:
		return anything
	case c.inBody && pointer == "":
		return &shape{kind: detailsShape}
	case !guarded:
		if slices.Contains(c.seen, pointer) {
			return anything
		}
		c.seen = append(c.seen, pointer)
		defer func() { c.seen = c.seen[:len(c.seen)-1] }()
		return c.shapeOf(target, depth+1, false)
	}
	name := c.code + "#" + pointer
	if _, ok := c.definitions[name]; !ok {
		c.definitions[name] = anything // until it is converted
		c.order = append(c.order, name)
		outer := *c
		c.seen, c.inBody = []string{pointer}, false
		c.definitions[name] = c.shapeOf(target, 0, false)
		c.seen, c.inBody = outer.seen, outer.inBody
	}
	return &shape{kind: refShape, ref: name}
}

// resolve returns the schema that a reference leads to, and its JSON Pointer in
// the schema of the details.
func (c *schemaShapes) resolve(ref string) (target any, pointer string, ok bool) {
	if c.details == nil {
		return nil, "", false
	}
	pointer, ok = strings.CutPrefix(ref, c.details.reference().get("$ref").(string))
	if !ok || pointer != "" && pointer[0] != '/' {
		return nil, "", false
	}
	target = c.details.root
	for i, step := range strings.Split(pointer, "/") {
		if i == 0 {
			continue
		}
		step = pointerStep(step)
		switch node := target.(type) {
		case object:
			target = node.get(step)
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(node) {
				return nil, "", false
			}
			target = node[i]
		default:
			return nil, "", false
		}
	}
	return target, pointer, target != nil
}

// pointerStep decodes a step of a JSON Pointer in a fragment, RFC 6901 section 6.
func pointerStep(s string) string {
	if decoded, err := url.PathUnescape(s); err == nil {
		s = decoded
	}
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(s)
}

// typed converts what a schema says for each type. Without a type, properties
// mean an object and items an array.
func (c *schemaShapes) typed(schema object, depth int, guarded bool) *shape {
	var types []any
	switch t := schema.get("type").(type) {
	case string:
		types = []any{t}
	case []any:
		types = t
	default:
		switch {
		case has(schema, "properties", "required", "additionalProperties", "patternProperties"):
			types = []any{"object"}
		case has(schema, "items", "prefixItems"):
			types = []any{"array"}
		default:
			return anything
		}
	}
	return union(eachOf(types, func(t any) *shape {
		switch t {
		case "string":
			return aString
		case "number", "integer":
			return aNumber
		case "boolean":
			return &shape{kind: booleanShape}
		case "null":
			return &shape{kind: literalShape, literal: "null"}
		case "array":
			return c.array(schema, depth, guarded)
		case "object":
			return c.object(schema, depth)
		}
		return anything
	}))
}

func has(schema object, keywords ...string) bool {
	return slices.ContainsFunc(schema, func(p property) bool { return slices.Contains(keywords, p.name) })
}

func (c *schemaShapes) array(schema object, depth int, guarded bool) *shape {
	rest := anything
	if items := schema.get("items"); items != nil {
		rest = c.shapeOf(items, depth+1, guarded)
	}
	first, ok := schema.get("prefixItems").([]any)
	if !ok {
		return listOf(rest)
	}
	s := &shape{kind: tupleShape, parts: c.shapesOf(first, depth, guarded), least: min(numberOf(schema.get("minItems")), len(first))}
	if most := schema.get("maxItems"); rest.kind != neverShape && (most == nil || numberOf(most) > len(first)) {
		s.rest = rest
	}
	return s
}

// numberOf returns a number of a schema that is not negative, 0 for any other
// value.
func numberOf(v any) int {
	if raw, ok := v.(jsontext.Value); ok {
		f, err := strconv.ParseFloat(string(raw), 64)
		if err != nil || f < 0 {
			return 0
		}
		return int(min(f, 1<<30))
	}
	n, _ := v.(int)
	return n
}

func (c *schemaShapes) object(schema object, depth int) *shape {
	s := &shape{kind: objectShape}
	required, _ := schema.get("required").([]any)
	switch rest := schema.get("additionalProperties"); {
	case has(schema, "patternProperties"), c.inBody && rest == true: // details are added to the body
		s.rest = anything
	case rest != nil && rest != true:
		s.rest = c.shapeOf(rest, depth+1, true)
	}
	properties, _ := schema.get("properties").(object)
	for _, p := range properties {
		if p.value == false && !slices.Contains(required, any(p.name)) {
			continue // there is no such member
		}
		m := shapeMember{name: sentText(p.name), value: c.shapeOf(p.value, depth+1, true), optional: !slices.Contains(required, any(p.name))}
		if p, ok := p.value.(object); ok {
			m.doc, _ = p.get("description").(string)
		}
		s.members = append(s.members, m)
	}
	for _, name := range required {
		name, ok := name.(string)
		if ok && !has(properties, name) && !slices.ContainsFunc(s.members, func(m shapeMember) bool { return m.name == name }) {
			s.members = append(s.members, shapeMember{name: name, value: cmp.Or(s.rest, anything)})
		}
	}
	if s.rest != nil && s.rest.kind == neverShape && len(s.members) > 0 {
		s.rest = nil // a type has no other members anyway
	}
	return s
}

// literal converts a constant. In a body, only the code and its number are
// constants for a client: a text may change.
func (c *schemaShapes) literal(v any, depth int) *shape {
	if depth > maxShapeDepth {
		return anything
	}
	switch v := v.(type) {
	case bool:
		return &shape{kind: literalShape, literal: strconv.FormatBool(v)}
	case string:
		switch {
		case !c.inBody:
			return &shape{kind: literalShape, literal: quoteJS(v)}
		case sentText(v) == c.code && c.code != "":
			return &shape{kind: codeShape}
		}
		return aString
	case int:
		return c.number(strconv.Itoa(v))
	case jsontext.Value:
		switch v.Kind() {
		case 'n':
			return &shape{kind: literalShape, literal: "null"}
		case '0':
			return c.number(string(v))
		}
		if tree := parseTree(v); tree != nil {
			if _, raw := tree.(jsontext.Value); !raw {
				return c.literal(tree, depth)
			}
		}
	case []any:
		return &shape{kind: tupleShape, least: len(v), parts: eachOf(v, func(v any) *shape { return c.literal(v, depth+1) })}
	case object:
		s := &shape{kind: objectShape}
		for _, p := range v {
			s.members = append(s.members, shapeMember{name: sentText(p.name), value: c.literal(p.value, depth+1)})
		}
		return s
	}
	return anything
}

func (c *schemaShapes) number(text string) *shape {
	f, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		return aNumber
	case !c.inBody:
		return &shape{kind: literalShape, literal: strconv.FormatFloat(f, 'g', -1, 64)}
	case c.id != 0 && f == float64(c.id):
		return &shape{kind: idShape}
	}
	return aNumber
}
