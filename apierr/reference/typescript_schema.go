package reference

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The bounds of a schema's conversion. What is beyond them is unknown.
const (
	maxShapeDepth = 32     // of shapes in each other
	maxShapes     = 10_000 // of one schema
)

// schemaShapes converts one JSON Schema. It covers what types can say: the
// keywords type, properties, required, additionalProperties, items, prefixItems,
// enum, const, anyOf, oneOf, allOf, and a $ref within the schema. Other keywords,
// such as minimum, only narrow values further, and are ignored.
type schemaShapes struct {
	root        any
	name        string            // of the definitions: the code
	definitions map[string]*shape // by name, those that are referred to
	order       []string          // of definitions
	count       int
	seen        []string // the references that are being followed
}

// newSchemaShapes decodes a schema. It has been compiled before.
func newSchemaShapes(text, name string) *schemaShapes {
	c := &schemaShapes{name: name, definitions: map[string]*shape{}}
	if json.Unmarshal([]byte(text), &c.root) != nil {
		c.root = true
	}
	return c
}

// shapeOf converts a schema. guarded: it is inside of an object or an array, and
// may refer to what it is in.
func (c *schemaShapes) shapeOf(node any, depth int, guarded bool) *shape {
	if c.count++; depth > maxShapeDepth || c.count > maxShapes {
		return anything
	}
	schema, ok := node.(map[string]any)
	if node == false {
		return &shape{kind: neverShape}
	}
	if !ok {
		return anything
	}
	var parts []*shape
	if ref, ok := schema["$ref"].(string); ok {
		parts = append(parts, c.refer(ref, depth, guarded))
	}
	if v, ok := schema["const"]; ok {
		parts = append(parts, literalOf(v, depth))
	}
	if values, ok := schema["enum"].([]any); ok {
		parts = append(parts, union(eachOf(values, func(v any) *shape { return literalOf(v, depth) })))
	}
	for _, keyword := range []string{"anyOf", "oneOf"} {
		if list, ok := schema[keyword].([]any); ok {
			parts = append(parts, union(c.shapesOf(list, depth, guarded)))
		}
	}
	if list, ok := schema["allOf"].([]any); ok {
		parts = append(parts, c.shapesOf(list, depth, guarded)...)
	}
	if len(parts) == 0 || !isLiteral(parts) {
		parts = append(parts, c.typed(schema, depth))
	}
	return all(parts)
}

// isLiteral reports whether a const or an enum says more than a type would.
func isLiteral(parts []*shape) bool {
	return slices.ContainsFunc(parts, func(s *shape) bool {
		return s.kind == literalShape ||
			s.kind == unionShape && !slices.ContainsFunc(s.parts, func(p *shape) bool { return p.kind != literalShape })
	})
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

// refer converts a reference. One that is guarded becomes a definition, since it
// may be a cycle. Any other is followed, and a cycle of these is unknown.
func (c *schemaShapes) refer(ref string, depth int, guarded bool) *shape {
	target, ok := resolvePointer(c.root, ref)
	if !ok {
		return anything
	}
	if !guarded {
		if slices.Contains(c.seen, ref) {
			return anything
		}
		c.seen = append(c.seen, ref)
		defer func() { c.seen = c.seen[:len(c.seen)-1] }()
		return c.shapeOf(target, depth+1, false)
	}
	name := c.name + ref
	if _, ok := c.definitions[name]; !ok {
		c.definitions[name] = anything // until it is converted
		c.order = append(c.order, name)
		seen := c.seen
		c.seen = []string{ref}
		c.definitions[name] = c.shapeOf(target, 0, false)
		c.seen = seen
	}
	return &shape{kind: refShape, ref: name}
}

// resolvePointer returns what a fragment with a JSON Pointer refers to.
func resolvePointer(root any, ref string) (any, bool) {
	if ref == "#" {
		return root, true
	}
	pointer, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		return nil, false
	}
	for step := range strings.SplitSeq(pointer, "/") {
		step = pointerStep(step)
		switch node := root.(type) {
		case map[string]any:
			if root, ok = node[step]; !ok {
				return nil, false
			}
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(node) {
				return nil, false
			}
			root = node[i]
		default:
			return nil, false
		}
	}
	return root, true
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
func (c *schemaShapes) typed(schema map[string]any, depth int) *shape {
	var types []any
	switch t := schema["type"].(type) {
	case string:
		types = []any{t}
	case []any:
		types = t
	default:
		if has(schema, "properties", "required", "additionalProperties", "patternProperties") {
			types = append(types, "object")
		} else if has(schema, "items", "prefixItems") {
			types = append(types, "array")
		} else {
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
			return c.array(schema, depth)
		case "object":
			return c.object(schema, depth)
		}
		return anything
	}))
}

func has(schema map[string]any, keywords ...string) bool {
	return slices.ContainsFunc(keywords, func(k string) bool { _, ok := schema[k]; return ok })
}

func (c *schemaShapes) array(schema map[string]any, depth int) *shape {
	rest := anything
	if items, ok := schema["items"]; ok {
		rest = c.shapeOf(items, depth+1, true)
	}
	first, ok := schema["prefixItems"].([]any)
	if !ok {
		return listOf(rest)
	}
	s := &shape{kind: tupleShape, parts: c.shapesOf(first, depth, true)}
	if least, ok := schema["minItems"].(float64); ok {
		s.least = int(min(least, float64(len(first))))
	}
	if rest.kind != neverShape {
		s.rest = rest
	}
	return s
}

func (c *schemaShapes) object(schema map[string]any, depth int) *shape {
	s := &shape{kind: objectShape}
	properties, _ := schema["properties"].(map[string]any)
	required := map[string]bool{}
	if list, ok := schema["required"].([]any); ok {
		for _, name := range list {
			if name, ok := name.(string); ok {
				required[name] = true
			}
		}
	}
	rest, described := schema["additionalProperties"]
	switch {
	case has(schema, "patternProperties"):
		s.rest = anything
	case described && rest != true:
		s.rest = c.shapeOf(rest, depth+1, true)
	}
	for _, name := range sortedKeys(properties) {
		m := shapeMember{name: name, value: c.shapeOf(properties[name], depth+1, true), optional: !required[name]}
		if p, ok := properties[name].(map[string]any); ok {
			m.doc, _ = p["description"].(string)
		}
		s.members = append(s.members, m)
	}
	for _, name := range sortedKeys(required) {
		if _, ok := properties[name]; !ok {
			s.members = append(s.members, shapeMember{name: name, value: cmp.Or(s.rest, anything)})
		}
	}
	if s.rest != nil && s.rest.kind == neverShape && len(s.members) > 0 {
		s.rest = nil // a type has no other members anyway
	}
	return s
}

// literalOf converts a constant.
func literalOf(v any, depth int) *shape {
	if depth > maxShapeDepth {
		return anything
	}
	switch v := v.(type) {
	case nil:
		return &shape{kind: literalShape, literal: "null"}
	case bool:
		return &shape{kind: literalShape, literal: strconv.FormatBool(v)}
	case float64:
		return &shape{kind: literalShape, literal: strconv.FormatFloat(v, 'g', -1, 64)}
	case string:
		return &shape{kind: literalShape, literal: quoteJS(v)}
	case []any:
		return &shape{kind: tupleShape, least: len(v), parts: eachOf(v, func(v any) *shape { return literalOf(v, depth+1) })}
	case map[string]any:
		s := &shape{kind: objectShape}
		for _, name := range sortedKeys(v) {
			s.members = append(s.members, shapeMember{name: name, value: literalOf(v[name], depth+1)})
		}
		return s
	}
	return anything
}
