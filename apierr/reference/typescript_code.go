package reference

import (
	"maps"
	"slices"

	"github.com/failwell/failwell/apierr"
)

// typedCode is a code as the generated code knows it.
type typedCode struct {
	code    string
	error   *apierr.Error // that has the code: the declared one, else the built-in one
	details *shape        // the type of the details; nil: any
	bodies  []*shape      // by form
	shapes  *schemaShapes
}

// typedCodes returns the codes that a client may receive, each once: those that
// the contract declares and answers with, and those of the built-in errors that
// an open contract answers as they are.
func typedCodes(s *spec, readers []*bodyReader) (codes []*typedCode) {
	inlined := 0
	for _, o := range mergedOutcomes(s.outcomes) {
		c := newTypedCode(s, o, readers, &inlined)
		for i := range s.forms {
			c.bodies = append(c.bodies, c.body(s, i, o))
		}
		codes = append(codes, c)
	}
	return codes
}

// mergedOutcomes has one outcome for each code, with the details that all
// outcomes of the code have.
func mergedOutcomes(all []*outcome) (merged []*outcome) {
	byCode := map[string]*outcome{}
	for _, o := range all {
		if first := byCode[sentText(o.code)]; first != nil {
			maps.DeleteFunc(first.always, func(key string, _ bool) bool { return !o.always[key] })
			continue
		}
		c := *o
		c.always = maps.Clone(o.always)
		byCode[sentText(o.code)], merged = &c, append(merged, &c)
	}
	return merged
}

func newTypedCode(s *spec, o *outcome, readers []*bodyReader, inlined *int) *typedCode {
	c := &typedCode{code: sentText(o.code), error: s.contract.Lookup(o.code)}
	if c.error == nil {
		c.error = o.answer(s.forms[0].examples.contract).Error
	}
	c.shapes = &schemaShapes{code: c.code, id: o.id, details: s.detailsOf(o), definitions: map[string]*shape{}, inlined: inlined}
	if d := c.shapes.details; d != nil {
		c.details = c.shapes.shapeOf(d.root, 0, false)
		if c.details.kind == unknownShape {
			c.details = nil
		}
		for i, r := range readers {
			c.details = sentDetailsOf(c.details, r, i > 0)
		}
	}
	return c
}

// body returns the shape of the bodies of an outcome in a form, at any status.
func (c *typedCode) body(s *spec, form int, o *outcome) *shape {
	c.shapes.inBody = true
	defer func() { c.shapes.inBody = false }()
	about := subject{contract: s.contract, outcome: o, details: c.shapes.details, describes: true}
	return c.shapes.shapeOf(s.schema(form, about, ""), 0, true)
}

// sentDetailsOf removes from the type of the details what no body has: members
// with the name of an own member of the object to which the details are added,
// and, where there is no object of the details, those that no member picks.
// alternative: another form has them; they become optional.
func sentDetailsOf(details *shape, r *bodyReader, alternative bool) *shape {
	sent := func(name string) bool { return !slices.Contains(r.own, name) }
	if r.details == nil {
		sent = func(name string) bool {
			return slices.ContainsFunc(r.picked, func(p pick) bool { return p.key == name })
		}
	}
	switch {
	case details == nil:
		return nil
	case details.kind != objectShape && (r.details == nil || mentions(details, r.own)):
		return nil
	case details.kind != objectShape:
		return details
	}
	s := &shape{kind: objectShape, rest: details.rest}
	for _, m := range details.members {
		if !sent(m.name) {
			if !alternative {
				continue
			}
			m.optional = true
		}
		s.members = append(s.members, m)
	}
	return s
}

// mentions reports whether a part of s that is about the value itself has a
// member with one of the names.
func mentions(s *shape, names []string) bool {
	return slices.ContainsFunc(s.members, func(m shapeMember) bool { return slices.Contains(names, m.name) }) ||
		slices.ContainsFunc(s.parts, func(p *shape) bool { return mentions(p, names) })
}

// detailsType returns the type of the details.
func (c *typedCode) detailsType(indent string) string {
	if c.details == nil {
		return "Details"
	}
	return c.details.typ(indent)
}

// sentText returns s as a body has it: invalid UTF-8 is replaced.
func sentText(s string) string { return textOf(appendText(nil, s)) }
