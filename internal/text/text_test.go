package text_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/internal/text"
)

type (
	badError  struct{}
	badString struct{}
	nilError  struct{ text string }
)

func (badError) Error() string    { panic("in Error") }
func (badString) String() string  { panic("in String") }
func (e *nilError) Error() string { return e.text }

func TestOf(t *testing.T) {
	for _, test := range []struct {
		v    any
		want string
	}{
		{"boom", "boom"},
		{7, "7"},
		{nil, "<nil>"},
		{errors.New("boom"), "boom"},
		{fmt.Errorf("a: %w", errors.New("b")), "a: b"},
		{badError{}, "(text_test.badError: its Error method panicked)"},
		{(*nilError)(nil), "(*text_test.nilError: its Error method panicked)"},
	} {
		require.Equal(t, test.want, text.OfPanic(test.v))
		if err, ok := test.v.(error); ok {
			require.Equal(t, test.want, text.OfError(err))
		}
	}
	require.NotPanics(t, func() { text.OfPanic(badString{}) })
}
