package poly

import (
	"slices"

	"github.com/failwell/failwell/apierr/contracts/polyai"
)

type testsRequest struct {
	CaseIDs []string `json:"case_ids" validate:"max=100"` // empty: all
}

// runTests runs test cases of the project.
func runTests(v visit, in testsRequest) (any, error) {
	if len(v.tests) == 0 {
		return nil, polyai.NoTestCasesHTTP
	}
	run := in.CaseIDs
	if len(run) == 0 {
		run = v.tests
	}
	passed := make(map[string]bool, len(run))
	for _, id := range run {
		if !slices.Contains(v.tests, id) {
			return nil, polyai.MissingTestCasesHTTP
		}
		passed[id] = true
	}
	return map[string]any{"passed": passed}, nil
}
