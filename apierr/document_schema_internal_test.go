package apierr

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The JSON Schema of the document has the members that the document has.
func TestDocumentSchemaIsComplete(t *testing.T) {
	type object struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	var schema struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	b, err := os.ReadFile("reference/contract.schema.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &schema))
	var headers object
	require.NoError(t, json.Unmarshal(schema.Properties["headers"], &headers))
	mapping := schema.Defs["mapping"]
	for name, property := range schema.Defs["status_mapping"].Properties {
		mapping.Properties[name] = property
	}
	for _, test := range []struct {
		name   string
		schema object
		value  any
	}{
		{"the contract", schema.object, document{}},
		{"headers", headers, headersDoc{}},
		{"format", schema.Defs["format"], formatDoc{}},
		{"envelope", schema.Defs["envelope"], envelopeDoc{}},
		{"member", schema.Defs["member"], memberDoc{}},
		{"problem", schema.Defs["problem"], problemDoc{}},
		{"error", schema.Defs["error"], errorDoc{}},
		{"violation", schema.Defs["violation"], violationDoc{}},
		{"section", schema.Defs["section"], sectionDoc{}},
		{"mapping", mapping, mappingDoc{}},
	} {
		var want, got []string
		typ := reflect.TypeOf(test.value)
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			want = append(want, name)
		}
		for name := range test.schema.Properties {
			got = append(got, name)
		}
		require.ElementsMatch(t, want, got, test.name)
	}
}
