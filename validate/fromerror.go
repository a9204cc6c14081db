package validate

import (
	"context"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/errtree"
	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/validate/internal/rules"
	"github.com/failwell/failwell/validate/internal/violation"
)

// FromError is a mapper of errors for the middleware. It knows the errors of
// programs that decode and validate by themselves, and returns nil for any
// other error, which the middleware answers as it does without a mapper:
//
//	of a validator             InvalidBody with the Violations
//	of encoding/json, v1 and   InvalidJSON for what is not JSON, InvalidBody with
//	v2, while decoding         the Violation for a value of another type
//	io.EOF                     InvalidJSON if the body of the request was empty
//	io.ErrUnexpectedEOF        InvalidJSON if the body of the request was
//	                           incomplete
//	of Request.FormFile,       InvalidParameter for a file that is missing and
//	ParseForm and              for a malformed form, UnsupportedMediaType for
//	ParseMultipartForm         another type of body, BodyTooLarge
//
// So a handler may return the error of json.NewDecoder(r.Body).Decode or of
// gin's ShouldBindJSON. Errors may be wrapped, but for the two of package io: no
// handler wraps those of a decoder, and they come from files too. They need the
// context of a request within middleware.New, which knows what the body was.
// Errors of encoding, of a type that cannot be decoded into, and the errors that
// an UnmarshalJSON of the program returns are not mapped.
//
// An error of a validator does not name the struct that it is about. So a
// violation has a path only if the validator has the names of the wire from
// RegisterTagNameFunc, which shows where Field differs from StructField; any
// other has the path "$". Map keys and names with dots look like nesting here:
// [FromStruct] has the value and reports every path in full. An error of
// encoding/json has the path that it holds, without indexes before Go 1.27. If
// that may hold a Go name, the path is "$", and the message has the byte offset.
//
// Messages are in English.
func FromError(ctx context.Context, err error) *apierr.Error {
	if failures := failuresOf(err); len(failures) > 0 {
		return fromValidator(failures).Wrap(err)
	}
	for _, known := range []func(context.Context, error) *apierr.Error{fromJSON, fromEOF, fromForm} {
		if e := known(ctx, err); e != nil {
			return e.Wrap(err)
		}
	}
	return nil
}

// fromValidator is the error for the errors of a validator.
func fromValidator(failures validator.ValidationErrors) *apierr.Error {
	c := &standard().config
	t := &translator{config: c}
	failures = failures[:min(len(failures), maxFailures)]
	found := make([]violation.Violation, 0, len(failures))
	for _, fe := range failures {
		found = append(found, violation.Violation{
			Violation: t.violation(rules.FailureOf(wirePath(fe), nil, fe)), Offset: violation.Unplaced,
		})
	}
	return reportOf(apierr.InvalidBody, "", found, c.maxViolations, false)
}

// failuresOf finds the errors of a validator in err.
func failuresOf(err error) validator.ValidationErrors {
	if err == nil {
		return nil
	}
	if failures, ok := errtree.As[validator.ValidationErrors](err); ok {
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
			failures, _ := errtree.As[validator.ValidationErrors](one)
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
