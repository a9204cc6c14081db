package validate

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"

	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/apierr"
)

// manyFailures is up to where the complaints of a validator are looked at and
// put in order. More of them only show that there are more.
const manyFailures = 1000

// judge runs the rules over v, which is of the type that s was made of, and
// adds what is broken to the findings.
func (w *work) judge(ctx context.Context, c *config, s *survey, v reflect.Value) error {
	nulls, unfit := s.nulls(v, c.maxViolations)
	w.say.ownWords(nulls)
	w.found = append(w.found, nulls...)
	if unfit || c.rules.own && !s.ruled {
		return nil
	}
	if w.judgeQuickly(c, s, v) {
		return nil
	}
	err := w.run(ctx, c.rules, s, v)
	if err == nil {
		return nil
	}
	_, v = bottom(v.Type(), v)
	failures, ok := err.(validator.ValidationErrors)
	if !ok {
		return err
	}
	failures = failures[:min(len(failures), max(manyFailures, c.maxViolations+1))]
	w.found = slices.Grow(w.found, len(failures))
	for _, fe := range failures {
		w.found = append(w.found, finding{w.say.violation(s.inner, v, fe), unplaced})
	}
	return nil
}

// judgeQuickly judges v without the validator, if all of it is plain. If not,
// the fields that passed are left out of what the validator is asked.
func (w *work) judgeQuickly(c *config, s *survey, v reflect.Value) (done bool) {
	w.quick = nil
	_, v = bottom(v.Type(), v)
	if !c.rules.own || s.quick == nil || !v.IsValid() || v.Type() != s.inner.typ {
		return false
	}
	w.quick, w.next = s.quick, 0
	var whole bool
	w.set, w.broke, whole = s.quick.judge(v, w.broke[:0])
	if !whole || len(w.broke) > 0 && c.translators != nil { // a translation wants validator's own complaint
		return false
	}
	for _, b := range w.broke {
		if m := s.inner.members[b.field.name]; m == nil || !plain(m.wire) {
			return false
		}
	}
	for _, b := range w.broke {
		f := v.Field(b.field.index)
		broken := broken{tag: b.rule.tag, param: b.rule.param, class: classOf(f.Type(), f.Kind())}
		w.found = append(w.found, finding{apierr.Violation{
			Path: s.inner.members[b.field.name].wire, Rule: broken.tag, Param: broken.param,
			Message: w.say.message(catalogue[broken.tag], broken, nil),
		}, unplaced})
	}
	return true
}

// run calls the validator on what it can take: structs, and the elements of
// arrays and objects.
func (w *work) run(ctx context.Context, rules *Rules, s *survey, v reflect.Value) error {
	_, v = bottom(v.Type(), v)
	switch {
	case !v.IsValid():
		return nil
	case v.Kind() == reflect.Struct:
		if v.Type().ConvertibleTo(timeType) {
			return nil
		}
		in := v
		if v.CanAddr() {
			in = v.Addr()
		}
		if w.quick != nil {
			return rules.v.StructFilteredCtx(ctx, in.Interface(), w.skips)
		}
		return rules.v.StructCtx(ctx, in.Interface())
	case v.Kind() == reflect.Slice, v.Kind() == reflect.Array, v.Kind() == reflect.Map:
		return rules.v.VarCtx(ctx, v.Interface(), "dive")
	}
	return nil
}

// speaker puts complaints of a validator in words for one request.
type speaker struct {
	config   *config
	language string        // the Accept-Language of the request
	chosen   ut.Translator // for language; nil: not asked yet
}

func (c *config) speakerFor(r *http.Request) speaker {
	language := c.language
	if language == "" && c.translators != nil {
		language = r.Header.Get("Accept-Language")
	}
	return speaker{config: c, language: language}
}

// violation is what a client may see of a complaint about v, of shape s.
func (sp *speaker) violation(s *shape, v reflect.Value, fe validator.FieldError) apierr.Violation {
	p := (&resolver{complaint: fe}).resolve(s, v, fe.StructNamespace())
	if !p.whole {
		p.path = reported(p, fe)
	}
	b := broken{tag: fe.Tag(), param: fe.Param(), class: classOf(fe.Type(), fe.Kind())}
	if b.class == count && fe.Type().NumMethod() > 0 && fe.Type().Implements(optionalType) {
		return refusedNull(p.path, fe.Type()) // its rules are for null alone
	}
	r := catalogue[b.tag]
	if r.refers != none {
		b.param, b.fields = siblings(r.refers, b.param, p.parent, s, elemOf(fe.Type()))
	}
	return sp.say(p.path, r, b, fe)
}

// say makes the violation of a broken rule.
func (sp *speaker) say(path string, r rule, b broken, fe validator.FieldError) apierr.Violation {
	if missing(r, b, fe) {
		b = broken{tag: ruleRequired}
		r = catalogue[ruleRequired]
	}
	out := apierr.Violation{Path: path, Rule: b.tag, Param: b.param}
	if strings.Contains(b.tag, alternatives) {
		out.Rule, out.Param = ruleName(b.tag), "" // the last alternative's alone would mislead
	}
	out.Message = sp.message(r, b, fe)
	return out
}

// message finds the words for a broken rule: the user's own, else the
// translation, else English.
func (sp *speaker) message(r rule, b broken, fe validator.FieldError) string {
	if len(sp.config.messages) > 0 {
		if own, ok := sp.config.messages[b.tag]; ok {
			return strings.ReplaceAll(own, placeholder, b.param)
		}
	}
	if sp.config.translators != nil {
		if s, ok := sp.translate(r, b, fe); ok {
			return s
		}
	}
	if r.phrase == "" && r.say == nil { // an alias of the user's, perhaps
		if actual := catalogue[fe.ActualTag()]; actual.refers == none {
			r, b.tag = actual, fe.ActualTag()
		}
	}
	return sp.config.rules.texts.message(r, b)
}

// missing reports whether a rule failed only because there is no value: a rule
// such as min is never asked about a nil *int, and fails.
func missing(r rule, b broken, fe validator.FieldError) bool {
	switch fe.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Invalid:
	default:
		return false
	}
	switch b.tag {
	case "dive", "structonly", "nostructlevel", "keys":
		return true
	case "isdefault":
		return false
	}
	return r.refers != pairs && r.refers != several && (r.phrase != "" || r.say != nil)
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
	var at trail
	if p.path != root {
		at.path = []byte(p.path)
	}
	return at.name(name).String()
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
