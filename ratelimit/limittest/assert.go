package limittest

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"testing"
)

// The assertions end the test where they fail. why is a format and its
// arguments: the rule that is broken.

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

func errorIs(t *testing.T, err, want error, why ...any) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("the error is %v, not %v%s", err, want, reason(why))
	}
}

func isTrue(t *testing.T, ok bool, why ...any) {
	t.Helper()
	if !ok {
		t.Fatalf("the limiter breaks a rule%s", reason(why))
	}
}

func equal[T any](t *testing.T, want, got T, why ...any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Fatalf("got %v, want %v%s", got, want, reason(why))
	}
}

func atMost[T cmp.Ordered](t *testing.T, got, most T, why ...any) {
	t.Helper()
	if got > most {
		t.Fatalf("got %v, want at most %v%s", got, most, reason(why))
	}
}

func reason(why []any) string {
	if len(why) == 0 {
		return ""
	}
	format, _ := why[0].(string)
	return ": " + fmt.Sprintf(format, why[1:]...)
}
