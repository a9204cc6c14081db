package poly

import (
	"slices"

	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/example/internal/shelf"
)

// Names that the runtime gives to things of its own.
var (
	reservedParameters = []string{"conv", "flow"}
	reservedFunctions  = []string{"start_function", "end_function"}
)

type flow struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Functions []string `json:"functions"`
}

func (v visit) flow() (flow, error) {
	f, ok := v.flows.Get(v.path("id"))
	if !ok {
		return flow{}, polyai.FlowNotFound
	}
	return f, nil
}

func readFlow(v visit) (any, error) { return v.flow() }

type flowRequest struct {
	Name string `json:"name" validate:"required,max=100"`
}

func createFlow(v visit, in flowRequest) (any, error) {
	for _, f := range v.flows.All() {
		if f.Name == in.Name {
			return nil, polyai.FlowsNameAlreadyExists
		}
	}
	f := flow{ID: shelf.NewID("flow-"), Name: in.Name}
	v.flows.Put(f.ID, f)
	return f, nil
}

// createFlowFunction adds a function that only this flow can call.
func createFlowFunction(v visit, in functionRequest) (any, error) {
	f, err := v.flow()
	if err != nil {
		return nil, err
	}
	switch {
	case slices.Contains(reservedFunctions, in.Name):
		return nil, polyai.FlowsReservedFunctionName
	case slices.ContainsFunc(in.Parameters, func(p string) bool { return slices.Contains(reservedParameters, p) }):
		return nil, polyai.FlowsReservedParameterName
	case slices.Contains(f.Functions, in.Name):
		return nil, polyai.FlowsFunctionNameAlreadyExists
	}
	if _, err := parseScript(in.Code); err != nil {
		return nil, polyai.FunctionFailedToParse.Wrap(err)
	}
	if len(f.Functions) < maxThings {
		f.Functions = append(slices.Clip(f.Functions), in.Name)
	}
	v.flows.Put(f.ID, f)
	return f, nil
}
