package validate

import (
	"context"
	"reflect"

	"github.com/failwell/failwell/apierr"
)

// Struct applies the rules in the struct tags of v, a struct or a pointer to
// one, which did not come from JSON: from a message queue, a command line, or a
// form that another package read. Arrays, slices and maps have the rules of
// their elements. The paths are those that v has in JSON.
//
// The error is [apierr.InvalidBody] with the Violations in order of
// declaration, or [apierr.Internal] if a rule panicked. A nil v, or nil pointer,
// is the violation of "required" at "$".
//
// A translation needs the language: see [WithLanguage].
func Struct(ctx context.Context, v any, opts ...Option) (err error) {
	defer recovered(&err)
	c := settle(opts)
	rv := reflect.ValueOf(v)
	if v == nil || rv.Kind() == reflect.Pointer && rv.IsNil() {
		return c.report(nil, []finding{{apierr.Violation{Path: root, Rule: ruleRequired, Message: msgRequired}, unplaced}}, apierr.InvalidBody)
	}
	s := jsonNames.surveyOf(rv.Type(), c.tagName)
	w := works.Get().(*work)
	w.say = speaker{config: c, language: c.language}
	if err := w.judge(ctx, c, s, rv); err != nil {
		return apierr.Internal.Wrap(err)
	}
	err = c.report(nil, w.found, apierr.InvalidBody)
	w.release(true)
	return err
}

// FromStruct turns the error of a validator that the program ran itself on v
// into InvalidBody with its Violations, and returns nil for any other error. As
// it has the value, and unlike [FromError], it gives every path in full. v may
// be a pointer, and must not have changed in between.
func FromStruct(err error, v any, opts ...Option) *apierr.Error {
	failures := failuresOf(err)
	if len(failures) == 0 || v == nil {
		return FromError(context.Background(), err)
	}
	c := settle(opts)
	rv := reflect.ValueOf(v)
	t := rv.Type()
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if rv.Kind() == reflect.Pointer && rv.IsNil() {
		rv = reflect.Zero(t)
	}
	_, rv = bottom(rv.Type(), rv)
	say := &speaker{config: c, language: c.language}
	var found []finding
	for _, fe := range failures[:min(len(failures), manyFailures)] {
		found = append(found, finding{say.violation(jsonNames.shapeOf(t), rv, fe), unplaced})
	}
	return c.summary(nil, found, apierr.InvalidBody).Wrap(err)
}
