package reference

import (
	"slices"

	"github.com/failwell/failwell/apierr"
)

// spread is what the details or the messages add to the object around them.
type spread struct {
	properties object
	required   []any
	additional any // additionalProperties
	presence   presence
}

// spread is what a member without a name adds to an object that has the names.
func (f envelopeSchema) spread(m apierr.Member, names []string) spread {
	if m.From == apierr.FromMessages {
		return spread{additional: messageList(), presence: withViolations}
	}
	s := f.subject.spread(append(names[:len(names):len(names)], f.picked...))
	if f.violations {
		s = s.orMessages()
	}
	return s
}

// spread is what the Details add to an object that has the names.
func (s subject) spread(names []string) spread {
	sp := spread{additional: true, presence: maybe}
	if s.outcome != nil {
		for key := range s.outcome.always {
			if !slices.Contains(names, key) {
				sp.presence = always
			}
		}
	}
	if s.details != nil {
		s.details.spread(&sp, names, s.outcome.always)
	}
	return sp
}

// orMessages allows the messages of violations by path too, which come first.
func (s spread) orMessages() spread {
	text := object{{"type", "string"}}
	properties := s.properties
	s.properties, s.required = nil, nil
	for _, p := range properties {
		s.properties = append(s.properties, property{p.name, object{{"anyOf", []any{p.value, text}}}})
	}
	switch a := s.additional.(type) {
	case bool:
		if !a {
			s.additional = text
		}
	default:
		s.additional = object{{"anyOf", []any{a, text}}}
	}
	return s
}
