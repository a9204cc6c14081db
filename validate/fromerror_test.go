package validate_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/go-playground/validator/v10"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

type person struct {
	Name    string `json:"name" validate:"required"`
	ID      string `json:"ID" validate:"required"`
	Address struct {
		Street string `json:"street" validate:"required"`
	} `json:"address"`
	Pets []struct {
		Name string `json:"name" validate:"required"`
	} `json:"pets" validate:"dive"`
	Meta    map[string]leafy `json:"meta" validate:"dive"`
	Confirm string           `json:"confirm" validate:"eqfield=Name"`
}

var wrong = func() (p person) {
	p.Pets = append(p.Pets, struct {
		Name string `json:"name" validate:"required"`
	}{})
	p.Meta = map[string]leafy{"a.b": {"1"}}
	p.Confirm = "x"
	return p
}()

func mapped(t *testing.T, err error) []string {
	t.Helper()
	require.ErrorIs(t, err, apierr.InvalidBody)
	return brief(violationsOf(t, err, apierr.InvalidBody))
}

// Paths are reported where the validator has the names of the wire: its error
// does not name the type.
func TestFromError_WireNames(t *testing.T) {
	err := newPlainValidator().Struct(wrong)
	require.Equal(t, []string{
		"name: Required",
		"$: Required", // ID is ID in both: it could be the Go name
		"address.street: Required",
		"pets[0].name: Required",
		"zip: Must be exactly 5 characters", // a map key cannot be told apart from a name
		"confirm: Must match another field",
	}, mapped(t, validate.FromError(context.Background(), err)))
}

func TestFromError_GoNamesStayIn(t *testing.T) {
	err := validator.New().Struct(wrong)
	for _, line := range mapped(t, validate.FromError(context.Background(), err)) {
		require.Regexp(t, `^\$: `, line)
	}
}

// sliceError is made as gin's binding.SliceValidationError is.
type sliceError []error

func (e sliceError) Error() string { return fmt.Sprint([]error(e)) }

func TestFromError_Wrapped(t *testing.T) {
	failures := newPlainValidator().Struct(message{})
	for _, err := range []error{
		failures,
		fmt.Errorf("binding: %w", failures),
		errors.Join(errors.New("x"), failures),
		sliceError{nil, failures},
	} {
		e := validate.FromError(context.Background(), err)
		require.Equal(t, []string{"message: Required"}, mapped(t, e))
		require.Equal(t, err, errors.Unwrap(e), "the error stays as the cause")
	}
}

func TestFromError_NotAValidators(t *testing.T) {
	for _, err := range []error{nil, errors.New("x"), validator.New().Struct(nil), validator.ValidationErrors{}, sliceError{errors.New("x")}} {
		require.Nil(t, validate.FromError(context.Background(), err))
		require.Equal(t, err, validate.FromStruct(err, message{}), "other errors pass")
		require.Equal(t, err == nil, validate.FromStruct(err, nil) == nil, "and none is a typed nil")
	}
}

// A handler returns what FromStruct returns, so an error that is not the
// validator's must not get lost.
func TestFromStruct_PassesOtherErrors(t *testing.T) {
	down := errors.New("db down")
	save := func() error { return validate.FromStruct(down, &message{}) }
	require.Same(t, down, save())
	require.NoError(t, validate.FromStruct(nil, &message{}))
}

func TestFromStruct(t *testing.T) {
	for name, v := range map[string]*validator.Validate{"go names": validator.New(), "wire names": newPlainValidator()} {
		for _, value := range []any{wrong, &wrong} {
			err := fmt.Errorf("wrapped: %w", v.Struct(value))
			require.Equal(t, []string{
				"name: Required", "ID: Required", "address.street: Required", "pets[0].name: Required",
				`meta["a.b"].zip: Must be exactly 5 characters`, "confirm: Must match name",
			}, mapped(t, validate.FromStruct(err, value)), name)
		}
	}
}
