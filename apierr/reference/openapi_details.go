package reference

import (
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// detailsSchema is the declared schema of an error's details as a component:
// its references are those of the OpenAPI document.
type detailsSchema struct {
	name string // of the component
	root object
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
// component; $id and $anchor, which tools for OpenAPI seldom know, are
// replaced, and definitions have names that components may have.
func newDetailsSchema(text, name string) *detailsSchema {
	root, ok := parseTree(jsontext.Value(text)).(object)
	if !ok { // Contract.Check has seen it
		return nil
	}
	base, _ := url.Parse("https://details.invalid/")
	r := relocation{targets: map[string]string{}}
	r.collect(root, base, place{now: "#/components/schemas/" + name}, []resource{{uri: base.String()}})
	moved, _ := r.move(root, base).(object)
	return &detailsSchema{name: name, root: moved}
}
