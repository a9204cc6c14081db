package reference

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/failwell/failwell/apierr"
)

// presence says which bodies have a member.
type presence int

const (
	never presence = iota
	maybe
	withViolations // those of an error with violations
	always
)

// together is the presence of something that is there if one of its parts is.
func together(parts []presence) presence {
	parts = slices.DeleteFunc(slices.Clone(parts), func(p presence) bool { return p == never })
	switch {
	case len(parts) == 0:
		return never
	case slices.Contains(parts, always):
		return always
	case slices.Contains(parts, maybe):
		return maybe
	}
	return withViolations
}

// part is the schema of a value, and when it is there.
type part struct {
	schema   any
	presence presence
	constant bool // the same in every body
}

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

// textsShowViolations reports whether a text has a source of a violation.
func textsShowViolations(members []apierr.Member) bool {
	return slices.ContainsFunc(members, func(m apierr.Member) bool {
		for _, name := range textSources(m.Text) {
			if violationSources[name] {
				return true
			}
		}
		return textsShowViolations(m.Members) || textsShowViolations(m.Array) || textsShowViolations(m.Each)
	})
}

var violationSources = map[string]bool{"path": true, "rule": true, "param": true, "in": true}

// object is the schema of an object. It is there if one of its members is, but
// for the constant ones; certain: it is there in any case.
func (f envelopeSchema) object(members []apierr.Member, each, certain bool) part {
	var names []string
	choices := map[string][]apierr.Member{}
	for _, m := range members {
		if choices[m.Name] == nil {
			names = append(names, m.Name)
		}
		choices[m.Name] = append(choices[m.Name], m)
	}
	type member struct {
		name string
		part
	}
	var (
		parts     []member
		found     []presence
		constants int
		spread    = spread{additional: false}
	)
	for _, name := range names {
		if name == "" {
			spread = f.spread(choices[name][0], names)
			found = append(found, spread.presence)
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
		parts = append(parts, member{name, p})
	}
	whole := part{presence: together(found), constant: len(found) == 0 && constants == len(names)}
	if whole.constant || certain {
		whole.presence = always
	}
	var properties object
	var required []any
	for _, m := range parts {
		properties = append(properties, property{m.name, m.schema})
		if m.presence == always || m.presence == withViolations && whole.presence == withViolations {
			required = append(required, m.name)
		}
	}
	properties = append(properties, spread.properties...)
	required = append(required, spread.required...)
	s := object{{"type", "object"}}
	if len(properties) > 0 {
		s = s.with("properties", properties)
	}
	if len(required) > 0 {
		s = s.with("required", required)
	}
	if whole.presence != always && len(required) == constants {
		s = s.with("minProperties", constants+1)
	}
	whole.schema = s.with("additionalProperties", spread.additional)
	return whole
}

// choice is the schema of members with one name, of which the first that has a
// value is sent.
func (f envelopeSchema) choice(members []apierr.Member, each bool) part {
	var parts []part
	details := false
	for _, m := range members {
		p := f.value(m, each)
		if p.presence == never {
			continue
		}
		parts = append(parts, p)
		details = details || m.From == apierr.FromDetails
		if p.presence == always {
			break
		}
	}
	if len(parts) == 0 {
		return part{}
	}
	whole := part{constant: len(parts) == 1 && parts[0].constant}
	var schemas []any
	var found []presence
	for _, p := range parts {
		found = append(found, p.presence)
		if s := encoded(p.schema); !slices.ContainsFunc(schemas, func(other any) bool { return string(encoded(other)) == string(s) }) {
			schemas = append(schemas, p.schema)
		}
	}
	whole.presence = together(found)
	switch {
	case details && f.details != nil && f.member: // of the member, whatever it is made of
		whole.schema = f.details.reference()
	case len(schemas) == 1:
		whole.schema = schemas[0]
	default:
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

// source is the schema of what a source fills.
func (f envelopeSchema) source(from apierr.Source, each bool) part {
	about := withViolations
	if each {
		about = always
	}
	text, o := object{{"type", "string"}}, f.outcome
	switch from {
	case apierr.FromCode:
		return part{f.code(), always, false}
	case apierr.FromMessage:
		return part{text, always, false}
	case apierr.FromStatus:
		return part{f.statusSchema(), always, false}
	case apierr.FromID:
		return f.idPart()
	case apierr.FromDocURL:
		return f.docURLPart()
	case apierr.FromRetryAfter:
		return part{object{{"type", "integer"}, {"minimum", 1}}, maybe, false}
	case apierr.FromRequestID, apierr.FromCorrelationID:
		return part{text.with("minLength", 1), always, false}
	case apierr.FromDetails:
		p := part{object{{"type", "object"}}, maybe, false}
		if o != nil && len(f.unpicked(o.always)) > 0 {
			p.presence = always
		}
		if f.details != nil && f.member {
			p.schema = f.details.reference()
		}
		return p
	case apierr.FromMessages:
		return part{object{{"type", "object"}, {"minProperties", 1}, {"additionalProperties", messageList()}}, withViolations, false}
	case apierr.FromPath, apierr.FromRule:
		return part{text, about, false}
	case apierr.FromLocation:
		return part{object{
			{"type", "array"}, {"prefixItems", []any{text}},
			{"items", object{{"type", []any{"string", "integer"}}}}, {"minItems", 1},
		}, about, false}
	}
	return part{object{}, maybe, false}
}

func messageList() object {
	return object{{"type", "array"}, {"items", object{{"type", "string"}}}, {"minItems", 1}}
}

// unpicked returns the keys that no member has by itself.
func (f envelopeSchema) unpicked(keys map[string]bool) map[string]bool {
	rest := map[string]bool{}
	for key := range keys {
		if !slices.Contains(f.picked, key) {
			rest[key] = true
		}
	}
	return rest
}

// detail is the schema of one of the Details.
func (f envelopeSchema) detail(key string) any {
	if f.details != nil && !f.member {
		if s := f.details.property(key); s != nil {
			return s
		}
	}
	return object{}
}

func (f envelopeSchema) presenceOf(key string) presence {
	if f.outcome != nil && f.outcome.always[key] {
		return always
	}
	return maybe
}

// textSource is a source in a text.
var textSource = regexp.MustCompile(`\{([a-z_]+)\}`)

// textSources are the sources in a text, each as often as it is there. Other
// braces are constant.
func textSources(text string) (names []string) {
	for _, match := range textSource.FindAllStringSubmatch(text, -1) {
		if name := match[1]; isTextSource(name) {
			names = append(names, name)
		}
	}
	return names
}

func isTextSource(name string) bool {
	switch apierr.Source(name) {
	case "param", "in", "language":
		return true
	case apierr.FromDetails, apierr.FromMessages, apierr.FromLocation:
		return false
	}
	_, ok := sources[apierr.Source(name)]
	return ok
}

// text is the schema of a text: a constant if its sources are those of the code.
func (f envelopeSchema) text(text string, each bool) part {
	p := part{presence: always}
	known := map[string]string{}
	constant := f.outcome != nil
	for _, name := range textSources(text) {
		var is presence
		switch name {
		case "param", "language":
			is = maybe
		case "in":
			is = f.source(apierr.FromPath, each).presence
		default:
			is = f.source(apierr.Source(name), each).presence
		}
		p.presence = min(p.presence, is)
		switch o := f.outcome; {
		case o == nil:
		case name == "code":
			known[name] = o.code
		case name == "status":
			known[name] = strconv.Itoa(o.status)
		case name == "id":
			known[name] = strconv.Itoa(o.id)
		case name == "doc_url":
			known[name] = o.docURL
		default:
			constant = false
		}
	}
	if !constant {
		p.schema = object{{"type", "string"}}
		return p
	}
	p.schema = object{{"type", "string"}, {"const", textSource.ReplaceAllStringFunc(text, func(s string) string {
		if v, ok := known[strings.Trim(s, "{}")]; ok {
			return v
		}
		return s
	})}}
	return p
}

// described adds what a page says of a member.
func (f envelopeSchema) described(m apierr.Member, schema any, each bool) any {
	doc := m.Doc
	if doc == "" {
		doc = (&memberTable{violations: f.violations}).source(m, each).doc
	}
	s, ok := schema.(object)
	if !ok || doc == "" {
		return schema
	}
	return s.with("description", visible(doc))
}
