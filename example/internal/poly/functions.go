package poly

import (
	"slices"

	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/example/internal/shelf"
)

type function struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Parameters []string `json:"parameters"`
	Code       string   `json:"code"`
}

type functionRequest struct {
	Name       string   `json:"name" validate:"required,max=100"`
	Parameters []string `json:"parameters" validate:"max=10,dive,required,max=50"`
	Code       string   `json:"code" validate:"required,max=1000"`
}

// check reports what keeps the function from being deployed.
func (f function) check() error {
	s, err := parseScript(f.Code)
	if err != nil {
		return err
	}
	return s.check(f.Parameters)
}

func (v visit) function() (function, error) {
	f, ok := v.functions.Get(v.path("id"))
	if !ok {
		return function{}, polyai.FunctionNotFound
	}
	return f, nil
}

func readFunction(v visit) (any, error) { return v.function() }

func createFunction(v visit, in functionRequest) (any, error) {
	if slices.Contains(reservedFunctions, in.Name) {
		return nil, polyai.FunctionsReservedName
	}
	for _, f := range v.functions.All() {
		if f.Name == in.Name {
			return nil, polyai.FunctionNameAlreadyExists
		}
	}
	if _, err := parseScript(in.Code); err != nil {
		return nil, polyai.FunctionFailedToParse.Wrap(err)
	}
	f := function{shelf.NewID("fn-"), in.Name, in.Parameters, in.Code}
	v.functions.Put(f.ID, f)
	return f, nil
}

type runRequest struct {
	Arguments map[string]int64 `json:"arguments" validate:"max=10"`
}

// runFunction runs a function once, to try it out.
func runFunction(v visit, in runRequest) (any, error) {
	f, err := v.function()
	if err != nil {
		return nil, err
	}
	s, err := parseScript(f.Code)
	if err != nil {
		return nil, polyai.FunctionFailedToParse.Wrap(err)
	}
	result, err := s.run(in.Arguments)
	if err != nil {
		return nil, polyai.FunctionExecutionFailed.Wrap(err)
	}
	return map[string]string{"result": result}, nil
}
