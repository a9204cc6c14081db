package conformance

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each trace is found, behind its hint.
func TestTraces(t *testing.T) {
	for _, test := range []struct{ text, what string }{
		{"goroutine 17 [running]:", "a goroutine's stack"},
		{"main.serve /src/main.go:17", "a position in Go source"},
		{"runtime error: index out of range [7] with length 0", "an error of Go's runtime"},
		{"invalid memory address or nil pointer dereference", "an error of Go's runtime"},
		{"interface conversion: any is string, not int", "an error of Go's runtime"},
		{"main.(*T).f(0xc000123456)", "an address in memory"},
		{"at parse (/app/index.js:7:12)", "a stack of JavaScript"},
		{"at parse (file:///app/index.mts:7:12)", "a stack of JavaScript"},
		{"Traceback (most recent call last)", "a stack of Python"},
		{`File "/app/main.py", line 7`, "a stack of Python"},
		{"at com.example.Main.run(Main.java:7)", "a stack of Java"},
		{"json: cannot unmarshal string", "an error of a decoder of Go"},
		{"into Go struct field Thing.size of type int", "an error of a decoder of Go"},
		{"within Go value of type main.Thing", "an error of a decoder of Go"},
		{`strconv.Atoi: parsing "x": invalid syntax`, "an error of a decoder of Go"},
		{"*errors.errorString", "a Go type"},
		{"*fmt.wrapError", "a Go type"},
		{"*net.OpError", "a Go type"},
		{"*json.SyntaxError", "a Go type"},

		// What a client may read.
		{"The resource does not exist", ""},
		{"Must be at least 8 characters", ""},
		{"Go to https://example.com/docs.html and net.example", ""},
		{"See File menu (0x7), category a.b.c", ""},
	} {
		hinted := slices.ContainsFunc(hints, func(hint string) bool { return strings.Contains(test.text, hint) })
		var found []string
		for _, trace := range traces {
			if trace.pattern.MatchString(test.text) {
				found = append(found, trace.what)
			}
		}
		if test.what == "" {
			require.Empty(t, found, test.text)
			continue
		}
		require.True(t, hinted, test.text)
		require.Contains(t, found, test.what, test.text)
	}
}
