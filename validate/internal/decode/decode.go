// Package decode finds everything that is wrong with input whose strict
// decoding failed: every wrong type, unknown member and number out of range of
// a JSON body, with its position, and of named parameters. It decodes what can
// be decoded, so that rules apply to the rest.
package decode

import (
	"errors"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/fieldpath"
	"github.com/failwell/failwell/validate/internal/message"
	"github.com/failwell/failwell/validate/internal/schema"
	"github.com/failwell/failwell/validate/internal/violation"
)

// Options are the settings of JSON.
type Options struct {
	AllowUnknown bool // members that no field has the name of are not violations
	Numbers      bool // a json.Number is within the type
	Limit        int  // the walk ends behind this many violations
}

// Strict decodes a body as json does, and returns its error.
func (o Options) Strict(body []byte, in any) error {
	return json.Unmarshal(body, in, o.members(o.Numbers))
}

// Result is what JSON finds.
type Result struct {
	Violations []violation.Violation
	// Partial reports that the walk ended before the end of the body. There is
	// then at least one violation.
	Partial bool
}

// Lenient walks over a body that json.Unmarshal refused with the error cause,
// or that is null where t refuses it (cause is nil). It finds everything that
// is wrong and decodes what can be into v, which holds what json.Unmarshal
// left. The error, if any, is a *Malformed, or apierr.Internal where the body has
// a value for a type that nothing can be decoded into. keepsInput is that of
// [schema.KeepsInput].
func Lenient(body []byte, v reflect.Value, t *schema.Type, cause error, keepsInput bool, o Options) (Result, error) {
	// An UnmarshalJSON may return the syntax error of another document.
	if _, ok := cause.(*jsontext.SyntacticError); ok && !keepsInput {
		return Result{}, SyntaxError(body, cause)
	}
	if err := Syntax(body); err != nil {
		return Result{}, err
	}
	w := walk{scanner: scanner{b: body}, options: o, json: o.members(o.Numbers), budget: budgetFor(len(body))}
	if e, ok := errors.AsType[*json.SemanticError](cause); ok && !keepsInput {
		w.decoded = int(e.ByteOffset)
		w.unfinished = unfinishedAt(body, w.decoded)
	}
	w.value(t, v, nil)
	if w.fault != nil {
		return Result{}, apierr.Internal.Wrap(w.fault)
	}
	if len(w.found) == 0 && cause != nil {
		w.found = append(w.found, unexplained(cause))
	}
	return Result{w.found, w.budget < 0}, nil
}

// RefusesNull reports whether a body is null where an object or an array
// belongs, which json accepts as a zero value.
func RefusesNull(body []byte, t *schema.Type) bool {
	s := scanner{b: body}
	return s.kind() == 'n' && t.Source.Of(schema.Pointee(t.Go)).Composite()
}

// unexplained is the violation for an error of json that the walk does not
// find. No such case is known, and none may pass as a valid body.
func unexplained(cause error) violation.Violation {
	var at fieldpath.Path
	if e, ok := errors.AsType[*json.SemanticError](cause); ok {
		for token := range e.JSONPointer.Tokens() {
			at = at.Name(token)
		}
	}
	return violation.New(at.String(), violation.Format, "", message.Invalid)
}
