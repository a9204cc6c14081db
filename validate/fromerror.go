package validate

import (
	"context"
	"errors"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/apierr"
)

// FromError turns the error of a validator that the program runs itself into
// InvalidBody with its Violations, and returns nil for any other error. It
// fits middleware.WithMapper. The error may be wrapped, and may be the slice
// of errors that gin's binding makes.
//
// Such an error does not say which struct it is about. So a path is told only
// where the validator was given the names of the wire by RegisterTagNameFunc,
// which shows where Field differs from StructField; anything else has the path
// "$". Map keys and names with dots cannot be told from nesting here:
// [FromStruct] has the value and gives every path in full.
//
// The context is there for the sake of the signature. Messages are in English.
func FromError(_ context.Context, err error) *apierr.Error {
	failures := failuresOf(err)
	if len(failures) == 0 {
		return nil
	}
	c := &standard().config
	say := &speaker{config: c}
	found := make([]finding, 0, min(len(failures), manyFailures))
	for _, fe := range failures[:min(len(failures), manyFailures)] {
		b := broken{tag: fe.Tag(), param: fe.Param(), class: classOf(fe.Type(), fe.Kind())}
		r := catalogue[b.tag]
		if r.refers != none {
			b.param = "" // Go names
		}
		found = append(found, finding{say.say(toldPath(fe), r, b, fe), unplaced})
	}
	return c.summary(nil, found, apierr.InvalidBody).Wrap(err)
}

// failuresOf finds the complaints of a validator in err.
func failuresOf(err error) validator.ValidationErrors {
	if err == nil {
		return nil
	}
	if failures, ok := errors.AsType[validator.ValidationErrors](err); ok {
		return failures
	}
	// gin's SliceValidationError is a []error that does not unwrap.
	v := reflect.ValueOf(err)
	if v.Kind() != reflect.Slice || v.Type().Elem() != reflect.TypeFor[error]() {
		return nil
	}
	var all validator.ValidationErrors
	for i := range min(v.Len(), manyFailures) {
		if one, ok := v.Index(i).Interface().(error); ok && one != nil {
			failures, _ := errors.AsType[validator.ValidationErrors](one)
			all = append(all, failures...)
		}
	}
	return all
}

// toldPath is the path of a complaint so far as the validator was told names
// of the wire.
func toldPath(fe validator.FieldError) string {
	if fe.Field() == fe.StructField() {
		return root
	}
	wire, goes := strings.Split(fe.Namespace(), "."), strings.Split(fe.StructNamespace(), ".")
	last := appendTold(nil, fe.Field())
	if len(wire) != len(goes) || len(wire) < 2 {
		return trail{path: last}.String()
	}
	var path []byte
	for i, w := range wire[1:] {
		if w == goes[i+1] {
			return trail{path: last}.String()
		}
		path = appendTold(path, w)
	}
	return trail{path: path}.String()
}

// appendTold appends one part of a namespace, a name with or without indexes.
func appendTold(path []byte, part string) []byte {
	name, indexes := part, ""
	if i := strings.IndexByte(part, '['); i > 0 && isIndexes(part[i:]) {
		name, indexes = part[:i], part[i:]
	}
	if name == "" {
		return path
	}
	return append(appendName(path, name), indexes...)
}

// isIndexes reports whether s is made of indexes as in [0][12].
func isIndexes(s string) bool {
	for s != "" {
		step, rest, ok := cutStep(s)
		if !ok || !step.isIndex {
			return false
		}
		s = rest
	}
	return true
}
