package reference

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// References of a schema lead to the same subschema in the document as before,
// whatever they are written as; values that look like schemas stay.
func TestNewDetailsSchema(t *testing.T) {
	const at = "#/components/schemas/E.details"
	for _, test := range []struct{ schema, want string }{
		{`{"type":"object","additionalProperties":false}`, `{"type":"object","additionalProperties":false}`},
		{`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object"}`, `{"type":"object"}`},

		// by pointer
		{`{"properties":{"a":{"$ref":"#"}}}`, `{"properties":{"a":{"$ref":"` + at + `"}}}`},
		{`{"properties":{"a/b":{"type":"string"},"c":{"$ref":"#/properties/a~1b"}}}`, `{"properties":{"a/b":{"type":"string"},"c":{"$ref":"` + at + `/properties/a~1b"}}}`},
		{`{"items":{"$ref":"#/$defs/a"},"$defs":{"a":{}}}`, `{"items":{"$ref":"` + at + `/$defs/a"},"$defs":{"a":{}}}`},
		{`{"anyOf":[{},{"$ref":"#/anyOf/0"}]}`, `{"anyOf":[{},{"$ref":"` + at + `/anyOf/0"}]}`},
		{`{"definitions":{"a b":{}},"not":{"$ref":"#/definitions/a%20b"}}`, `{"definitions":{"a_b":{}},"not":{"$ref":"` + at + `/definitions/a_b"}}`},
		{`{"$defs":{"a b":{},"a_b":{"type":"null"}},"not":{"$ref":"#/$defs/a_b"}}`, `{"$defs":{"a_b":{},"a_b-2":{"type":"null"}},"not":{"$ref":"` + at + `/$defs/a_b-2"}}`},

		// by name and by URI
		{`{"not":{"$ref":"#x"},"$defs":{"a":{"$anchor":"x"}}}`, `{"not":{"$ref":"` + at + `/$defs/a"},"$defs":{"a":{}}}`},
		{`{"not":{"$dynamicRef":"#x"},"$defs":{"a":{"$dynamicAnchor":"x"}}}`, `{"not":{"$ref":"` + at + `/$defs/a"},"$defs":{"a":{}}}`},
		{`{"$id":"https://e.example/s","not":{"$ref":"https://e.example/s#/$defs/a"},"$defs":{"a":{}}}`, `{"not":{"$ref":"` + at + `/$defs/a"},"$defs":{"a":{}}}`},
		{`{"$id":"https://e.example/s","not":{"$ref":"b"},"$defs":{"a":{"$id":"b","items":{"$ref":"#/items"}}}}`,
			`{"not":{"$ref":"` + at + `/$defs/a"},"$defs":{"a":{"items":{"$ref":"` + at + `/$defs/a/items"}}}}`},

		// no schemas
		{`{"const":{"$ref":"#"},"enum":[{"$id":"a"}],"default":{"$ref":"#"},"examples":[{"$anchor":"b"}]}`,
			`{"const":{"$ref":"#"},"enum":[{"$id":"a"}],"default":{"$ref":"#"},"examples":[{"$anchor":"b"}]}`},
		{`{"properties":{"$ref":{"type":"string"},"$id":{"type":"string"}}}`, `{"properties":{"$ref":{"type":"string"},"$id":{"type":"string"}}}`},
	} {
		require.JSONEq(t, test.want, string(encoded(newDetailsSchema(test.schema, "E.details").root)), test.schema)
	}
}

// Components have names that OpenAPI allows and that tools in JavaScript can
// look up.
func TestComponentName(t *testing.T) {
	for text, want := range map[string]string{
		"NOT_FOUND": "NOT_FOUND", "a.b-c_9": "a.b-c_9", "": "_", "a/b": "a_b", "../a": ".._a", "é": "_", "\xff": "_",
		"__proto__": "__proto___", "constructor": "constructor_", "Constructor": "Constructor",
	} {
		require.Equal(t, want, componentName(text), text)
	}
	r := newRegistry("schemas")
	require.Equal(t, "a", r.add("a", 1))
	require.Equal(t, "a", r.add("a", 1))
	require.Equal(t, "a-2", r.add("a", 2))
	require.Equal(t, "a-3", r.add("a", "3"))
	require.Equal(t, "a-2", r.add("a", 2))
}
