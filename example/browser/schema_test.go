package browser

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// The contract that the example serves is valid by the schema that it serves
// beside it, in the view of another implementation of JSON Schema.
func TestContractDocument(t *testing.T) {
	for _, c := range contracts {
		base := serve(t, c.name) + "/errors/"
		schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(download(t, base+"contract.schema.json")))
		require.NoError(t, err)
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(download(t, base+"contract.json")))
		require.NoError(t, err)
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		require.NoError(t, compiler.AddResource("contract.schema.json", schema))
		compiled, err := compiler.Compile("contract.schema.json") // also checks the schema by its meta-schema
		require.NoError(t, err)
		require.NoError(t, compiled.Validate(document), c.name)
		document.(map[string]any)["closed"] = "no"
		require.Error(t, compiled.Validate(document), c.name)
	}
}

func download(t *testing.T, url string) []byte {
	t.Helper()
	resp, err := http.Get(url)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, 200, resp.StatusCode, url)
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return b
}
