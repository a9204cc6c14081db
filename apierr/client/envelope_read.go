package client

import (
	"math"
	"reflect"
	"slices"
	"strconv"

	"github.com/failwell/failwell/apierr"
)

// envelopeReader collects what an object says, member by member.
type envelopeReader struct {
	content
	form    envelopeForm
	each    *apierr.Violation // of the element that is read; nil: outside Each
	changes []change          // of the details
}

// object reads an object by its members. It reports false if a constant of them
// has another value.
func (r *envelopeReader) object(members []apierr.Member, object map[string]any) bool {
	for i, m := range members {
		if m.Name == "" {
			r.spread(m, members, object)
			continue
		}
		first := slices.IndexFunc(members, func(other apierr.Member) bool { return other.Name == m.Name })
		value, there := object[m.Name]
		if first != i || !there {
			continue
		}
		if !r.oneOf(members[i:], m.Name, value) {
			return false
		}
	}
	return true
}

// oneOf reads a value by the first of the members with this name that it fits,
// constants before others. It reports false if there is a constant, or a member
// of members, and none fits.
func (r *envelopeReader) oneOf(members []apierr.Member, name string, value any) bool {
	strict := false
	for _, m := range members {
		if m.Name == name && m.JSON != "" {
			if strict = true; r.isConstant(m, value) {
				return true
			}
		}
	}
	for _, m := range members {
		if m.Name != name || m.JSON != "" {
			continue
		}
		if r.try(m, value) {
			return true
		}
		strict = strict || len(m.Members) > 0
	}
	return !strict
}

func (r *envelopeReader) isConstant(m apierr.Member, value any) bool {
	return reflect.DeepEqual(r.form.constants[m.JSON], value)
}

// value reads one value and reports whether it is of the member's kind.
func (r *envelopeReader) value(m apierr.Member, value any) bool {
	switch {
	case m.Detail != "":
		r.detail(m.Detail, value)
		return true
	case m.Text != "":
		s, ok := value.(string)
		return ok && r.text(m.Text, s)
	case len(m.Members) > 0:
		object, ok := value.(map[string]any)
		return ok && r.object(m.Members, object)
	case len(m.Array) > 0:
		list, ok := value.([]any)
		return ok && r.array(m.Array, list)
	case len(m.Each) > 0:
		list, ok := value.([]any)
		return ok && r.list(m.Each, list)
	}
	return r.source(m.From, value)
}

// array reads each element by the first pattern that it fits.
func (r *envelopeReader) array(patterns []apierr.Member, list []any) bool {
	for _, element := range list {
		for _, p := range patterns {
			if p.JSON != "" {
				if r.isConstant(p, element) {
					break
				}
				continue
			}
			if r.try(p, element) {
				break
			}
		}
	}
	return true
}

// maxViolations is the most violations that are read.
const maxViolations = 10_000

// list reads one violation from each element.
func (r *envelopeReader) list(each []apierr.Member, list []any) bool {
	outer := r.each
	defer func() { r.each = outer }()
	for _, element := range list[:min(len(list), maxViolations)] {
		r.each = new(apierr.Violation)
		object, isObject := element.(map[string]any)
		ok := false
		switch {
		case len(each) == 1 && each[0].Name == "":
			ok = r.value(each[0], element)
		case isObject:
			ok = r.object(each, object)
		}
		if !ok {
			return false
		}
		r.violations = append(r.violations, *r.each)
	}
	return true
}

// spread reads the members that an object has beside the named ones.
func (r *envelopeReader) spread(m apierr.Member, members []apierr.Member, object map[string]any) {
	rest := make(map[string]any)
	for name, value := range object {
		if !slices.ContainsFunc(members, func(m apierr.Member) bool { return m.Name == name }) {
			rest[name] = value
		}
	}
	if len(rest) > 0 {
		r.source(m.From, rest)
	}
}

func (r *envelopeReader) detail(key string, value any) {
	if r.details == nil {
		r.details = make(map[string]any)
	}
	old, there := r.details[key]
	r.changes = append(r.changes, change{key, old, there})
	r.details[key] = value
}

// first is the violation that a source of a violation means.
func (r *envelopeReader) first() *apierr.Violation {
	if r.each != nil {
		return r.each
	}
	if len(r.violations) == 0 {
		r.violations = make([]apierr.Violation, 1)
	}
	return &r.violations[0]
}

// source reads the value of a member with a source, and reports whether it is of
// the source's type.
func (r *envelopeReader) source(from apierr.Source, value any) bool {
	switch from {
	case apierr.FromDetails:
		object, ok := value.(map[string]any)
		for key, v := range object {
			r.detail(key, v)
		}
		return ok
	case apierr.FromMessages:
		object, ok := value.(map[string]any)
		return ok && r.messages(object)
	case apierr.FromID:
		n, ok := value.(float64)
		if ok {
			r.id, ok = whole(n)
		}
		return ok
	case apierr.FromStatus, apierr.FromRetryAfter:
		_, ok := value.(float64)
		return ok // the status line and the header have them
	case apierr.FromLocation:
		steps, ok := value.([]any)
		return ok && r.location(steps)
	}
	s, ok := value.(string)
	return ok && r.word(string(from), s)
}

// word reads a source that is a string.
func (r *envelopeReader) word(from, s string) bool {
	switch apierr.Source(from) {
	case apierr.FromCode:
		r.code = s
	case apierr.FromMessage:
		if r.each != nil {
			r.each.Message = s
		} else {
			r.message = s
		}
	case apierr.FromRequestID:
		r.requestID = s
	case apierr.FromCorrelationID:
		r.correlationID = s
	case apierr.FromPath:
		r.first().Path = s
	case apierr.FromRule:
		if rule, ok := r.form.rules[s]; ok {
			s = rule
		}
		r.first().Rule = s
	case apierr.FromID:
		n, err := strconv.Atoi(s)
		if err != nil {
			return false
		}
		r.id = n
	default:
		switch from {
		case "param":
			r.first().Param = s
		case "in":
			r.first().In = in(s)
		}
	}
	return true
}

// whole returns a number as an int. ok is false for a fraction, and for a number of
// more than 32 bits.
func whole(f float64) (n int, ok bool) {
	if f != math.Trunc(f) || math.Abs(f) > math.MaxInt32 {
		return 0, false
	}
	return int(f), true
}

// in is the part of the request as a Violation names it: the body is empty.
func in(s string) string {
	if s == "body" {
		return ""
	}
	return s
}

// messages reads an object with a list of messages for each path.
func (r *envelopeReader) messages(object map[string]any) bool {
	paths := make([]string, 0, len(object))
	for path := range object {
		paths = append(paths, path)
	}
	slices.Sort(paths) // an object has no order
	for _, path := range paths {
		list, ok := object[path].([]any)
		if !ok {
			return false
		}
		for _, m := range list {
			s, ok := m.(string)
			if !ok {
				return false
			}
			if len(r.violations) < maxViolations {
				r.violations = append(r.violations, apierr.Violation{Path: path, Message: s})
			}
		}
	}
	return true
}
