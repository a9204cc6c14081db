package validate

import (
	"cmp"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/validate/internal/decode"
	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/rules"
	"github.com/failwell/failwell/validate/internal/schema"
	"github.com/failwell/failwell/validate/internal/violation"
)

// translator makes violations of broken rules, with their messages in the
// language of one request.
type translator struct {
	config   *config
	language string        // the Accept-Language of the request
	chosen   ut.Translator // for language; nil: not chosen yet
}

// violation is what a client receives of a failure.
func (t *translator) violation(f rules.Failure) apierr.Violation {
	b := f.Broken()
	if b.Class == message.Count && schema.IsOptional(f.Type) {
		null := message.Null(f.Type) // its rules are for null alone
		null.Path = f.Path
		t.reword(&null)
		return null
	}
	if f.IsMissing() {
		b = message.Broken{Tag: message.RuleRequired}
	}
	out := apierr.Violation{Path: f.Path, Rule: b.Tag, Param: b.Param}
	if strings.Contains(b.Tag, message.Or) {
		out.Rule, out.Param = message.RuleName(b.Tag), "" // the parameter is the last alternative's
	}
	out.Message = t.message(f.Path, b, f.Error)
	return out
}

// violationsOf are the violations of the errors of a validator about v.
func (t *translator) violationsOf(s *schema.Type, v reflect.Value, failures validator.ValidationErrors) []violation.Violation {
	s, v = behind(s, v)
	found := make([]violation.Violation, 0, len(failures))
	for _, fe := range failures {
		place := rules.Locate(s, v, fe)
		if !place.Found {
			place.Path = reportedPath(place, fe)
		}
		v := t.violation(rules.FailureOf(place.Path, place.Parent, fe))
		if place.IsKey {
			v.Message = message.OfName(v.Message)
		}
		found = append(found, violation.Violation{Violation: v, Offset: violation.Unplaced})
	}
	return found
}

// behind is the value that pointers and interfaces lead to, and its schema.
func behind(s *schema.Type, v reflect.Value) (*schema.Type, reflect.Value) {
	for v.IsValid() && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) {
		v = v.Elem()
	}
	if v.IsValid() {
		return s.Source.Of(v.Type()), v
	}
	return s.Source.Of(schema.Pointee(s.Go)), v
}

// reportedPath is the path of an error whose namespace leads nowhere: one that
// a struct-level rule reports, with a name of its choice. The name is used if
// it is one of the wire, or differs from the Go name.
func reportedPath(p rules.Place, fe validator.FieldError) string {
	if p.Parent == nil || p.Rest == "" {
		return p.Path
	}
	name := fe.Field()
	if p.Parent.Member(name) == nil && (name == fe.StructField() || name == "") {
		return p.Path
	}
	return fieldpath.At(p.Path).Name(name).String()
}

// message is the text for a broken rule: the user's own, else the translation,
// else English. fe is nil where no validator was called.
func (t *translator) message(path string, b message.Broken, fe validator.FieldError) string {
	if own, ok := t.config.messages[b.Tag]; ok {
		return strings.ReplaceAll(own, message.Placeholder, b.Param)
	}
	if t.config.translators != nil && fe != nil {
		if s, ok := t.translate(path, b, fe); ok {
			return s
		}
	}
	if fe != nil && !message.Known(b.Tag) { // perhaps an alias of the program's
		if actual := fe.ActualTag(); message.ReferenceOf(actual) == message.NoReference {
			b.Tag = actual
		}
	}
	return t.config.rules.cache.English(b)
}

// translate returns the translation of an error of a validator. ok is false
// where there is none, or none that is fit for a client.
func (t *translator) translate(path string, b message.Broken, fe validator.FieldError) (text string, ok bool) {
	s := fe.Translate(t.translators())
	if s == "" || s == fe.Error() { // which is full of Go names
		return "", false
	}
	s, ok = cutName(s, fe, path)
	if !ok {
		return "", false
	}
	if param := fe.Param(); message.ReferenceOf(b.Tag) != message.NoReference && param != "" && strings.Contains(s, param) {
		if b.Fields == "" {
			return "", false
		}
		s = strings.ReplaceAll(s, param, b.Fields)
	}
	first, n := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[n:]
	return strings.ReplaceAll(s, nameMark, cmp.Or(wireName(path), fe.Field())), true
}

// reword puts the message of a violation of decoding in the language of the
// request, or in the user's own words.
func (t *translator) reword(v *apierr.Violation) {
	if own, ok := t.config.messages[v.Rule]; ok {
		v.Message = strings.ReplaceAll(own, message.Placeholder, v.Param)
		return
	}
	if t.config.translators == nil {
		return
	}
	if s, err := t.translators().T("validate-"+v.Rule, v.Param); err == nil && s != "" {
		v.Message = s
	}
}

// syntax is apierr.InvalidJSON for a *decode.Malformed, with the message in the
// language of the request. Any other error is returned as it is.
func (t *translator) syntax(err error) error {
	m, ok := errors.AsType[*decode.Malformed](err)
	if !ok {
		return err
	}
	key, where := "validate-empty", []string(nil)
	if m.What != "" {
		key, where = "validate-syntax", []string{strconv.Itoa(m.Line), strconv.Itoa(m.Column)}
	}
	if t.config.translators != nil {
		if s, err := t.translators().T(key, where...); err == nil && s != "" {
			return apierr.InvalidJSON.WithMessage(s)
		}
	}
	return apierr.InvalidJSON.WithMessage(m.Error())
}
