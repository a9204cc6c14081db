package validate

import (
	"context"
	"errors"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/validate/internal/rules"
	"github.com/failwell/failwell/validate/internal/violation"
)

// FromError turns the error of a validator that the program calls itself into
// [apierr.InvalidBody] with its Violations, and returns nil for any other error.
// It is a mapper of errors for the middleware. The error may be wrapped, and may
// be the slice of errors that gin's binding returns.
//
// Such an error does not name the struct that it is about. So a violation has a
// path only if the validator has the names of the wire from RegisterTagNameFunc,
// which shows where Field differs from StructField; any other has the path "$".
// Map keys and names with dots look like nesting here:
// [FromStruct] has the value and reports every path in full.
//
// The context is not used. Messages are in English.
func FromError(_ context.Context, err error) *apierr.Error {
	failures := failuresOf(err)
	if len(failures) == 0 {
		return nil
	}
	c := &standard().config
	t := &translator{config: c}
	failures = failures[:min(len(failures), maxFailures)]
	found := make([]violation.Violation, 0, len(failures))
	for _, fe := range failures {
		found = append(found, violation.Violation{
			Violation: t.violation(rules.FailureOf(wirePath(fe), nil, fe)), Offset: violation.Unplaced,
		})
	}
	return reportOf(apierr.InvalidBody, "", found, c.maxViolations, false).Wrap(err)
}

// failuresOf finds the errors of a validator in err.
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
	for i := range min(v.Len(), maxFailures) {
		if one, ok := v.Index(i).Interface().(error); ok && one != nil {
			failures, _ := errors.AsType[validator.ValidationErrors](one)
			all = append(all, failures...)
		}
	}
	return all
}

// wirePath is the path of an error as far as the validator has the names of the
// wire.
func wirePath(fe validator.FieldError) string {
	if fe.Field() == fe.StructField() {
		return fieldpath.Root
	}
	wire, goes := strings.Split(fe.Namespace(), "."), strings.Split(fe.StructNamespace(), ".")
	last := string(appendPart(nil, fe.Field()))
	if len(wire) != len(goes) || len(wire) < 2 {
		return fieldpath.At(last).String()
	}
	var path []byte
	for i, w := range wire[1:] {
		if w == goes[i+1] {
			return fieldpath.At(last).String()
		}
		path = appendPart(path, w)
	}
	return fieldpath.At(string(path)).String()
}

// appendPart appends one part of a namespace, a name with or without indexes.
func appendPart(path []byte, part string) []byte {
	name, indexes := part, ""
	if i := strings.IndexByte(part, '['); i > 0 && isIndexes(part[i:]) {
		name, indexes = part[:i], part[i:]
	}
	if name == "" {
		return path
	}
	return append(fieldpath.AppendName(path, name), indexes...)
}

// isIndexes reports whether s is made of indexes as in [0][12].
func isIndexes(s string) bool {
	for s != "" {
		step, rest, ok := fieldpath.Cut(s)
		if !ok || !step.IsIndex {
			return false
		}
		s = rest
	}
	return true
}
