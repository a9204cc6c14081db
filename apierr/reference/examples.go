package reference

import (
	"github.com/failwell/failwell/apierr"
)

// examples has an answer for every declared error.
type examples struct {
	contract *apierr.CompiledContract
	path     string
	schemas  map[*apierr.Error]*schema
	input    map[string]answer // of errors about input, by code
}

// newExamples looks up which declared errors answer for invalid input: their
// examples name a field.
func newExamples(c apierr.Contract, cc *apierr.CompiledContract, path string, schemas map[*apierr.Error]*schema) *examples {
	x := &examples{contract: cc, path: path, schemas: schemas, input: make(map[string]answer)}
	for _, e := range []*apierr.Error{apierr.InvalidBody, apierr.InvalidParameter, apierr.MissingParameter} {
		for _, v := range violations {
			a := respond(cc, path, e.WithViolations(v))
			declared := c.Lookup(a.Error.Code)
			if _, ok := x.input[a.Error.Code]; !ok && declared != nil && declared.Status == a.Status {
				x.input[a.Error.Code] = a
			}
		}
	}
	return x
}

// violations are broken rules as package validate reports them.
var violations = []apierr.Violation{
	{Path: "name", Rule: "required", Message: "Required"},
	{Path: "name", Rule: "min", Param: "2", Message: "Must be at least 2 characters"},
}

// of returns the answer to e as an example: with the field at fault where the
// error is about input, else with details of the declared form.
func (x *examples) of(e *apierr.Error) answer {
	if a, ok := x.input[e.Code]; ok && e.Details == nil {
		return a
	}
	if s := x.schemas[e]; s != nil && len(e.Details) == 0 && len(e.Violations) == 0 {
		if details, ok := s.sample().(map[string]any); ok {
			return respond(x.contract, x.path, e.WithDetails(details))
		}
	}
	return respond(x.contract, x.path, e)
}
