package reference

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/failwell/failwell/apierr"
)

// envelopeSchema makes the schemas of the bodies of an envelope.
type envelopeSchema struct {
	subject
	violations bool // FromDetails shows the violations
	member     bool // the declared schema is that of a member, see CheckDetails, and not of all Details
}

// schema is that of the whole body.
func (f envelopeSchema) schema(e apierr.Envelope) object {
	f.violations = !showViolations(membersOf(e)) && !textsShowViolations(membersOf(e))
	path := findMember(membersOf(e), apierr.FromDetails)
	f.member = path != nil && !slices.Contains(path, "")
	return f.object(membersOf(e), false, true).schema.(object)
}

// object is the schema of an object. It is there if one of its members is, but
// for the constant ones; certain: it is there in any case.
func (f envelopeSchema) object(members []apierr.Member, each, certain bool) part {
	names, choices := byName(members)
	var (
		parts     []namedPart
		found     []presence // of what is not constant
		constants int
		added     = spread{additional: false}
	)
	for _, name := range names {
		if name == "" {
			added = f.spread(choices[name][0], names)
			found = append(found, added.presence)
			continue
		}
		p := f.choice(choices[name], each)
		switch {
		case p.presence == never:
			continue
		case p.constant:
			constants++
		default:
			found = append(found, p.presence)
		}
		parts = append(parts, namedPart{name, p})
	}
	whole := part{presence: together(found), constant: constants == len(names)}
	if whole.constant || certain {
		whole.presence = always
	}
	whole.schema = objectSchema(parts, added, whole.presence, constants)
	return whole
}

// namedPart is a member of an object.
type namedPart struct {
	name string
	part
}

// byName returns the names of members in their order, each once, and the
// members with each.
func byName(members []apierr.Member) (names []string, choices map[string][]apierr.Member) {
	choices = make(map[string][]apierr.Member, len(members))
	for _, m := range members {
		if choices[m.Name] == nil {
			names = append(names, m.Name)
		}
		choices[m.Name] = append(choices[m.Name], m)
	}
	return names, choices
}

// objectSchema is the schema of an object with these members, of which so many
// are constant. An object that may be absent has more than those.
func objectSchema(parts []namedPart, added spread, there presence, constants int) object {
	var properties object
	var required []any
	for _, m := range parts {
		properties = append(properties, property{m.name, m.schema})
		if m.presence == always || m.presence == withViolations && there == withViolations {
			required = append(required, m.name)
		}
	}
	properties = append(properties, added.properties...)
	required = append(required, added.required...)
	s := object{{"type", "object"}}
	if len(properties) > 0 {
		s = s.with("properties", properties)
	}
	if len(required) > 0 {
		s = s.with("required", required)
	}
	if there != always && len(required) == constants {
		s = s.with("minProperties", constants+1)
	}
	return s.with("additionalProperties", added.additional)
}

// choice is the schema of members with one name, of which the first that has a
// value is sent. The declared schema of the details is that of the member, also
// of an object that is sent in their place.
func (f envelopeSchema) choice(members []apierr.Member, each bool) part {
	var parts []part
	for _, m := range members {
		p := f.value(m, each)
		if p.presence == never {
			continue
		}
		parts = append(parts, p)
		if m.From == apierr.FromDetails && f.details != nil && f.member {
			for i := range parts {
				if s, ok := parts[i].schema.(object); ok && s.get("type") == "object" {
					parts[i].schema = p.schema
				}
			}
		}
		if p.presence == always {
			break
		}
	}
	if len(parts) == 0 {
		return part{}
	}
	var schemas []any
	var found []presence
	for _, p := range parts {
		found = append(found, p.presence)
		if !slices.ContainsFunc(schemas, func(other any) bool { return equal(other, p.schema) }) {
			schemas = append(schemas, p.schema)
		}
	}
	whole := part{presence: together(found), constant: len(parts) == 1 && parts[0].constant}
	if whole.schema = schemas[0]; len(schemas) > 1 {
		whole.schema = object{{"anyOf", schemas}}
	}
	return whole
}

// value is the schema of one member or element.
func (f envelopeSchema) value(m apierr.Member, each bool) part {
	switch {
	case m.JSON != "":
		return part{object{{"const", jsontext.Value(m.JSON)}}, always, true}
	case len(m.Members) > 0:
		return f.object(m.Members, each, false)
	case len(m.Array) > 0:
		return f.array(m.Array, each)
	case len(m.Each) > 0:
		return f.each(m.Each)
	case m.Detail != "":
		return part{f.detail(m.Detail), f.presenceOf(m.Detail), false}
	case m.Text != "":
		return f.text(m.Text, each)
	}
	p := f.source(m.From, each)
	if f.describes {
		p.schema = f.described(m, p.schema, each)
	}
	return p
}

// array is the schema of an array of elements, each of which is left out if it
// has no value.
func (f envelopeSchema) array(elements []apierr.Member, each bool) part {
	var found []presence
	var schemas []any
	fixed, least, constants := true, 0, 0
	for _, m := range elements {
		p := f.value(m, each)
		if p.constant {
			constants++
		} else {
			found = append(found, p.presence)
		}
		switch p.presence {
		case never:
			continue
		case always:
			least++
		default:
			fixed = false
		}
		schemas = append(schemas, p.schema)
	}
	whole := part{presence: together(found), constant: constants == len(elements)}
	if whole.constant {
		whole.presence = always
	}
	s := object{{"type", "array"}}
	switch {
	case len(schemas) == 1:
		s = s.with("items", schemas[0])
	case fixed:
		s = s.with("prefixItems", schemas)
	default:
		s = s.with("items", object{{"anyOf", schemas}})
	}
	whole.schema = s.with("minItems", max(least, 1)).with("maxItems", max(len(schemas), 1))
	return whole
}

// each is the schema of an array with an element for each violation.
func (f envelopeSchema) each(members []apierr.Member) part {
	element := part{presence: always}
	if len(members) == 1 && members[0].Name == "" {
		element = f.value(members[0], true)
	} else {
		element.schema = f.object(members, true, true).schema
	}
	s := object{{"type", "array"}, {"items", element.schema}}
	if element.presence == always {
		s = s.with("minItems", 1)
	}
	return part{s, withViolations, false}
}
