package validate

import (
	"context"
	"reflect"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/rules"
	"github.com/failwell/failwell/validate/internal/schema"
	"github.com/failwell/failwell/validate/internal/violation"
)

// Struct applies the rules in the struct tags of v, a struct or a pointer to
// one, that did not come from JSON: from a message queue, a command line, or a
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
	w := newWork(c, c.language)
	rv := reflect.ValueOf(v)
	if v == nil || rv.Kind() == reflect.Pointer && rv.IsNil() {
		w.found = append(w.found, violation.New(fieldpath.Root, message.RuleRequired, "", message.Required))
		return w.report(apierr.InvalidBody, "")
	}
	if rv.Kind() != reflect.Pointer { // rules may need the address
		at := reflect.New(rv.Type()).Elem()
		at.Set(rv)
		rv = at
	}
	if err := w.applyRules(ctx, rules.Of(schema.JSON, rv.Type(), c.tagName), rv); err != nil {
		return apierr.Internal.Wrap(err)
	}
	err = w.report(apierr.InvalidBody, "")
	w.release(true)
	return err
}

// FromStruct turns the error of a validator that the program called itself on v
// into [apierr.InvalidBody] with its Violations. Any other error is returned as
// it is. FromStruct has the value and reports every path in full, which
// [FromError] cannot. v may be a pointer, and must not have changed in between.
func FromStruct(err error, v any, opts ...Option) error {
	failures := failuresOf(err)
	if len(failures) == 0 {
		return err
	}
	if v == nil {
		return FromError(context.Background(), err)
	}
	c := settle(opts)
	rv := reflect.ValueOf(v)
	t := &translator{config: c, language: c.language}
	found := t.violationsOf(schema.JSON.Of(rv.Type()), rv, failures[:min(len(failures), maxFailures)])
	return reportOf(apierr.InvalidBody, "", found, c.maxViolations, false).Wrap(err)
}
