package validate_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

type message struct {
	Message string `json:"message" validate:"required,max=10000"`
}

func TestJSON(t *testing.T) {
	r := httptest.NewRequest("POST", "/", strings.NewReader(`{}`))
	r.Header.Set("Content-Type", "application/json")
	_, err := validate.JSON[message](r)
	require.ErrorIs(t, err, apierr.InvalidBody)
	e := err.(*apierr.Error)
	require.Equal(t, []apierr.Violation{{Path: "message", Rule: "required", Message: "Required"}}, e.Violations)

	r = httptest.NewRequest("POST", "/", strings.NewReader(`nope`))
	r.Header.Set("Content-Type", "application/json")
	_, err = validate.JSON[message](r)
	require.ErrorIs(t, err, apierr.InvalidJSON)
}
