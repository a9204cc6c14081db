package privatecause_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/privatecause"
)

func TestOf(t *testing.T) {
	down := errors.New("the database is down")
	wrapped := fmt.Errorf("get user: %w", apierr.NotFound)
	closed := &apierr.Error{Code: "OOPS", Status: 500}
	missing := apierr.NotFound.Wrap(down)
	said := apierr.Internal.WithMessage("The index is being built").Wrap(down)
	for _, test := range []struct {
		name     string
		cause    error
		answered *apierr.Error
		want     error
	}{
		{"nothing", nil, nil, nil},
		{"no cause", nil, apierr.NotFound, nil},
		{"an error of the program", down, apierr.Internal, down},
		{"without an answer of the contract", down, nil, down},
		{"a declared error", apierr.NotFound, apierr.NotFound, nil},
		{"a declared error with a cause", apierr.NotFound.Wrap(down), apierr.NotFound, down},
		{"a copy with the same code", apierr.NotFound.Wrap(down), apierr.NotFound.With("id", 7), down},
		{"mapped to another code", apierr.NotFound, apierr.Internal, apierr.NotFound},
		{"mapped to another code, with a cause", missing, closed, missing},
		{"Internal mapped to another code", apierr.Internal.Wrap(down), closed, down},
		{"StreamFailed mapped to another code", apierr.StreamFailed.Wrap(down), closed, down},
		{"Internal without a cause", apierr.Internal, closed, apierr.Internal},
		{"Internal with a message of the program", said, closed, said},
		{"a nil *Error", (*apierr.Error)(nil), closed, (*apierr.Error)(nil)},
		{"a declared error, answer unknown", apierr.NotFound, nil, apierr.NotFound},
		{"wrapped by the program", wrapped, apierr.NotFound, wrapped},
	} {
		require.Equal(t, test.want, privatecause.Of(test.cause, test.answered), test.name)
	}
}
