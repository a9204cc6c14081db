package validate_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/validate"
)

// 64 goroutines use a type for the first time: each has its own
// answer, and -race has nothing to say.
func TestJSON_FreshTypeFromManyGoroutines(t *testing.T) {
	type inner struct {
		Name string `json:"name" validate:"required,min=2"`
	}
	type fresh struct {
		In   inner            `json:"in"`
		List []inner          `json:"list" validate:"dive"`
		Map  map[string]inner `json:"map" validate:"dive"`
		Flat string           `json:"flat" validate:"oneof=a b"`
	}
	bodies := map[string][]string{
		`{"in":{"name":"ok"},"flat":"a"}`:                            nil,
		`{"in":{"name":"x"},"flat":"c"}`:                             {"in.name: Must be at least 2 characters", `flat: Must be one of "a", "b"`},
		`{"in":{"name":5},"list":[{}],"map":{"k":5},"flat":"a"}`:     {"in.name: Expected string, received number", "list[0].name: Required", "map.k: Expected object, received number"},
		`{"in":{"name":"ok"},"flat":"a","nope":1}`:                   {"nope: Unrecognized field"},
		`{"in":{"name":"ok"},"map":{"a.b":{"name":"y"}},"flat":"b"}`: {`map["a.b"].name: Must be at least 2 characters`},
	}
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for range 10 {
				for body, want := range bodies {
					if got := brief(violations[fresh](t, body)); !equalStrings(want, got) {
						t.Errorf("%s: %q", body, got)
					}
				}
			}
		})
	}
	wg.Wait()
	require.NoError(t, validate.Check[fresh]())
}

func equalStrings(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// Allocations of a whole request, whose struct and strings are a part of them.
func TestJSON_Allocations(t *testing.T) {
	if raceEnabled {
		t.Skip("allocations are not counted under the race detector")
	}
	for name, c := range map[string]struct {
		body string
		most float64
	}{
		"a valid body":       {goodSignup, 9},
		"three broken rules": {badSignup, 30},
		"types and rules":    {oddSignup, 66},
	} {
		r := newRewound(c.body)
		allocs := testing.AllocsPerRun(200, func() { _, _ = validate.JSON[signup](r.rewind()) })
		require.LessOrEqual(t, allocs, c.most, name)
	}
}
