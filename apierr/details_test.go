package apierr_test

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

// node can be its own neighbour.
type node struct{ Next *node }

type failing struct{}

func (failing) MarshalJSON() ([]byte, error) { return nil, errors.New("secret") }

type exploding struct{}

func (exploding) MarshalJSON() ([]byte, error) { panic("secret") }

type lying struct{}

func (lying) MarshalJSON() ([]byte, error) { return []byte(`{"a":`), nil }

// oddDetails cannot be encoded, each for another reason.
func oddDetails() map[string]any {
	ring := &node{}
	ring.Next = ring
	self := map[string]any{}
	self["self"] = self
	return map[string]any{
		"NaN":                  math.NaN(),
		"infinity":             math.Inf(1),
		"a channel":            make(chan int),
		"a function":           func() {},
		"a complex number":     1i,
		"a cycle":              ring,
		"a map in itself":      self,
		"MarshalJSON fails":    failing{},
		"MarshalJSON panics":   exploding{},
		"MarshalJSON lies":     lying{},
		"names that fall into": map[string]int{"\xfe": 1, "\xff": 2},
		"100 MB":               strings.Repeat("a", 100<<20),
		"100 MB in pieces":     pieces(),
	}
}

func pieces() [][]string {
	line := make([]string, 1000)
	for i := range line {
		line[i] = strings.Repeat("b", 1000)
	}
	all := make([][]string, 100)
	for i := range all {
		all[i] = line
	}
	return all
}

// Details that cannot be encoded cost the details. The code and the message go
// out, and the fault is told to the layer above.
func TestOddDetailsCostTheDetails(t *testing.T) {
	formats := map[string]apierr.Format{
		"map": apierr.Envelope{}, "first": apierr.Envelope{Details: apierr.DetailsFirst},
		"list": apierr.Envelope{Details: apierr.DetailsList}, "optional": optionalFirst, "problem": apierr.Problem{},
	}
	for name, value := range oddDetails() {
		for form, f := range formats {
			x := contracttest.NewExchange(t, apierr.Contract{Format: f})
			e := &apierr.Error{Code: "C", Status: 409, Message: "M"}
			plain := x.Answer(nil, e).Body.String()
			w := x.Answer(nil, e.With("odd", value).With("good", 1))
			require.Equal(t, plain, w.Body.String(), "%s in %s", name, form)
			require.Equal(t, 409, w.Code)
			require.NoError(t, x.Failures[0].Secondary)
			require.Error(t, x.Failures[1].Secondary, "%s in %s", name, form)
		}
	}
}

// 100 MB are given up after little more than an answer may have.
func TestLargeDetailsAreGivenUpEarly(t *testing.T) {
	x := contracttest.NewExchange(t, apierr.Standard)
	e := apierr.NotFound.With("all", pieces())
	got := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			x.Answer(nil, e)
			x.Failures = nil
		}
	})
	require.Less(t, got.AllocedBytesPerOp(), int64(4<<20))
}

// Each of them is short.
func TestManyDetailsAreGivenUpEarly(t *testing.T) {
	many := &apierr.Error{Code: "C", Status: 400, Message: "M", Details: make(map[string]any)}
	for i := range 200_000 {
		many.Details[strconv.Itoa(i)] = "a value of some length"
	}
	for _, f := range []apierr.Format{apierr.Envelope{}, apierr.Envelope{Details: apierr.DetailsList}, apierr.Problem{}} {
		b, err := f.Append(nil, many, info)
		require.Error(t, err)
		require.Less(t, len(b), 300<<10, "%s", f.Name())
	}
}

func TestManyViolationsCostTheViolations(t *testing.T) {
	for name, f := range map[string]apierr.Format{
		"map": apierr.Envelope{}, "list": apierr.Envelope{Details: apierr.DetailsList}, "problem": apierr.Problem{},
	} {
		x := contracttest.NewExchange(t, apierr.Contract{Format: f})
		many := make([]apierr.Violation, 100_000)
		for i := range many {
			many[i] = apierr.Violation{Path: strings.Repeat("a", i%10+1) + string(rune('A'+i%26)), Message: strings.Repeat("m", 100)}
			many[i].Path += strings.Repeat("b", i/26%50) + strings.Repeat("c", i/1300)
		}
		w := x.Answer(nil, apierr.InvalidBody.WithViolations(many...))
		require.Less(t, w.Body.Len(), 1000, name)
		require.Error(t, x.Failures[0].Secondary, name)
	}
}

// A text over what an answer may have costs itself, and nothing of an earlier
// answer is left in its place.
func TestTextsWithoutEnd(t *testing.T) {
	long := strings.Repeat("x", 300<<10)
	for _, test := range []struct {
		e    *apierr.Error
		want string
	}{
		{&apierr.Error{Code: "C", Status: 409, Message: long}, `{"error":{"code":"C","message":"Conflict"}}`},
		{&apierr.Error{Code: long, Status: 409, Message: "M"}, `{"error":{"code":"INTERNAL_SERVER_ERROR","message":"M"}}`},
	} {
		x := contracttest.NewExchange(t, apierr.Standard)
		x.Answer(nil, apierr.NotFound)
		w := x.Answer(nil, test.e)
		require.JSONEq(t, test.want, w.Body.String())
		require.Equal(t, 409, w.Code)
		require.Error(t, x.Failures[1].Secondary)
	}
	x := contracttest.NewExchange(t, apierr.Contract{Format: apierr.Problem{}})
	w := x.Answer(nil, apierr.Conflict.WithMessage(long))
	require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"), "the form stays")
	require.Contains(t, w.Body.String(), `"detail":"Conflict"`)
}

func TestDetailValues(t *testing.T) {
	e := &apierr.Error{Code: "C", Status: 400, Message: "M", Details: map[string]any{
		"string": "a\"\xff", "true": true, "false": false, "int": -7, "float": 1.5, "nil": nil,
		"duration": 90 * time.Second, "time": time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		"slice": []int{1, 2}, "none": []int(nil), "bytes": []string{"\xff"}, "map": map[string]int{"b": 2, "a": 1}, "struct": struct{ A string }{"x"},
	}}
	require.Equal(t, `{"error":{"code":"C","message":"M","details":{"bytes":["`+"\uFFFD"+`"],"duration":"1m30s","false":false,"float":1.5,"int":-7,`+
		`"map":{"a":1,"b":2},"nil":null,"none":[],"slice":[1,2],"string":"a\"`+"\uFFFD"+`","struct":{"A":"x"},`+
		`"time":"2026-01-02T03:04:05Z","true":true}}}`, body(t, apierr.Envelope{}, e, info))
}
