package poly

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

// A schema of a visitor reads no file, calls no server and ends.
func TestCompileSchema_Hostile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "schema.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"type":"string"}`), 0o600))
	for _, schema := range []string{
		`{"$ref":"file://` + file + `"}`, // though it is there, and a schema
		`{"$ref":"file:///etc/passwd"}`,
		`{"$ref":"http://127.0.0.1:1/schema"}`,
		`{"$ref":"../x"}`,
		`{"$schema":"http://127.0.0.1:1/schema"}`,
		`{"pattern":"("}`,
		`{"type":"chair"}`,
		`7`,
	} {
		_, err := compileSchema([]byte(schema))
		require.Error(t, err, schema)
	}
	loop, err := compileSchema([]byte(`{"$ref":"#"}`))
	if err == nil {
		err = loop.Validate(map[string]any{})
	}
	require.Error(t, err)
}

// The error names the places where a document breaks the schema, not the values.
func TestInvalidForSchema(t *testing.T) {
	schema, err := compileSchema([]byte(`{"properties":{"a/b":{"items":{"pattern":"^x$"}}}}`))
	require.NoError(t, err)
	broken := schema.Validate(map[string]any{"a/b": []any{"x", "secret"}})
	require.Error(t, broken)

	var e *apierr.Error
	require.ErrorAs(t, invalidForSchema(broken), &e)
	require.Equal(t, []apierr.Violation{{Path: "/a~1b/1", Rule: "schema", Message: "Does not match the schema"}}, e.Violations)

	schema, err = compileSchema([]byte(`{"type":"object"}`))
	require.NoError(t, err)
	require.ErrorAs(t, invalidForSchema(schema.Validate("x")), &e)
	require.Equal(t, "$", e.Violations[0].Path)
}
