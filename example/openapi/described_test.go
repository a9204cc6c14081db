package openapi

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/reference"
)

var update = flag.Bool("update", false, "write the golden files")

// chat reads the document of the chat API as it is written by hand.
func chat(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "chat.json"))
	require.NoError(t, err)
	return b
}

// The described document of the chat API is the golden one, which describing
// does not change.
func TestDescribe_Chat(t *testing.T) {
	described, err := reference.Describe(chat(t), chatbase.Contract)
	require.NoError(t, err)
	path := filepath.Join("testdata", "chat.described.json")
	if *update {
		require.NoError(t, os.WriteFile(path, described, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(described))
	again, err := reference.Describe(described, chatbase.Contract)
	require.NoError(t, err)
	require.True(t, string(described) == string(again))
}

// load reads a document as kin-openapi does, and requires that it is valid, its
// schemas and examples included.
func load(t *testing.T, doc []byte) *openapi3.T {
	t.Helper()
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = false
	d, err := loader.LoadFromData(doc)
	require.NoError(t, err)
	require.NoError(t, d.Validate(t.Context()))
	return d
}
