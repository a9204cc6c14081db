package reference

import (
	"slices"

	"github.com/failwell/failwell/apierr"
)

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
	return s.with("description", commonMark(doc))
}
