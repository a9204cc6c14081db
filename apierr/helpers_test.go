package apierr_test

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
)

// decode reads one JSON object strictly: no duplicate names, only UTF-8,
// nothing behind it.
func decode(t *testing.T, s string) (object map[string]any) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(s), &object), "%q", s)
	return object
}
