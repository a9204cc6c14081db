package reference

import (
	"encoding/json"
	"slices"

	"github.com/failwell/failwell/apierr"
)

// declaredCode is a declared error as the generated code knows it.
type declaredCode struct {
	code    string // as it is sent
	of      codeOf
	details *shape   // the type of its details
	defs    []string // names of the definitions that it needs
	shapes  map[string]*shape
}

// codesOf returns the declared errors, each code as it is sent once: codes that
// differ in invalid UTF-8 only are one on the wire.
func codesOf(c apierr.Contract, schemas map[*apierr.Error]*schema, forms []*form) []*declaredCode {
	var codes []*declaredCode
	seen := map[string]bool{}
	for _, e := range c.Declared() {
		d := &declaredCode{code: sentString(e.Code), of: codeOf{declared: e}}
		if seen[d.code] {
			continue
		}
		seen[d.code] = true
		codes = append(codes, d)
		s, ok := schemas[e]
		if !ok {
			continue
		}
		converter := newSchemaShapes(c.DetailsSchemas[e], d.code)
		d.details = converter.shapeOf(converter.root, 0, false)
		if d.details.kind == unknownShape {
			d.details = anObject
		}
		d.defs, d.shapes = converter.order, converter.definitions
		d.of.required = s.resolved.Validate(map[string]any{}) != nil
		d.withoutOwnNames(forms)
		d.of.details = d.details
	}
	return codes
}

// sentString returns s as a body has it: invalid UTF-8 is replaced.
func sentString(s string) string {
	f := apierr.Envelope{Members: []apierr.Member{{Name: "code", From: apierr.FromCode}}}
	var sent struct{ Code string }
	b, err := f.Append(nil, &apierr.Error{Code: s}, apierr.Info{})
	if err != nil || json.Unmarshal(b, &sent) != nil {
		return s
	}
	return sent.Code
}

// withoutOwnNames removes from the type of the details what no body has: members
// with the name of a member of the object to which the details are added, and,
// where there is no object of the details, those that no member picks.
func (d *declaredCode) withoutOwnNames(forms []*form) {
	for i, f := range forms {
		sent := func(name string) bool { return !slices.Contains(f.added, name) }
		if f.details == nil {
			sent = func(name string) bool {
				return slices.ContainsFunc(f.picked, func(p pick) bool { return p.key == name })
			}
		}
		if d.details.kind != objectShape {
			if f.details == nil || mentions(d.details, f.added) {
				d.details = anObject
			}
			continue
		}
		s := &shape{kind: objectShape, rest: d.details.rest}
		for _, m := range d.details.members {
			if !sent(m.name) {
				if i == 0 {
					continue
				}
				m.optional = true
			}
			s.members = append(s.members, m)
		}
		d.details = s
	}
}

// mentions reports whether a part of s that is about the value itself has a
// member with one of the names.
func mentions(s *shape, names []string) bool {
	return slices.ContainsFunc(s.members, func(m shapeMember) bool { return slices.Contains(names, m.name) }) ||
		slices.ContainsFunc(s.parts, func(p *shape) bool { return mentions(p, names) })
}

// typ returns the type of the details.
func (d *declaredCode) typ(indent string) string {
	if d.details == nil {
		return "Details"
	}
	return d.details.typ(ofAny, indent)
}

// table returns the same for the generated code.
func (d *declaredCode) table() string {
	if d.details == nil {
		return anObject.table()
	}
	return d.details.table()
}
