package reference

import (
	"slices"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// subject is what a schema of bodies is about: one outcome, all codes that the
// contract does not have, or any failure.
type subject struct {
	contract apierr.Contract
	outcome  *outcome       // nil: of other or of any codes
	status   int            // 0: any
	codes    any            // the schema of the code where there is no outcome
	details  *detailsSchema // nil: the details of the code are not declared
	picked   []string       // keys of the Details that members of the envelope have by themselves

	describes bool // members have a description
}

// code is the schema of the code.
func (s subject) code() object {
	if s.outcome != nil {
		return object{{"type", "string"}, {"const", s.outcome.code}}
	}
	if o, ok := s.codes.(object); ok {
		return o
	}
	return object{{"type", "string"}}
}

func (s subject) statusSchema() object {
	if s.status != 0 {
		return object{{"type", "integer"}, {"const", s.status}}
	}
	return object{{"type", "integer"}, {"minimum", 200}, {"maximum", 599}}
}

func (s subject) idPart() part {
	switch o := s.outcome; {
	case o == nil:
		return part{object{{"type", "integer"}}, maybe, false}
	case o.id == 0:
		return part{}
	default:
		return part{object{{"type", "integer"}, {"const", o.id}}, always, false}
	}
}

func (s subject) docURLPart() part {
	p := part{object{{"type", "string"}}, always, false}
	switch o := s.outcome; {
	case s.contract.DocURL == "":
		return part{}
	case o != nil && o.docURL == "":
		return part{}
	case o != nil:
		p.schema = object{{"type", "string"}, {"const", o.docURL}}
	case strings.Contains(s.contract.DocURL, "{id}"):
		p.presence = maybe
	}
	return p
}

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
