package apierr_test

import (
	"crypto/x509"
	"errors"
	"math"
	"net"
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

// A detail that cannot be encoded costs itself. Everything else goes out, and
// the layer above records the fault.
func TestOddDetailsCostThemselves(t *testing.T) {
	formats := map[string]apierr.Format{
		"map": apierr.Envelope{}, "first": inError(withFirst), "list": inError(withList),
		"optional": optionalFirst, "problem": apierr.Problem{}, "own": shout{},
	}
	for name, value := range oddDetails() {
		for form, f := range formats {
			x := contracttest.NewExchange(t, apierr.Contract{Format: f})
			e := (&apierr.Error{Code: "C", Status: 409, Message: "M"}).With("good", 1).With("better", []string{"a"})
			whole := x.Answer(nil, e).Body.String()
			w := x.Answer(nil, e.With("odd", value))
			require.Equal(t, whole, w.Body.String(), "%s in %s", name, form)
			require.Contains(t, whole, `"better":["a"]`)
			require.Equal(t, 409, w.Code)
			require.NoError(t, x.Failures[0].Secondary)
			require.ErrorContains(t, x.Failures[1].Secondary, `the detail "odd" is not sent`, "%s in %s", name, form)
		}
	}
}

// An error among the Details is a cause, wherever it is: it is not sent.
func TestErrorsAmongDetailsAreNotSent(t *testing.T) {
	secret := &net.DNSError{Err: "no such host", Name: "secret.internal", Server: "10.0.0.53:53"}
	type withField struct {
		OK  bool
		Err error
	}
	type withConcrete struct{ Err *net.DNSError }
	for name, test := range map[string]struct {
		value any
		sent  string // empty: nothing
	}{
		"itself":                    {value: secret},
		"of package errors":         {value: errors.New("secret")},
		"an Error":                  {value: apierr.Internal.Wrap(secret)},
		"a value, not a pointer":    {value: x509.HostnameError{Host: "secret.internal"}},
		"a string that is an error": {value: spoken("secret")},
		"Error on *T":               {value: &byPointer{"secret"}},
		"Error on *T, a T":          {value: byPointer{"secret"}},
		"in a map":                  {value: map[string]any{"deep": map[string]error{"e": secret}}},
		"in a slice":                {value: []error{secret}},
		"in an array in a pointer":  {value: &[1]any{secret}},
		"in a field":                {value: withField{Err: secret}},
		"in a field of its type":    {value: &withConcrete{secret}},
		"T in a slice":              {value: []byPointer{{"secret"}}},
		"T in a map":                {value: map[string]byPointer{"a": {"secret"}}},
		"a key of a map":            {value: map[spoken]int{"secret": 1}},
		"joined":                    {value: errors.Join(secret)},
		"no error in a field":       {value: withField{OK: true}, sent: `{"OK":true,"Err":null}`},
		"no error in a typed field": {value: withConcrete{}, sent: `{"Err":null}`},
		"no errors in a slice":      {value: []error{nil}, sent: `[null]`},
		"a text of another package": {value: net.IPv4(10, 0, 0, 1), sent: `"10.0.0.1"`},
	} {
		for form, f := range map[string]apierr.Format{"envelope": apierr.Envelope{}, "problem": apierr.Problem{}, "own": shout{}} {
			x := contracttest.NewExchange(t, apierr.Contract{Format: f})
			body := x.Answer(nil, apierr.Conflict.With("cause", test.value).With("k", 1)).Body.String()
			require.Contains(t, body, `"k":1`, "%s in %s", name, form)
			if test.sent == "" {
				require.NotContains(t, body, "cause", "%s in %s", name, form)
				require.NotContains(t, body, "secret", "%s in %s", name, form)
				require.ErrorContains(t, x.Failures[0].Secondary, "cause", "%s in %s", name, form)
				continue
			}
			require.Contains(t, body, `"cause":`+test.sent, "%s in %s", name, form)
			require.NoError(t, x.Failures[0].Secondary, "%s in %s", name, form)
		}
	}
}

// byPointer is an error as a pointer only.
type byPointer struct{ Secret string }

func (*byPointer) Error() string { return "secret" }

// spoken is an error that is a string.
type spoken string

func (t spoken) Error() string { return string(t) }

// Many values that are short together cost what one long value costs.
func TestDetailsTogetherTooLong(t *testing.T) {
	e := apierr.Conflict
	for i := range 100 {
		e = e.With(strconv.Itoa(i), []string{strings.Repeat("x", 10<<10)})
	}
	x := contracttest.NewExchange(t, apierr.Standard)
	require.Equal(t, `{"error":{"code":"RESOURCE_CONFLICT","message":"The request conflicts with the state of the resource"}}`, x.Answer(nil, e).Body.String())
	require.ErrorContains(t, x.Failures[0].Secondary, "too long")
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
	for _, f := range []apierr.Format{apierr.Envelope{}, inError(withList), apierr.Problem{}} {
		b, err := f.Append(nil, many, info)
		require.Error(t, err)
		require.Less(t, len(b), 300<<10, "%s", f.Name())
	}
}

func TestManyViolationsCostTheViolations(t *testing.T) {
	for name, f := range map[string]apierr.Format{
		"map": apierr.Envelope{}, "list": inError(withList), "problem": apierr.Problem{},
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
