package recent_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/recent"
)

// heap returns the bytes in use after a collection.
func heap() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what the first one has found to be free is swept
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// A million failures of both kinds take the memory that New has allocated, and
// all of it is the 4 MiB that the documentation states.
func TestMemory_Flat(t *testing.T) {
	failures := 1_000_000
	if raceEnabled || testing.Short() {
		failures /= 10 // the race detector costs ten times as much
	}
	stack := strings.Repeat("main.handler /src/main.go:1\n", 100)
	before := heap()
	s := recent.New()
	start := heap()
	require.LessOrEqual(t, start-before, 4<<20+64<<10)
	o := middleware.Outcome{Method: "GET", Route: "/users/{id}", Error: apierr.Internal}
	for i := range failures {
		o.RequestID = fmt.Sprint("request ", i)
		o.CorrelationID, o.Path = o.RequestID, o.RequestID
		o.Status, o.Stack, o.Cause = 404, "", nil
		if i%2 == 0 {
			o.Status, o.Cause = 500, errors.New(o.RequestID)
		}
		if i%64 == 0 {
			o.Stack = stack
		}
		s.Observe(t.Context(), o)
	}
	require.Less(t, heap()-start, 64<<10, "bytes more than at the start")
	require.Len(t, s.Find(fmt.Sprint("request ", failures-1)), 1)
	require.Len(t, s.Find(fmt.Sprint("request ", failures-2)), 1)
}

// large is an error with a lot behind it.
type large struct{ _ [1 << 20]byte }

func (*large) Error() string { return "large" }

// Nothing of a request stays in memory: no error value, and no text of which
// the method, the path or an ID is a part.
func TestMemory_NothingRetained(t *testing.T) {
	s := recent.New()
	start := heap()
	var values []weak.Pointer[large]
	for range 100 {
		line := strings.Repeat("x", 1<<20) // of the request, as net/http cuts it up
		cause := new(large)
		values = append(values, weak.Make(cause))
		observe(s, middleware.Outcome{
			RequestID: line[:8], CorrelationID: line[8:16], Method: line[16:20], Path: line[20:30], Route: line[30:40], Status: 503,
			Error: apierr.Unavailable.Wrap(cause), Cause: cause, WriteError: cause, SecondaryError: cause, Stack: line[40:50],
		})
	}
	require.Less(t, heap()-start, 1<<20, "bytes more than at the start")
	for _, v := range values {
		require.Nil(t, v.Value())
	}
	require.Len(t, s.Find("xxxxxxxx"), 100)
}

// Successes and most failures allocate nothing.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates too")
	}
	s := recent.New()
	failed := middleware.Outcome{
		Method: "GET", Path: "/users/7", Route: "/users/{id}", Error: apierr.Unavailable, Cause: errDown,
		RequestID: strings.Repeat("1", 36), CorrelationID: strings.Repeat("1", 36),
	}
	for _, test := range []struct {
		name   string
		change func(*middleware.Outcome)
		most   float64
	}{
		{"a success", func(o *middleware.Outcome) { o.Status, o.Error, o.Cause = 200, nil, nil }, 0},
		{"a 404", func(o *middleware.Outcome) { o.Status, o.Cause = 404, nil }, 0},
		{"a 503", func(o *middleware.Outcome) { o.Status = 503 }, 0},
		{"a 400 with violations", func(o *middleware.Outcome) {
			o.Status, o.Cause = 400, nil
			o.Error = apierr.InvalidBody.WithViolations(apierr.Violation{Path: "email", Rule: "required"}, apierr.Violation{In: "query", Path: "limit", Rule: "max"})
		}, 0},
		{"a panic", func(o *middleware.Outcome) { o.Status, o.Stack = 500, strings.Repeat("x", 4000) }, 0},
	} {
		o := failed
		test.change(&o)
		require.LessOrEqual(t, testing.AllocsPerRun(1000, func() { s.Observe(t.Context(), o) }), test.most, test.name)
	}
}
