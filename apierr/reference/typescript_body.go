package reference

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// bodyShapes makes the shapes of the bodies that an Envelope makes.
type bodyShapes struct {
	contract   apierr.Contract
	violations bool     // FromDetails shows the violations
	picked     bool     // there is no FromDetails: the details are those that members pick
	each       bool     // inside of Each
	of         *codeOf  // the code whose body it is; nil: any
	reserved   []string // the names of the object that details are added to
}

// codeOf is what the shape of a body depends on.
type codeOf struct {
	declared *apierr.Error
	details  *shape // of the declared schema; nil: there is none
	required bool   // the details are always there
}

// presence says whether a value is there.
type presence uint8

const (
	always presence = iota
	maybe
	never
)

// object returns the shape of an object with these members, and whether it is
// there: without a value that is no constant, it is not.
func (b *bodyShapes) object(members []apierr.Member) (*shape, presence) {
	s := &shape{kind: objectShape}
	var added []*shape
	there, constant := never, true
	for i, m := range members {
		if slices.ContainsFunc(members[:i], func(o apierr.Member) bool { return o.Name == m.Name }) {
			continue // part of the choice of the first
		}
		choice := slices.DeleteFunc(slices.Clone(members[i:]), func(o apierr.Member) bool { return o.Name != m.Name })
		value, p := b.choice(choice)
		isConstant := !slices.ContainsFunc(choice, func(m apierr.Member) bool { return !isConstantMember(m) })
		constant = constant && isConstant
		if !isConstant {
			there = min(there, p)
		}
		switch {
		case p == never:
		case m.Name == "":
			added = append(added, value)
		default:
			s.members = append(s.members, shapeMember{m.Name, b.docOf(choice), value, p == maybe})
		}
	}
	if constant {
		there = always
	}
	return all(append([]*shape{s}, added...)), there
}

// docOf returns the doc of the first member of a choice that has one.
func (b *bodyShapes) docOf(choice []apierr.Member) string {
	for _, m := range choice {
		if m.Doc != "" {
			return m.Doc
		}
	}
	t := memberTable{violations: b.violations}
	if len(choice) == 1 && choice[0].From != "" {
		return t.source(choice[0], b.each).doc
	}
	return ""
}

// choice returns the shape of the first of several members that has a value.
func (b *bodyShapes) choice(choice []apierr.Member) (*shape, presence) {
	if i := slices.IndexFunc(choice, isFromDetails); i >= 0 && b.of != nil && b.of.details != nil {
		return b.member(choice[i]) // the schema is that of the member, whatever fills it
	}
	var parts []*shape
	there := never
	for _, m := range choice {
		s, p := b.member(m)
		if p != never {
			parts = append(parts, s)
		}
		if there = min(there, p); p == always {
			break
		}
	}
	return union(parts), there
}

func isFromDetails(m apierr.Member) bool { return m.From == apierr.FromDetails }

// member returns the shape of one member.
func (b *bodyShapes) member(m apierr.Member) (*shape, presence) {
	switch {
	case m.JSON != "":
		return constantShape(m.JSON), always
	case len(m.Members) > 0:
		return b.object(m.Members)
	case len(m.Array) > 0:
		return b.array(m.Array)
	case len(m.Each) > 0:
		inner := *b
		inner.each = true
		if len(m.Each) == 1 && m.Each[0].Name == "" {
			s, _ := inner.member(m.Each[0])
			return listOf(s), maybe
		}
		s, _ := inner.object(m.Each)
		return listOf(s), maybe
	case m.Detail != "":
		return b.detail(m.Detail)
	case m.Text != "":
		there := always
		for _, match := range textFields.FindAllStringSubmatch(m.Text, -1) {
			there = max(there, b.presenceOf(match[1]))
		}
		return aString, there
	}
	return b.source(m.From)
}

// constantShape returns the shape of a constant in JSON.
func constantShape(constant string) *shape {
	var v any
	if json.Unmarshal([]byte(constant), &v) != nil {
		return anything
	}
	return literalOf(v, 0)
}

// isConstantMember reports whether a member is the same in every body.
func isConstantMember(m apierr.Member) bool {
	inner := slices.Concat(m.Members, m.Array)
	return m.JSON != "" || len(inner) > 0 && !slices.ContainsFunc(inner, func(m apierr.Member) bool { return !isConstantMember(m) })
}

// array returns the shape of an array of these elements. One that has no value is
// left out, and those after it move.
func (b *bodyShapes) array(elements []apierr.Member) (*shape, presence) {
	var parts []*shape
	there, constant, fixed := never, true, true
	for _, m := range elements {
		s, p := b.member(m)
		if !isConstantMember(m) {
			constant, there = false, min(there, p)
		}
		fixed = fixed && p != maybe
		if p != never {
			parts = append(parts, s)
		}
	}
	if constant {
		there = always
	}
	if fixed {
		return &shape{kind: tupleShape, parts: parts, least: len(parts)}, there
	}
	return listOf(union(parts)), there
}

// detail returns the shape of one of the details.
func (b *bodyShapes) detail(key string) (*shape, presence) {
	if b.of == nil {
		return anything, maybe
	}
	if b.picked && b.of.details != nil && b.of.details.kind == objectShape {
		for _, m := range b.of.details.members {
			if m.name == key {
				if m.optional {
					return m.value, maybe
				}
				return m.value, always
			}
		}
	}
	if _, ok := b.of.declared.Details[key]; ok {
		return anything, always
	}
	return anything, maybe
}

// textFields are what may be a source in a text.
var textFields = regexp.MustCompile(`\{([a-z_]+)\}`)

// presenceOf reports whether a source of a text is there. Braces around anything
// else are constant text.
func (b *bodyShapes) presenceOf(name string) presence {
	switch from := apierr.Source(name); from {
	case "param", "language":
		return maybe
	case "in":
		if b.each {
			return always
		}
		return maybe
	case apierr.FromDetails, apierr.FromMessages, apierr.FromLocation:
		return always
	default:
		if _, ok := sources[from]; !ok {
			return always
		}
		_, p := b.source(from)
		return p
	}
}

// source returns the shape of what a source fills.
func (b *bodyShapes) source(from apierr.Source) (*shape, presence) {
	ofViolation := maybe
	if b.each {
		ofViolation = always
	}
	switch from {
	case apierr.FromCode:
		return &shape{kind: codeShape}, always
	case apierr.FromMessage:
		return aString, always
	case apierr.FromStatus:
		return aNumber, always
	case apierr.FromID:
		return &shape{kind: idShape}, b.idPresence()
	case apierr.FromDocURL:
		return aString, b.docURLPresence()
	case apierr.FromRetryAfter:
		return aNumber, maybe
	case apierr.FromRequestID, apierr.FromCorrelationID:
		return aString, maybe // absent outside of the middleware
	case apierr.FromDetails:
		if b.of != nil && b.of.required {
			return &shape{kind: detailsShape}, always
		}
		return &shape{kind: detailsShape}, maybe
	case apierr.FromMessages:
		return &shape{kind: objectShape, rest: listOf(aString)}, maybe
	case apierr.FromPath, apierr.FromRule:
		return aString, ofViolation
	case apierr.FromLocation:
		return listOf(union([]*shape{aString, aNumber})), ofViolation
	}
	return anything, maybe
}

func (b *bodyShapes) idPresence() presence {
	switch {
	case b.of == nil:
		return maybe
	case b.of.declared.ID == 0:
		return never
	}
	return always
}

// docURLPresence: an error without an ID has no URL if that needs an ID.
func (b *bodyShapes) docURLPresence() presence {
	switch {
	case b.contract.DocURL == "":
		return never
	case strings.Contains(b.contract.DocURL, "{id}"):
		return b.idPresence()
	}
	return always
}

// problemShape returns the shape of problem details.
func (b *bodyShapes) problemShape() *shape {
	optional := func(name string, value *shape) shapeMember {
		return shapeMember{name: name, value: value, optional: true}
	}
	s := &shape{kind: objectShape, members: []shapeMember{
		{name: "type", value: aString}, {name: "title", value: aString}, {name: "status", value: aNumber}, {name: "detail", value: aString},
		optional("instance", aString), {name: "code", value: &shape{kind: codeShape}},
	}}
	if p := b.idPresence(); p != never {
		s.members = append(s.members, shapeMember{name: "id", value: &shape{kind: idShape}, optional: p == maybe})
	}
	violation := &shape{kind: objectShape, members: []shapeMember{
		{name: "detail", value: aString}, optional("pointer", aString), optional("parameter", aString), optional("header", aString),
	}}
	s.members = append(s.members,
		optional("request_id", aString), optional("correlation_id", aString), optional("errors", listOf(violation)))
	return all([]*shape{s, {kind: detailsShape}})
}
