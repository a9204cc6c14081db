package validate_test

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/validate"
)

type patch struct {
	Name    validate.Optional[string] `json:"name" validate:"omitempty,min=1,dive,min=2"`
	Address validate.Optional[leafy]  `json:"address" validate:"omitempty,dive"`
	Age     validate.Optional[*int]   `json:"age,omitzero" validate:"omitempty,dive,omitnil,gte=18"`
}

func TestOptional(t *testing.T) {
	for _, c := range []struct {
		body          string
		missing, null bool
		value         string
	}{
		{`{}`, true, false, ""},
		{`{"address":null}`, true, false, ""},
		{`{"name":"ab"}`, false, false, "ab"},
	} {
		in, err := validate.JSON[patch](post(c.body))
		require.NoError(t, err)
		value, ok := in.Name.Get()
		require.Equal(t, c.missing, in.Name.Missing())
		require.Equal(t, c.null, in.Name.Null())
		require.Equal(t, !c.missing && !c.null, ok)
		require.Equal(t, c.value, value)
	}
	in, err := validate.JSON[patch](post(`{"address":null}`))
	require.NoError(t, err)
	require.True(t, in.Address.Null())
}

// Paths do not show the slice, and faults inside have their own path.
func TestOptional_Violations(t *testing.T) {
	for body, want := range map[string]string{
		`{"name":null}`:           "name: Expected string, received null",
		`{"name":"x"}`:            "name: Must be at least 2 characters",
		`{"name":5}`:              "name: Expected string, received number",
		`{"address":{"zip":"1"}}`: "address.zip: Must be exactly 5 characters",
		`{"address":{"zip":1}}`:   "address.zip: Expected string, received number",
		`{"address":{"nope":1}}`:  "address.nope: Unrecognized field",
		`{"address":[]}`:          "address: Expected object, received array",
		`{"age":17}`:              "age: Must be at least 18",
		`{"nope":1}`:              "nope: Unrecognized field",
	} {
		require.Equal(t, []string{want}, brief(violations[patch](t, body)), body)
	}
}

func TestOptional_Marshal(t *testing.T) {
	b, err := json.Marshal(struct {
		Set     validate.Optional[string] `json:"set"`
		Null    validate.Optional[string] `json:"null"`
		Missing validate.Optional[string] `json:"missing"`
		Left    validate.Optional[string] `json:"left,omitzero"`
	}{Set: validate.Optional[string]{"x"}, Null: validate.Optional[string]{}})
	require.NoError(t, err)
	require.Equal(t, `{"set":"x","null":null,"missing":null}`, string(b))
}
