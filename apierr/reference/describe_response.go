package reference

import (
	"slices"
	"strings"
)

// note adds to what a response is for. Several operations may share it.
func (d *describer) note(n *node, status int, outcomes []*outcome, bodiless bool) {
	r := d.responses[n]
	if r == nil {
		r = &response{bodiless: true}
		d.responses[n], d.order = r, append(d.order, n)
	}
	r.bodiless = r.bodiless && bodiless
	if !slices.Contains(r.statuses, status) {
		r.statuses = append(r.statuses, status)
	}
	for _, o := range outcomes {
		if !slices.Contains(r.outcomes, o) {
			r.outcomes = append(r.outcomes, o)
		}
	}
}

// complete adds to a response what it does not have.
func (d *describer) complete(n *node, r *response) {
	for _, p := range d.response(*r) {
		there := n.get(p.name)
		switch {
		case there == nil:
			n.add(p.name, p.value)
		case p.name == "headers" && there.isObject():
			d.addHeaders(there, p.value.(object))
		case p.name == "content" && there.isObject():
			d.addContent(there, p.value.(object))
		}
	}
}

// addHeaders adds those that are not there, in whatever case.
func (d *describer) addHeaders(there *node, headers object) {
	for _, h := range headers {
		if !slices.ContainsFunc(there.members, func(m member) bool { return strings.EqualFold(m.name, h.name) }) {
			there.add(h.name, h.value)
		}
	}
}

// addContent adds media types that are not there, and what the others lack.
func (d *describer) addContent(there *node, content object) {
	for _, media := range content {
		i := slices.IndexFunc(there.members, func(m member) bool { return essence(m.name) == essence(media.name) })
		if i < 0 {
			there.add(media.name, media.value)
			continue
		}
		if n := there.members[i].value; n.isObject() && n.get("$ref") == nil {
			d.addMedia(n, media.value.(object))
		}
	}
}

// essence is a media type without its parameters.
func essence(mediaType string) string {
	name, _, _ := strings.Cut(mediaType, ";")
	return strings.ToLower(strings.TrimSpace(name))
}

// addMedia adds the schema to a media type that has none, and the codes to one
// that Describe has made. Another schema stays as it is.
func (d *describer) addMedia(there *node, media object) {
	schema := there.get("schema")
	if schema == nil {
		there.add("schema", media.get("schema"))
	} else if !d.addCodes(schema, media.get("schema").(object)) {
		return
	}
	examples, _ := media.get("examples").(object)
	switch list := there.get("examples"); {
	case len(examples) == 0, there.get("example") != nil:
	case list == nil:
		there.add("examples", examples)
	case list.isObject():
		for _, e := range examples {
			if list.get(e.name) == nil {
				list.add(e.name, e.value)
			}
		}
	}
}

// addCodes adds the schemas that an anyOf does not have. It reports whether the
// anyOf has one of them already: then Describe has made it.
func (d *describer) addCodes(there *node, schema object) bool {
	anyOf := there.get("anyOf")
	if !anyOf.isArray() {
		return false
	}
	refs := map[string]bool{}
	for _, e := range anyOf.elements {
		if ref := e.get("$ref"); ref.isString() {
			refs[ref.text] = true
		}
	}
	var missing []any
	list := schema.get("anyOf").([]any)
	for _, s := range list {
		if ref, _ := s.(object).get("$ref").(string); !refs[ref] {
			missing = append(missing, s)
		}
	}
	if len(missing) == len(list) {
		return false
	}
	anyOf.addedElements = append(anyOf.addedElements, missing...)
	return true
}
