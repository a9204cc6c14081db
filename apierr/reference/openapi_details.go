package reference

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// detailsSchema is the declared schema of an error's details as a component: its
// references are those of the OpenAPI document.
type detailsSchema struct {
	name  string // of the component
	root  object
	empty bool // {} is valid
}

// reference is a schema that refers to the component.
func (d *detailsSchema) reference() object { return reference("schemas", d.name) }

// isUsed reports whether a schema refers to the component or into it.
func (d *detailsSchema) isUsed(schema object) bool {
	text := string(encoded(schema))
	ref := `"$ref":"#/components/schemas/` + d.name
	return strings.Contains(text, ref+`"`) || strings.Contains(text, ref+`/`)
}

// property returns the schema of a member; nil if the schema has none.
func (d *detailsSchema) property(name string) any {
	properties, _ := d.root.get("properties").(object)
	return properties.get(name)
}

// plainKeywords are those of a schema whose members can stand in an object with
// other members.
var plainKeywords = []string{
	"type", "properties", "required", "additionalProperties",
	"title", "description", "$comment", "examples", "default", "deprecated", "$defs", "definitions",
}

// spread fills in what the details add to an object that has the names. always
// are the keys that all answers have. A schema with other keywords cannot be
// divided: any members are allowed then.
func (d *detailsSchema) spread(s *spread, names []string, always map[string]bool) {
	for _, p := range d.root {
		if !slices.Contains(plainKeywords, p.name) {
			return
		}
	}
	properties, _ := d.root.get("properties").(object)
	for _, p := range properties {
		if slices.Contains(names, p.name) {
			continue
		}
		s.properties = append(s.properties, p)
		if always[p.name] {
			s.required = append(s.required, p.name)
		}
	}
	if additional := d.root.get("additionalProperties"); additional != nil {
		s.additional = additional
	}
}

// newDetailsSchema makes a component of a schema. Its references point into the
// component; $id and $anchor, which tools for OpenAPI seldom know, are replaced.
func newDetailsSchema(text, name string) *detailsSchema {
	base, _ := url.Parse("details:/")
	r := relocation{targets: map[string]string{}}
	root, ok := parseTree(jsontext.Value(text)).(object)
	if !ok { // Contract.Check has seen it
		return nil
	}
	r.collect(root, base, "#/components/schemas/"+escapePointer(name))
	moved, _ := r.move(root, base).(object)
	return &detailsSchema{name: name, root: moved}
}

// relocation moves a schema into a document: what its references lead to is found
// by URI, JSON Schema core 2020-12 section 8.2.
type relocation struct {
	targets map[string]string // where a subschema is, by its URI
}

// The keywords whose values are schemas, lists of schemas and schemas by name.
var (
	schemaKeywords = []string{
		"items", "additionalItems", "contains", "additionalProperties", "propertyNames", "not", "if", "then", "else",
		"unevaluatedItems", "unevaluatedProperties", "contentSchema",
	}
	schemaListKeywords = []string{"allOf", "anyOf", "oneOf", "prefixItems", "items"}
	schemaMapKeywords  = []string{"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"}
)

// subschemas calls visit with each schema that is directly in s, and replaces it
// by the result.
func subschemas(s object, visit func(path string, schema any) any) object {
	s = slices.Clone(s)
	for i, p := range s {
		switch v := p.value.(type) {
		case object:
			switch {
			case slices.Contains(schemaKeywords, p.name):
				s[i].value = visit("/"+p.name, v)
			case slices.Contains(schemaMapKeywords, p.name):
				v = slices.Clone(v)
				for j, inner := range v {
					v[j].value = visit("/"+escapePointer(p.name)+"/"+escapePointer(inner.name), inner.value)
				}
				s[i].value = v
			}
		case []any:
			if slices.Contains(schemaListKeywords, p.name) {
				v = slices.Clone(v)
				for j := range v {
					v[j] = visit("/"+p.name+"/"+strconv.Itoa(j), v[j])
				}
				s[i].value = v
			}
		}
	}
	return s
}

// baseOf returns the base URI within a schema.
func baseOf(s object, base *url.URL) *url.URL {
	if id, ok := s.get("$id").(string); ok {
		if u, err := base.Parse(id); err == nil {
			u.Fragment, u.RawFragment = "", ""
			return u
		}
	}
	return base
}

// collect notes the URIs of a schema at a place, and of those in it.
func (r relocation) collect(s object, base *url.URL, place string) {
	r.collectIn(s, base, place, []resource{{base.String(), place}})
}

// resource is a schema with an identifier, from which pointers begin.
type resource struct{ uri, place string }

func (r relocation) collectIn(s object, base *url.URL, place string, around []resource) {
	if inner := baseOf(s, base); inner != base {
		base, around = inner, append(slices.Clip(around), resource{inner.String(), place})
	}
	for _, a := range around {
		pointer, _ := url.PathUnescape(place[len(a.place):]) // escapePointer made it
		r.targets[a.uri+"#"+pointer] = place
	}
	for _, keyword := range []string{"$anchor", "$dynamicAnchor"} {
		if name, ok := s.get(keyword).(string); ok {
			r.targets[base.String()+"#"+name] = place
		}
	}
	subschemas(s, func(path string, schema any) any {
		if inner, ok := schema.(object); ok {
			r.collectIn(inner, base, place+path, around)
		}
		return schema
	})
}

// move returns the schema with its references replaced.
func (r relocation) move(schema any, base *url.URL) any {
	s, ok := schema.(object)
	if !ok {
		return schema
	}
	base = baseOf(s, base)
	s = subschemas(s, func(_ string, inner any) any { return r.move(inner, base) })
	moved := object{}
	for _, p := range s {
		switch p.name {
		case "$id", "$anchor", "$dynamicAnchor", "$schema", "$vocabulary":
			continue
		case "$ref", "$dynamicRef":
			if ref, ok := p.value.(string); ok {
				p.name, p.value = "$ref", r.resolved(ref, base)
			}
		}
		moved = append(moved, p)
	}
	return moved
}

// resolved returns the reference in the document. One that leads nowhere stays:
// parseSchemas has resolved all.
func (r relocation) resolved(ref string, base *url.URL) string {
	u, err := base.Parse(ref)
	if err != nil {
		return ref
	}
	fragment := u.Fragment
	u.Fragment, u.RawFragment = "", ""
	if place, ok := r.targets[u.String()+"#"+fragment]; ok {
		return place
	}
	return ref
}

// escapePointer escapes a name by RFC 6901 section 3, and as a part of a URI
// fragment, section 6.
func escapePointer(name string) string {
	return url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
}
