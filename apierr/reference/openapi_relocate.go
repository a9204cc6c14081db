package reference

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// relocation moves a schema into a document: what its references lead to is
// found by URI, JSON Schema core 2020-12 section 8.2.
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

// subschemas returns s with each schema that is directly in it replaced by what
// visit returns. The steps are those to the schema as it was and as it is now.
func subschemas(s object, visit func(steps place, schema any) any) object {
	s = slices.Clone(s)
	for i, p := range s {
		switch v := p.value.(type) {
		case object:
			if slices.Contains(schemaKeywords, p.name) {
				s[i].value = visit(place{"/" + p.name, "/" + p.name}, v)
			}
			if slices.Contains(schemaMapKeywords, p.name) {
				s[i].value = subschemasByName(p.name, v, visit)
			}
		case []any:
			if slices.Contains(schemaListKeywords, p.name) {
				v = slices.Clone(v)
				for j := range v {
					step := "/" + p.name + "/" + strconv.Itoa(j)
					v[j] = visit(place{step, step}, v[j])
				}
				s[i].value = v
			}
		}
	}
	return s
}

// subschemasByName is subschemas for the value of a keyword with schemas by
// name. Definitions are renamed.
func subschemasByName(keyword string, schemas object, visit func(steps place, schema any) any) object {
	var renamed object
	for _, p := range schemas {
		name := p.name
		if keyword == "$defs" || keyword == "definitions" {
			name = componentName(name)
			for n := 2; renamed.get(name) != nil; n++ {
				name = componentName(p.name) + "-" + strconv.Itoa(n)
			}
		}
		steps := place{"/" + keyword + "/" + referenceToken(p.name), "/" + keyword + "/" + url.PathEscape(referenceToken(name))}
		renamed = append(renamed, property{name, visit(steps, p.value)})
	}
	return renamed
}

// place is where a schema was, as a JSON Pointer from the root of the details,
// and where it is now, as a URI fragment of the document.
type place struct{ was, now string }

// referenceToken escapes a name by RFC 6901 section 3.
func referenceToken(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
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

// resource is a schema with an identifier, from which pointers begin.
type resource struct{ uri, was string }

// collect notes the URIs of a schema at a place in resources, and of those in
// it.
func (r relocation) collect(s object, base *url.URL, at place, around []resource) {
	if inner := baseOf(s, base); inner != base {
		base, around = inner, append(slices.Clip(around), resource{inner.String(), at.was})
	}
	for _, a := range around {
		r.targets[a.uri+"#"+at.was[len(a.was):]] = at.now
	}
	for _, keyword := range []string{"$anchor", "$dynamicAnchor"} {
		if name, ok := s.get(keyword).(string); ok {
			r.targets[base.String()+"#"+name] = at.now
		}
	}
	subschemas(s, func(steps place, schema any) any {
		if inner, ok := schema.(object); ok {
			r.collect(inner, base, place{at.was + steps.was, at.now + steps.now}, around)
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
	s = subschemas(s, func(_ place, inner any) any { return r.move(inner, base) })
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
