package validate

import (
	"context"
	"errors"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/apierr"
)

// manyFailures is up to where the complaints of a validator are looked at and
// put in order. More of them only show that there are more.
const manyFailures = 1000

// judge runs the rules over v, which is of the type that s was made of.
func (c *config) judge(ctx context.Context, s *survey, v reflect.Value, names string, say speaker) ([]finding, error) {
	found := s.nulls(v, c.maxViolations)
	if c.rules.own && !s.ruled {
		return found, nil
	}
	err := c.run(ctx, v)
	if err == nil {
		return found, nil
	}
	failures, ok := errors.AsType[validator.ValidationErrors](err)
	if !ok {
		return nil, err
	}
	if len(failures) > manyFailures {
		failures = failures[:manyFailures]
	}
	if found == nil {
		found = make([]finding, 0, len(failures))
	}
	for _, fe := range failures {
		found = append(found, finding{say.violation(s.shape, v, fe, names), unplaced})
	}
	return found, nil
}

// run calls the validator on what it can take: structs, and the elements of
// arrays and objects.
func (c *config) run(ctx context.Context, v reflect.Value) error {
	_, v = bottom(v.Type(), v)
	switch {
	case !v.IsValid():
		return nil
	case v.Kind() == reflect.Struct:
		if v.Type().ConvertibleTo(timeType) {
			return nil
		}
		if v.CanAddr() {
			v = v.Addr()
		}
		return c.rules.v.StructCtx(ctx, v.Interface())
	case v.Kind() == reflect.Slice, v.Kind() == reflect.Array, v.Kind() == reflect.Map:
		return c.rules.v.VarCtx(ctx, v.Interface(), "dive")
	}
	return nil
}

// speaker puts complaints of a validator in words for one request.
type speaker struct {
	config   *config
	language string // the Accept-Language of the request
}

// violation is what a client may see of a complaint.
func (sp speaker) violation(s *shape, v reflect.Value, fe validator.FieldError, names string) apierr.Violation {
	r := resolver{tag: names, fits: func(at reflect.Value) bool { return sameValue(at, fe.Value()) }}
	p := r.resolve(s, v, fe.StructNamespace())
	if !p.whole {
		p.path = reported(p, fe)
	}
	b := broken{tag: fe.Tag(), param: fe.Param(), class: classOf(fe.Type(), fe.Kind())}
	if _, known := references[b.tag]; known {
		b.param, b.fields = siblings(b.tag, names, fe.Param(), p.parent, s, elemOf(fe.Type()))
	}
	return sp.say(p.path, b, fe)
}

// say makes the violation of a broken rule.
func (sp speaker) say(path string, b broken, fe validator.FieldError) apierr.Violation {
	if missing(fe) {
		b = broken{tag: ruleRequired}
	}
	out := apierr.Violation{Path: path, Rule: ruleName(b.tag), Param: b.param}
	if out.Rule != b.tag {
		out.Param = "" // that of the last alternative alone would mislead
	}
	out.Message = sp.message(b, fe)
	return out
}

// message finds the words for a broken rule: the user's own, else the
// translation, else English.
func (sp speaker) message(b broken, fe validator.FieldError) string {
	if own, ok := sp.config.messages[b.tag]; ok {
		return strings.ReplaceAll(own, placeholder, b.param)
	}
	if sp.config.translators != nil {
		if s, ok := sp.translate(b, fe); ok {
			return s
		}
	}
	s := sp.config.rules.texts.message(b)
	if s == msgInvalid && fe.ActualTag() != b.tag && b.tag != ruleRequired { // an alias of the user's
		b.tag = fe.ActualTag()
		if !namesFields(b.tag) {
			s = sp.config.rules.texts.message(b)
		}
	}
	return s
}

// missing reports whether a rule failed only because there is no value: the
// rule of a pointer to nothing, such as min on a nil *int, is never asked.
func missing(fe validator.FieldError) bool {
	switch fe.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Invalid:
	default:
		return false
	}
	switch r := references[fe.Tag()]; {
	case r == pairs, r == several, fe.Tag() == "isdefault":
		return false
	}
	return fe.Tag() != ruleRequired && phrases[fe.ActualTag()]+sayingsOf(fe.ActualTag()) != ""
}

// sayingsOf is not empty for tags with a message that is made up.
func sayingsOf(tag string) string {
	if sayings[tag] != nil {
		return tag
	}
	return ""
}

// reported is the path of a complaint whose namespace leads nowhere: one that
// a struct-level rule made, with a name of its own choosing. That name is used
// if it is one of the wire, or was told apart from the Go name.
func reported(p place, fe validator.FieldError) string {
	if p.parent == nil || p.rest == "" {
		return p.path
	}
	name := fe.Field()
	_, wire := p.parent.byName[name]
	if !wire && (name == fe.StructField() || name == "") {
		return p.path
	}
	base := []byte(p.path)
	if p.path == root {
		base = nil
	}
	return string(appendName(base, name))
}

// sameValue reports whether at holds what a validator complained of.
func sameValue(at reflect.Value, complained any) bool {
	if !at.IsValid() {
		return complained == nil
	}
	_, at = bottom(at.Type(), at)
	return at.IsValid() && at.CanInterface() && reflect.DeepEqual(at.Interface(), complained)
}

func elemOf(t reflect.Type) reflect.Type {
	if t == nil {
		return nil
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		return t.Elem()
	}
	return nil
}
