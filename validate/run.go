package validate

import (
	"context"
	"reflect"

	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/validate/internal/decode"
	"github.com/failwell/failwell/validate/internal/rules"
	"github.com/failwell/failwell/validate/internal/schema"
)

// maxFailures is the number of errors of a validator that are looked at. More of
// them only show that there are more.
const maxFailures = 1000

// addDecoding adds what decoding found.
func (w *work) addDecoding(r decode.Result) {
	w.found = append(w.found, r.Violations...)
	w.partial = w.partial || r.Partial
	for i := range w.found {
		w.translator.reword(&w.found[i].Violation)
	}
	w.decoding = len(w.found)
}

// applyRules applies the rules to v, which is of the type of set, and adds what
// is broken to the violations of decoding.
func (w *work) applyRules(ctx context.Context, set *rules.Set, v reflect.Value) error {
	if w.partial || w.decoding > w.config.maxViolations {
		return nil
	}
	if w.config.rules.own {
		if set.Ruled || set.Nullable {
			w.evaluate(ctx, set, v, false)
		}
	} else if err := w.runValidator(ctx, set, v); err != nil {
		return err
	}
	w.sent.Restore(w.found[w.decoding:])
	w.found = rules.Unrelated(w.found, w.decoding)
	return nil
}

// evaluate applies the rules one value at a time, and adds what is broken.
// unfit is that of [rules.Evaluation].
func (w *work) evaluate(ctx context.Context, set *rules.Set, v reflect.Value, structure bool) (done, unfit bool) {
	e := &w.evaluation
	e.Context, e.Validator, e.Own = ctx, w.config.rules.v, w.config.rules.own
	e.Structure, e.Unfit = structure, false
	e.Found, e.Limit = w.found, w.decoding+w.config.maxViolations
	e.Run(set, v)
	w.found = e.Found
	return e.Done(), e.Unfit
}

// runValidator calls the program's own validator. Its traversal cannot be
// stopped and costs what its failures are many, so the built-in rules are
// evaluated before: if these alone break more rules than are reported, the
// validator is not called.
func (w *work) runValidator(ctx context.Context, set *rules.Set, v reflect.Value) error {
	if set.Dives || set.Bounded {
		if done, unfit := w.evaluate(ctx, set, v, false); done || unfit {
			return nil
		}
		w.found = w.found[:w.decoding]
	}
	if set.Nullable {
		w.evaluate(ctx, set, v, true)
	}
	err := callValidator(ctx, w.config.rules.v, v)
	if err == nil {
		return nil
	}
	failures, ok := err.(validator.ValidationErrors)
	if !ok {
		return err
	}
	w.found = append(w.found, w.translator.violationsOf(set.Schema, v, failures[:min(len(failures), maxFailures)])...)
	return nil
}

// callValidator calls a validator on what it accepts: structs, and the elements
// of arrays and objects.
func callValidator(ctx context.Context, validate *validator.Validate, v reflect.Value) error {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Struct:
		if v.Type().ConvertibleTo(schema.TimeType) {
			return nil
		}
		if v.CanAddr() {
			v = v.Addr()
		}
		return validate.StructCtx(ctx, v.Interface())
	case reflect.Slice, reflect.Array, reflect.Map:
		return validate.VarCtx(ctx, v.Interface(), "dive")
	}
	return nil
}
