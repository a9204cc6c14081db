package apierr

import (
	"strconv"

	"github.com/failwell/failwell/internal/fieldpath"
)

// filler appends the values of one body.
type filler struct {
	*plan
	e     *Error
	info  *Info
	v     *Violation // that the violation sources are about; nil: there is none
	plain bool       // e has neither details nor violations

	found int // how many values that may be absent were there
}

// Append implements [Format].
func (p *plan) Append(dst []byte, e *Error, info Info) ([]byte, error) {
	return p.append(dst, e, &info)
}

func (p *plan) append(dst []byte, e *Error, info *Info) ([]byte, error) {
	f := filler{plan: p, e: e, info: info}
	if len(e.Violations) > 0 {
		f.v = &e.Violations[0]
	}
	f.plain = f.v == nil && len(e.Details) == 0
	return f.append(dst, p.steps)
}

func (f *filler) append(dst []byte, steps []step) (_ []byte, err error) {
	for i := range steps {
		s := &steps[i]
		dst = append(dst, s.before...)
		switch s.value {
		case valueNone:
			if s.comma {
				dst = appendComma(dst)
			}
			continue
		case valueCode:
			dst = appendString(dst, f.e.Code)
			continue
		case valueMessage:
			dst = appendString(dst, f.message(f.e, f.info.Language))
			continue
		}
		if s.detailed && f.plain {
			continue
		}
		mark := len(dst)
		if s.comma {
			dst = append(appendComma(dst), s.name...)
		}
		start := len(dst)
		if dst, err = f.value(dst, s); err != nil {
			return dst, err
		}
		switch {
		case !s.optional:
		case len(dst) == start:
			dst = dst[:mark]
		default:
			f.found++
		}
	}
	return dst, nil
}

// appendComma appends a comma unless an object or an array begins here.
func appendComma(dst []byte) []byte {
	if c := dst[len(dst)-1]; c != '{' && c != '[' {
		dst = append(dst, ',')
	}
	return dst
}

// value appends one value, nothing if it is absent.
func (f *filler) value(dst []byte, s *step) ([]byte, error) {
	switch s.value {
	case valueNone:
		return append(dst, s.before...), nil
	case valueStatus, valueID, valueRetryAfter:
		return f.number(dst, s.value), nil
	case valueDetails:
		return f.details(dst)
	case valueAddDetails:
		return appendDetails(dst, f.e, f.plan.violations, f.picked, s.names)
	case valueMessages, valueAddMessages:
		return f.messages(dst, s)
	case valueDetail:
		if v, ok := f.e.Details[s.key]; ok {
			return appendValue(dst, v)
		}
	case valueText:
		return f.text(dst, s.text), nil
	case valueObject:
		return f.enclosed(dst, s, '{', '}')
	case valueArray:
		return f.enclosed(dst, s, '[', ']')
	case valueEach:
		return f.each(dst, s.inside)
	case valueChoice:
		return f.choice(dst, s.inside)
	case valueLocation:
		if f.v != nil {
			dst = appendLocation(dst, f.v)
		}
	default:
		if text, ok := f.string(s.value); ok {
			dst = appendString(dst, text)
		}
	}
	return dst, nil
}

// number appends a value that is a number.
func (f *filler) number(dst []byte, v value) []byte {
	switch {
	case v == valueStatus:
		return strconv.AppendInt(dst, int64(f.e.Status), 10)
	case v == valueID && f.e.ID != 0:
		return strconv.AppendInt(dst, int64(f.e.ID), 10)
	case v == valueRetryAfter && f.e.RetryAfter > 0:
		return strconv.AppendInt(dst, seconds(f.e.RetryAfter), 10)
	}
	return dst
}

// string returns a value that is a string.
func (f *filler) string(v value) (s string, ok bool) {
	switch v {
	case valueCode:
		return f.e.Code, true
	case valueMessage:
		return f.message(f.e, f.info.Language), true
	case valueDocURL:
		return f.info.DocURL, f.info.DocURL != ""
	case valueRequestID:
		return f.info.RequestID, f.info.RequestID != ""
	case valueCorrelationID:
		return f.info.CorrelationID, f.info.CorrelationID != ""
	case valueLanguage:
		return f.info.Language, f.info.Language != ""
	}
	if f.v == nil {
		return "", false
	}
	switch v {
	case valuePath:
		return f.v.Path, true
	case valueRule:
		if word, ok := f.Rules[f.v.Rule]; ok {
			return word, true
		}
		return f.v.Rule, true
	case valueParam:
		return f.v.Param, f.v.Param != ""
	case valueIn:
		return part(f.v), true
	}
	return f.v.Message, true
}

// part is the part of the request that holds the violation's field.
func part(v *Violation) string {
	if v.In == "" {
		return "body"
	}
	return v.In
}

// text appends a string made of pieces, nothing if one of them is absent.
func (f *filler) text(dst []byte, pieces []piece) []byte {
	start := len(dst)
	dst = append(dst, '"')
	for _, p := range pieces {
		dst = appendQuoted(dst, p.before)
		switch p.value {
		case valueNone:
		case valueStatus, valueID, valueRetryAfter:
			mark := len(dst)
			if dst = f.number(dst, p.value); len(dst) == mark {
				return dst[:start]
			}
		default:
			s, ok := f.string(p.value)
			if !ok {
				return dst[:start]
			}
			dst = appendQuoted(dst, s)
		}
	}
	return append(dst, '"')
}

// enclosed appends an object or an array, nothing if it would hold constants
// only.
func (f *filler) enclosed(dst []byte, s *step, open, end byte) (_ []byte, err error) {
	start, found := len(dst), f.found
	if dst, err = f.append(append(dst, open), s.inside); err != nil {
		return dst, err
	}
	if s.absent && f.found == found {
		return dst[:start], nil
	}
	return append(dst, end), nil
}

// each appends an array with one object for each violation.
func (f *filler) each(dst []byte, steps []step) (_ []byte, err error) {
	if len(f.e.Violations) == 0 {
		return dst, nil
	}
	first := f.v
	dst = append(dst, '[')
	for i := range f.e.Violations {
		if len(dst) > maxBody {
			return dst, errTooLong
		}
		f.v = &f.e.Violations[i]
		mark := len(dst)
		dst = appendComma(dst)
		start := len(dst)
		if dst, err = f.append(dst, steps); err != nil {
			return dst, err
		}
		if len(dst) == start { // a value that this violation does not have
			dst = dst[:mark]
		}
	}
	f.v = first
	return append(dst, ']'), nil
}

// choice appends the first value that is there.
func (f *filler) choice(dst []byte, choice []step) (_ []byte, err error) {
	start := len(dst)
	for i := range choice {
		if dst, err = f.value(dst, &choice[i]); err != nil || len(dst) > start {
			return dst, err
		}
	}
	return dst, nil
}

// details appends the Details as an object.
func (f *filler) details(dst []byte) (_ []byte, err error) {
	if len(f.e.Details) == 0 && (!f.plan.violations || len(f.e.Violations) == 0) {
		return dst, nil
	}
	start := len(dst)
	dst, err = appendDetails(append(dst, '{'), f.e, f.plan.violations, f.picked, nil)
	if err != nil {
		return dst, err
	}
	if len(dst) == start+1 {
		return dst[:start], nil
	}
	return append(dst, '}'), nil
}

// messages appends the messages of the violations, as an object or as members
// of the object around them.
func (f *filler) messages(dst []byte, s *step) ([]byte, error) {
	if len(f.e.Violations) == 0 {
		return dst, nil
	}
	if s.value == valueAddMessages {
		return appendMessages(dst, f.e.Violations, s.names)
	}
	dst, err := appendMessages(append(dst, '{'), f.e.Violations, nil)
	return append(dst, '}'), err
}

// appendLocation appends where a violation is: the part of the request, and the
// steps of its path.
func appendLocation(dst []byte, v *Violation) []byte {
	dst = appendString(append(dst, '['), part(v))
	steps, ok := fieldpath.Split(v.Path)
	if !ok {
		steps = []fieldpath.Step{fieldpath.Member(v.Path)}
	}
	for _, s := range steps {
		dst = append(dst, ',')
		if s.IsIndex && s.Index >= 0 {
			dst = strconv.AppendInt(dst, int64(s.Index), 10)
		} else {
			dst = appendString(dst, s.String())
		}
	}
	return append(dst, ']')
}
