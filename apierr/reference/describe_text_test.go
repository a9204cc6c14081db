package reference_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
	"github.com/failwell/failwell/apierr/reference"
)

// layouts are documents as people and programs lay them out.
var layouts = []struct{ name, doc string }{
	{"one-line", `{"openapi":"3.1.0","paths":{"/a":{"get":{"x-errors":["ORDER_CLOSED"],"responses":{"200":{"description":"ok"}}}}}}`},
	{"spaces", "{\n  \"openapi\": \"3.1.0\",\n  \"paths\": {\n    \"/a\": {\n      \"get\": {\n        \"x-errors\": [\"ORDER_CLOSED\"],\n        \"responses\": {\n          \"200\": {\n            \"description\": \"ok\"\n          }\n        }\n      }\n    }\n  }\n}\n"},
	{"tabs", "{\n\t\"openapi\": \"3.1.0\",\n\t\"paths\": {\n\t\t\"/a\": {\"get\": {\"responses\": {}}}\n\t},\n\t\"components\": {\n\t}\n}\n"},
	{"crlf", "{\r\n    \"openapi\": \"3.1.0\",\r\n    \"paths\": {\r\n        \"/a\": {\"get\": {\"responses\": {\"200\": {\"description\": \"ok\"}}}}\r\n    }\r\n}\r\n"},
	{"odd", "\n { \"openapi\" : \"3.1.0\" , \"x-number\":1.50E+03,\"x-text\":\"\\u00e9\\/\",\n\n\"paths\":{ \"/a\" :{ \"get\":{ } } } }\t"},
}

// What is added is laid out as the document is, and everything else stays as it
// is.
func TestDescribe_Text(t *testing.T) {
	c := orders
	c.Errors = c.Errors[:2:2]
	c.Closed = false
	c.Mappings = map[*apierr.Error]apierr.Mapping{}
	for _, e := range apierr.Standard.Errors { // so that the documents are short
		c.Mappings[e] = apierr.Mapping{Error: c.Errors[0]}
	}
	for _, l := range layouts {
		b, err := reference.Describe([]byte(l.doc), c)
		require.NoError(t, err)
		requireDescribed(t, []byte(l.doc), b, c)
		contracttest.Golden(t, "describe-"+l.name+".json", string(b))
	}
}

// requireDescribed requires that out is doc with members and elements added, in
// the text and in what it means, and that describing it changes nothing.
func requireDescribed(t *testing.T, doc, out []byte, c apierr.Contract) {
	t.Helper()
	rest := doc
	for _, b := range out {
		if len(rest) > 0 && b == rest[0] {
			rest = rest[1:]
		}
	}
	require.Empty(t, rest, "the text is not in the described text")
	var before, after any
	require.NoError(t, json.Unmarshal(doc, &before))
	require.NoError(t, json.Unmarshal(out, &after))
	require.True(t, contains(after, before), "%s in %s", doc, out)
	again, err := reference.Describe(out, c)
	require.NoError(t, err)
	require.True(t, bytes.Equal(out, again), "%s, then %s", out, again)
}

// contains reports whether v is w, or has more members, or more elements at the
// end.
func contains(v, w any) bool {
	switch w := w.(type) {
	case map[string]any:
		m, ok := v.(map[string]any)
		for name, inner := range w {
			value, there := m[name]
			ok = ok && there && contains(value, inner)
		}
		return ok
	case []any:
		list, ok := v.([]any)
		if !ok || len(list) < len(w) {
			return false
		}
		for i := range w {
			ok = ok && contains(list[i], w[i])
		}
		return ok
	}
	return reflect.DeepEqual(v, w)
}

// Whatever the document is, Describe returns an error or a document that has
// more members, and describing it again changes nothing.
func FuzzDescribe(f *testing.F) {
	for _, l := range layouts {
		f.Add([]byte(l.doc))
	}
	for _, item := range []string{
		`{"get":{"x-errors":["ORDER_NOT_FOUND"],"responses":{"404":{"$ref":"#/components/responses/A"}}}}`,
		`{"$ref":"#/paths/~1a"}`, `{"$ref":"#/components/pathItems/a"}`,
		`{"post":{"requestBody":{"content":{"application/json":{}}},"parameters":[{"in":"path"}],"security":[{"a":[]}]}}`,
		`{"get":{"responses":{"500":{"content":{"application/json":{"schema":{"anyOf":[{"$ref":"#/components/schemas/INTERNAL_SERVER_ERROR"}]},"examples":{}}},"headers":{}}}}}`,
	} {
		f.Add([]byte(strings.TrimSuffix(documentWith("/a", item), "}") + `,"components":{"responses":{"A":{}},"schemas":{"INTERNAL_SERVER_ERROR":{}}}}`))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		for _, c := range []apierr.Contract{orders, open} {
			if out, err := reference.Describe(doc, c); err == nil {
				requireDescribed(t, doc, out, c)
			}
		}
	})
}
