package reference

import (
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
