package apierr

import (
	"maps"
	"strconv"
)

// plan is an [Envelope] made ready: its constant parts are joined, so that an
// answer is a handful of appends.
type plan struct {
	Envelope
	steps []step
	short []step // for an error with neither violations nor details
}

// step appends one value and what stands before it.
type step struct {
	// before is the constant text up to the value.
	before string
	// name stands before a value whose comma depends on what came before it.
	// Empty: the name is in before.
	name  string
	value value
	// inside is what valueObject has in it.
	inside []step
}

// value is what a step appends; a [Source] as a number, which is quicker to
// tell apart.
type value uint8

const (
	valueNone value = iota // what follows is constant
	valueCode
	valueMessage
	valueStatus
	// These may be absent, and their names with them.
	valueID
	valueDetails
	valueRequestID
	valueCorrelationID
	valueObject
)

var values = map[Source]value{
	FromCode: valueCode, FromMessage: valueMessage, FromStatus: valueStatus, FromID: valueID,
	FromDetails: valueDetails, FromRequestID: valueRequestID, FromCorrelationID: valueCorrelationID,
}

// compiled returns f, or its plan where it is an Envelope.
func compiled(f Format) Format {
	if f, ok := f.(Envelope); ok {
		return f.compile()
	}
	return f
}

// compile makes the plan of f.
func (f Envelope) compile() *plan {
	if len(f.Members) == 0 {
		f.Members = plainMembers
	}
	f.Reasons = maps.Clone(f.Reasons)
	if f.Violation == "" && !tells(f.Members, FromDetails) {
		f.Violation = "{path}: {message}{more}"
	}
	var c compiler
	c.text = "{"
	c.object(f.Members)
	c.text += "}"
	c.flush()
	return &plan{f, c.steps, withoutDetails(c.steps)}
}

// withoutDetails returns the steps without the members that would have the
// details, the constants around them joined.
func withoutDetails(steps []step) []step {
	var short []step
	before := ""
	for _, s := range steps {
		s.before = before + s.before
		if s.value == valueDetails {
			before = s.before
			continue
		}
		before = ""
		short = append(short, s)
	}
	if before != "" {
		short = append(short, step{before: before})
	}
	return short
}

// tells reports whether a member is filled from the source.
func tells(members []Member, from Source) bool {
	for _, m := range members {
		if m.From == from || tells(m.Members, from) {
			return true
		}
	}
	return false
}

// compiler collects constant text until a value interrupts it.
type compiler struct {
	text  string
	steps []step
}

func (c *compiler) flush() {
	if c.text != "" {
		c.steps = append(c.steps, step{before: c.text})
		c.text = ""
	}
}

// object compiles the members of an object whose brace is open. The members
// that are always there come with their commas; an optional one looks at what
// stands before it.
func (c *compiler) object(members []Member) {
	certain := false // a member is certainly there already
	for _, m := range members {
		name := string(appendString(nil, m.Name)) + ":"
		if optional(m) {
			s := step{before: c.text, name: name, value: values[m.From]}
			if len(m.Members) > 0 {
				var inner compiler
				inner.object(m.Members)
				s.value, s.inside = valueObject, inner.steps
			}
			c.steps, c.text = append(c.steps, s), ""
			continue
		}
		switch {
		case certain:
			c.text += "," + name
		case c.text != "": // the brace, or the name of an object around it
			c.text += name
		default: // only optional members stand before it
			c.steps = append(c.steps, step{name: name})
		}
		certain = true
		switch {
		case m.JSON != "":
			c.text += m.JSON
		case len(m.Members) > 0:
			c.text += "{"
			c.object(m.Members)
			c.text += "}"
		default:
			c.steps, c.text = append(c.steps, step{before: c.text, value: values[m.From]}), ""
		}
	}
}

// optional reports whether a body may come without the member.
func optional(m Member) bool {
	if len(m.Members) == 0 {
		return values[m.From] >= valueID
	}
	for _, m := range m.Members {
		if !optional(m) {
			return false
		}
	}
	return true
}

// Append implements [Format].
func (p *plan) Append(dst []byte, e *Error, info Info) ([]byte, error) {
	if len(e.Details) == 0 && len(e.Violations) == 0 {
		return p.run(p.short, dst, e, &info)
	}
	return p.run(p.steps, dst, e, &info)
}

func (p *plan) run(steps []step, dst []byte, e *Error, info *Info) (_ []byte, err error) {
	for i := range steps {
		s := &steps[i]
		dst = append(dst, s.before...)
		mark := len(dst)
		if s.name != "" {
			if dst[mark-1] != '{' {
				dst = append(dst, ',')
			}
			dst = append(dst, s.name...)
		}
		switch s.value {
		case valueNone:
		case valueCode:
			dst = appendString(dst, e.Code)
		case valueMessage:
			dst = appendString(dst, p.message(e))
		case valueStatus:
			dst = strconv.AppendInt(dst, int64(e.Status), 10)
		default:
			start := len(dst)
			if dst, err = p.optional(s, dst, e, info); err != nil {
				return dst, err
			}
			if len(dst) == start {
				dst = dst[:mark]
			}
		}
	}
	return dst, nil
}

// optional appends a value, nothing where there is none.
func (p *plan) optional(s *step, dst []byte, e *Error, info *Info) (_ []byte, err error) {
	switch s.value {
	case valueID:
		if e.ID != 0 {
			dst = strconv.AppendInt(dst, int64(e.ID), 10)
		}
	case valueRequestID:
		if info.RequestID != "" {
			dst = appendString(dst, info.RequestID)
		}
	case valueCorrelationID:
		if info.CorrelationID != "" {
			dst = appendString(dst, info.CorrelationID)
		}
	case valueDetails:
		if len(e.Details) > 0 || len(e.Violations) > 0 {
			return p.details(dst, e)
		}
	case valueObject:
		start := len(dst)
		if dst, err = p.run(s.inside, append(dst, '{'), e, info); err != nil || len(dst) == start+1 {
			return dst[:start], err
		}
		dst = append(dst, '}')
	}
	return dst, nil
}

func (p *plan) details(dst []byte, e *Error) ([]byte, error) {
	switch {
	case p.Details == DetailsList:
		return appendDetailsList(dst, e)
	case p.Details == DetailsFirst && len(e.Violations) > 0:
		v := e.Violations[0]
		dst = append(dst, `{"field":`...)
		dst = appendString(dst, v.Path)
		dst = append(dst, `,"reason":`...)
		dst = appendString(dst, p.reason(v.Rule))
		return append(dst, '}'), nil
	}
	return appendDetailsMap(dst, e)
}
