package apierr_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

var errTeapot = &apierr.Error{
	Code: "TEAPOT", ID: 7, Status: 418, Message: "This is a teapot", Doc: "Use the other pot.",
	Details:    map[string]any{"pot": "tea"},
	Violations: []apierr.Violation{{Path: "brew", Rule: "oneof", Message: "Must be tea"}},
	Header:     http.Header{"X-Pot": {"tea"}},
}

func TestRaisingChangesNoDeclaredError(t *testing.T) {
	before := fmt.Sprintf("%+v", *errTeapot)
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			mine := "g" + strconv.Itoa(i)
			e := errTeapot.Wrap(io.EOF).
				With("pot", mine).With("from", mine).
				WithMessage(mine).
				WithViolations(apierr.Violation{Path: mine}).
				WithRetryAfter(time.Second).
				WithHeader("X-Pot", mine)
			// A goroutine may change its copy: -race reports what is shared.
			e.Details["mine"], e.Violations[0].Path, e.Header["X-Pot"][0] = mine, mine, mine
			again := e.With("again", true)
			again.Details["pot"], again.Violations[0].Path, again.Header["X-Pot"][0] = 0, "", ""
			require.Equal(t, map[string]any{"pot": mine, "from": mine, "mine": mine}, e.Details)
			require.Equal(t, mine, e.Violations[0].Path)
			require.Equal(t, http.Header{"X-Pot": {mine, mine}}, e.Header)
		})
	}
	wg.Wait()
	require.Equal(t, before, fmt.Sprintf("%+v", *errTeapot))
}

// Nor does answering it, whatever a layer outside does to the header.
func TestAnsweringChangesNoDeclaredError(t *testing.T) {
	c := contract()
	c.Mappings[apierr.TooManyRequests] = apierr.Mapping{Error: busy}
	before := fmt.Sprintf("%+v", *busy)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for _, e := range []*apierr.Error{busy, apierr.TooManyRequests, busy.WithHeader("X-Mine", "1")} {
				w := contracttest.Answer(t, c, e)
				w.Header()["X-Queue"][0] = "changed"
				w.Header().Add("X-Queue", "more")
			}
		})
	}
	wg.Wait()
	require.Equal(t, before, fmt.Sprintf("%+v", *busy))
}

func TestMethodsSetTheirField(t *testing.T) {
	for _, test := range []struct {
		method string
		got    *apierr.Error
		field  func(*apierr.Error) any
		want   any
	}{
		{"With", errTeapot.With("n", 1), func(e *apierr.Error) any { return e.Details }, map[string]any{"pot": "tea", "n": 1}},
		{"With again", errTeapot.With("pot", 1), func(e *apierr.Error) any { return e.Details }, map[string]any{"pot": 1}},
		{"WithDetails", errTeapot.WithDetails(map[string]any{"n": 1, "m": 2}), func(e *apierr.Error) any { return e.Details }, map[string]any{"pot": "tea", "n": 1, "m": 2}},
		{"WithDetails again", errTeapot.WithDetails(map[string]any{"pot": 1}), func(e *apierr.Error) any { return e.Details }, map[string]any{"pot": 1}},
		{"WithDetails(nil)", errTeapot.WithDetails(nil), func(e *apierr.Error) any { return e.Details }, map[string]any{"pot": "tea"}},
		{"WithMessage", errTeapot.WithMessage("x"), func(e *apierr.Error) any { return e.Message }, "x"},
		{"WithRetryAfter", errTeapot.WithRetryAfter(3), func(e *apierr.Error) any { return e.RetryAfter }, time.Duration(3)},
		{"WithHeader", errTeapot.WithHeader("x-a", "b"), func(e *apierr.Error) any { return e.Header.Get("X-A") }, "b"},
		{"WithViolations", errTeapot.WithViolations(apierr.Violation{Path: "x"}), func(e *apierr.Error) any { return e.Violations[1].Path }, "x"},
		{"WithViolations()", errTeapot.WithViolations(), func(e *apierr.Error) any { return len(e.Violations) }, 1},
		{"Wrap", errTeapot.Wrap(io.EOF), func(e *apierr.Error) any { return e.Unwrap() }, io.EOF},
		{"Wrap again", errTeapot.Wrap(io.EOF).Wrap(io.ErrNoProgress), func(e *apierr.Error) any { return e.Unwrap() }, io.ErrNoProgress},
		{"Wrap(nil)", errTeapot.Wrap(io.EOF).Wrap(nil), func(e *apierr.Error) any { return e.Unwrap() == nil }, true},
	} {
		require.Equal(t, test.want, test.field(test.got), test.method)
		require.NotSame(t, errTeapot, test.got, test.method)
		require.Equal(t, errTeapot.Code, test.got.Code, test.method)
	}
}

func TestIs(t *testing.T) {
	other := &apierr.Error{Code: "OTHER", Status: 400}
	for _, test := range []struct {
		name   string
		err    error
		target error
		want   bool
	}{
		{"itself", errTeapot, errTeapot, true},
		{"a copy", errTeapot.With("a", 1), errTeapot, true},
		{"of a copy", errTeapot, errTeapot.With("a", 1), true},
		{"wrapped by another", fmt.Errorf("brewing: %w", errTeapot), errTeapot, true},
		{"the same code elsewhere", &apierr.Error{Code: "TEAPOT"}, errTeapot, true},
		{"the cause", errTeapot.Wrap(io.EOF), io.EOF, true},
		{"an error as the cause", errTeapot.Wrap(other), other, true},
		{"another code", errTeapot, other, false},
		{"no code", &apierr.Error{}, &apierr.Error{}, false},
		{"nil", (*apierr.Error)(nil), errTeapot, false},
		{"of nil", errTeapot, (*apierr.Error)(nil), false},
		{"something else", errTeapot, io.EOF, false},
	} {
		require.Equal(t, test.want, errors.Is(test.err, test.target), test.name)
	}
}

func TestAs(t *testing.T) {
	var e *apierr.Error
	require.ErrorAs(t, fmt.Errorf("brewing: %w", errTeapot.With("a", 1)), &e)
	require.Equal(t, 1, e.Details["a"])
	var cause *strconv.NumError
	_, err := strconv.Atoi("x")
	require.ErrorAs(t, errTeapot.Wrap(err), &cause)
}

func TestNil(t *testing.T) {
	var none *apierr.Error
	require.Equal(t, "<nil>", none.Error())
	require.NoError(t, none.Unwrap())
	require.Equal(t, slog.Value{}, none.LogValue())
	for name, e := range map[string]*apierr.Error{
		"WithDetails": none.WithDetails(map[string]any{"a": 1}),
		"Wrap":        none.Wrap(io.EOF), "With": none.With("a", 1), "WithMessage": none.WithMessage("x"),
		"WithViolations": none.WithViolations(), "WithRetryAfter": none.WithRetryAfter(1), "WithHeader": none.WithHeader("A", "b"),
	} {
		require.ErrorIs(t, e, apierr.Internal, name)
		require.NotSame(t, apierr.Internal, e, name)
	}
}

// WithDetails copies once, and keeps no hold on the map that it is given.
func TestWithDetailsCopies(t *testing.T) {
	given := map[string]any{"a": 1}
	e := errTeapot.WithDetails(given)
	given["a"], given["b"] = 2, 2
	require.Equal(t, map[string]any{"pot": "tea", "a": 1}, e.Details)
	e.Details["c"] = 3
	require.NotContains(t, given, "c")
	require.Equal(t, map[string]any{"pot": "tea"}, errTeapot.Details)
	if !raceEnabled {
		three := map[string]any{"a": 1, "b": 2, "c": 3}
		once := testing.AllocsPerRun(100, func() { errTeapot.WithDetails(three) })
		each := testing.AllocsPerRun(100, func() { errTeapot.With("a", 1).With("b", 2).With("c", 3) })
		require.LessOrEqual(t, 2*once, each)
	}
}

// panicking is a cause whose text cannot be had.
type panicking struct{}

func (panicking) Error() string { panic("no text") }

func TestErrorText(t *testing.T) {
	for _, test := range []struct {
		err  *apierr.Error
		want string
	}{
		{errTeapot, "TEAPOT: This is a teapot"},
		{errTeapot.Wrap(io.EOF), "TEAPOT: This is a teapot: EOF"},
		{&apierr.Error{Code: "BARE"}, "BARE"},
		{errTeapot.Wrap(panicking{}), "TEAPOT: This is a teapot: (apierr_test.panicking: its Error method panicked)"},
	} {
		require.Equal(t, test.want, test.err.Error())
	}
}

func TestLogValue(t *testing.T) {
	var b bytes.Buffer
	log := slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key != "err" {
				return slog.Attr{}
			}
			return a
		},
	}))
	log.Info("", "err", errTeapot.Wrap(io.EOF).With("secret", "not here"))
	log.Info("", "err", errTeapot.Wrap(panicking{}).WithMessage("x"))
	log.Info("", "err", &apierr.Error{Code: "BARE", Status: 400})
	require.Equal(t, `err.code=TEAPOT err.id=7 err.status=418 err.message="This is a teapot" err.violations.brew=oneof err.cause=EOF
err.code=TEAPOT err.id=7 err.status=418 err.message=x err.violations.brew=oneof err.cause="(apierr_test.panicking: its Error method panicked)"
err.code=BARE err.status=400 err.message=""
`, b.String())
}

// A new field has to be thought of in copy, documents and the tests above.
func TestFieldsOfError(t *testing.T) {
	exported := 0
	for _, f := range reflect.VisibleFields(reflect.TypeFor[apierr.Error]()) {
		if f.IsExported() {
			exported++
		}
	}
	require.Equal(t, 9, exported)
}
