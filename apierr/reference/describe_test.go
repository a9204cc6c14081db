package reference_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
)

// orders is a small contract. Every built-in error is answered with a code of
// its own, so that the statuses are those of RFC 9110.
var orders = apierr.Contract{
	Name: "orders", Closed: true,
	Errors: append([]*apierr.Error{
		{Code: "ORDER_NOT_FOUND", Status: 404, Message: "No such order"},
		{Code: "ORDER_CLOSED", Status: 409, Message: "The order is closed"},
	}, apierr.Standard.Errors...),
}

// open is orders as an open contract.
var open = func() apierr.Contract {
	c := orders
	c.Closed = false
	return c
}()

// documentWith has one path item.
func documentWith(path, item string) string {
	name, _ := json.Marshal(path) // a string has a JSON form
	return fmt.Sprintf(`{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{%s:%s}}`, name, item)
}

func describe(t *testing.T, doc string, c apierr.Contract) map[string]any {
	t.Helper()
	b, err := reference.Describe([]byte(doc), c)
	require.NoError(t, err)
	var v map[string]any
	require.NoError(t, json.Unmarshal(b, &v), string(b))
	return v
}

// dig returns the value at the steps of an object; nil if there is none.
func dig(v any, steps ...string) any {
	for _, step := range steps {
		m, _ := v.(map[string]any)
		v = m[step]
	}
	return v
}

// statusesOf are the statuses of an operation, in the order of the numbers.
func statusesOf(op any) string {
	var list []string
	responses, _ := dig(op, "responses").(map[string]any)
	for status := range responses {
		list = append(list, status)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// An operation has the statuses that its security, body and parameters imply,
// and those of its codes.
func TestDescribe_Statuses(t *testing.T) {
	const always = "405 429 500 503"
	for _, test := range []struct{ path, item, want string }{
		{"/a", `{"get":{}}`, always},
		{"/a", `{"get":{"responses":{"200":{"description":"ok"}}}}`, "200 " + always},
		{"/a", `{"get":{"responses":{"default":{"description":"any"}}}}`, always + " default"},

		// parameters
		{"/a", `{"get":{"parameters":[{"name":"q","in":"query"}]}}`, "400 " + always},
		{"/a", `{"parameters":[{"name":"q","in":"header"}],"get":{}}`, "400 " + always},
		{"/a", `{"parameters":[{"$ref":"#/components/parameters/absent"}],"get":{}}`, "400 " + always},
		{"/a/{id}", `{"get":{}}`, "404 " + always},
		{"/a/{id}", `{"parameters":[{"name":"id","in":"path","required":true}],"get":{}}`, "400 404 " + always},
		{"/a", `{"get":{"parameters":[]}}`, always},

		// the body
		{"/a", `{"post":{"requestBody":{"content":{"application/json":{}}}}}`, "400 405 413 415 429 500 503"},
		{"/a", `{"post":{"requestBody":{"content":{"text/plain":{}}}}}`, "400 405 413 415 429 500 503"},
		{"/a", `{"post":{"requestBody":{"$ref":"other.json#/body"}}}`, "400 405 413 415 429 500 503"},

		// security
		{"/a", `{"get":{"security":[{"key":[]}]}}`, "401 " + always},
		{"/a", `{"get":{"security":[{},{"key":[]}]}}`, "401 " + always},
		{"/a", `{"get":{"security":[{}]}}`, always},
		{"/a", `{"get":{"security":[]}}`, always},

		// codes
		{"/a", `{"get":{"x-errors":["ORDER_CLOSED"]}}`, "405 409 429 500 503"},
		{"/a", `{"get":{"x-errors":["ORDER_NOT_FOUND","ORDER_CLOSED","ORDER_CLOSED"]}}`, "404 405 409 429 500 503"},
		{"/a", `{"get":{"x-errors":[]}}`, always},

		// not an operation of paths
		{"x-a", `{"get":{}}`, ""},
	} {
		item := dig(describe(t, documentWith(test.path, test.item), orders), "paths", test.path)
		op := dig(item, "get")
		if op == nil {
			op = dig(item, "post")
		}
		require.Equal(t, test.want, statusesOf(op), test.item)
	}
}

// The methods that OpenAPI 3.2 has no member for are operations too.
func TestDescribe_AdditionalOperations(t *testing.T) {
	for _, test := range []struct{ item, want string }{
		{`{"additionalOperations":{"COPY":{"x-errors":["ORDER_CLOSED"]}}}`, "405 409 429 500 503"},
		{`{"parameters":[{"name":"q","in":"query"}],"additionalOperations":{"COPY":{"responses":{"200":{"description":"ok"}}}}}`, "200 400 405 429 500 503"},
		{`{"additionalOperations":{"COPY":7}}`, ""},
		{`{"additionalOperations":7}`, ""},
	} {
		item := dig(describe(t, documentWith("/a", test.item), orders), "paths", "/a")
		require.Equal(t, test.want, statusesOf(dig(item, "additionalOperations", "COPY")), test.item)
	}
	_, err := reference.Describe([]byte(documentWith("/a", `{"additionalOperations":{"COPY":{"x-errors":["NOPE"]}}}`)), orders)
	require.ErrorContains(t, err, `COPY /a: x-errors has "NOPE"`)
}

// The security of the document is that of operations without their own.
func TestDescribe_Security(t *testing.T) {
	doc := `{"openapi":"3.1.0","security":[{"key":[]}],"paths":{"/a":{"get":{},"put":{"security":[]}}}}`
	v := describe(t, doc, orders)
	require.Contains(t, statusesOf(dig(v, "paths", "/a", "get")), "401")
	require.NotContains(t, statusesOf(dig(v, "paths", "/a", "put")), "401")
}

// The codes of a response are those that the operation lists and those of the
// failures that it may have: of JSON only if it takes JSON, of a missing
// parameter only if one is required.
func TestDescribe_Codes(t *testing.T) {
	for _, test := range []struct{ item, status, want string }{
		{`{"get":{"x-errors":["ORDER_NOT_FOUND"]}}`, "404", "ORDER_NOT_FOUND"},
		{`{"post":{"requestBody":{"content":{"application/json":{}}}}}`, "400", "VALIDATION_INVALID_BODY VALIDATION_INVALID_JSON"},
		{`{"post":{"requestBody":{"content":{"application/merge-patch+json":{}}}}}`, "400", "VALIDATION_INVALID_BODY VALIDATION_INVALID_JSON"},
		{`{"post":{"requestBody":{"content":{"multipart/form-data":{}}}}}`, "400", "VALIDATION_INVALID_BODY"},
		{`{"get":{"parameters":[{"in":"query","name":"q"}]}}`, "400", "VALIDATION_INVALID_PARAMETER"},
		{`{"get":{"parameters":[{"in":"query","name":"q","required":true}]}}`, "400", "VALIDATION_INVALID_PARAMETER VALIDATION_MISSING_PARAMETER"},
		{`{"get":{"x-errors":["BAD_REQUEST"],"parameters":[{"in":"query","name":"q"}]}}`, "400", "BAD_REQUEST VALIDATION_INVALID_PARAMETER"},
	} {
		item := dig(describe(t, documentWith("/a", test.item), orders), "paths", "/a").(map[string]any)
		for _, op := range item {
			require.Equal(t, test.want, codesOf(dig(op, "responses", test.status)), test.item)
		}
	}
}

// codesOf are the names of the schemas of a response.
func codesOf(response any) string {
	var names []string
	list, _ := dig(response, "content", "application/json", "schema", "anyOf").([]any)
	for _, s := range list {
		names = append(names, strings.TrimPrefix(dig(s, "$ref").(string), "#/components/schemas/"))
	}
	return strings.Join(names, " ")
}

// A response that is there receives what it does not have, and keeps what it
// has.
func TestDescribe_Responses(t *testing.T) {
	for _, test := range []struct {
		name, response string
		check          func(t *testing.T, response any)
	}{
		{"a description", `{"description":"mine"}`, func(t *testing.T, r any) {
			require.Equal(t, "mine", dig(r, "description"))
			require.Equal(t, "ORDER_NOT_FOUND", codesOf(r))
			require.NotNil(t, dig(r, "headers", "X-Request-Id"))
			require.NotNil(t, dig(r, "content", "application/json", "examples", "ORDER_NOT_FOUND"))
		}},
		{"nothing", `{}`, func(t *testing.T, r any) {
			require.Equal(t, "Not Found: `ORDER_NOT_FOUND`", dig(r, "description"))
		}},
		{"a header in another case", `{"description":"","headers":{"x-request-id":{"description":"mine"}}}`, func(t *testing.T, r any) {
			require.Equal(t, "mine", dig(r, "headers", "x-request-id", "description"))
			require.Nil(t, dig(r, "headers", "X-Request-Id"))
			require.NotNil(t, dig(r, "headers", "X-Correlation-Id"))
		}},
		{"another media type", `{"description":"","content":{"text/html":{"schema":{"type":"string"}}}}`, func(t *testing.T, r any) {
			require.Equal(t, "ORDER_NOT_FOUND", codesOf(r))
			require.Equal(t, "string", dig(r, "content", "text/html", "schema", "type"))
		}},
		{"the media type without a schema", `{"description":"","content":{"Application/JSON; charset=utf-8":{}}}`, func(t *testing.T, r any) {
			require.Nil(t, dig(r, "content", "application/json"))
			require.NotNil(t, dig(r, "content", "Application/JSON; charset=utf-8", "schema", "anyOf"))
			require.NotNil(t, dig(r, "content", "Application/JSON; charset=utf-8", "examples"))
		}},
		{"no schema and an example", `{"description":"","content":{"application/json":{"example":{"a":1}}}}`, func(t *testing.T, r any) {
			require.Equal(t, "ORDER_NOT_FOUND", codesOf(r))
			require.Nil(t, dig(r, "content", "application/json", "examples"))
		}},
		{"a schema", `{"description":"","content":{"application/json":{"schema":{"type":"object"}}}}`, func(t *testing.T, r any) {
			require.Equal(t, map[string]any{"schema": map[string]any{"type": "object"}}, dig(r, "content", "application/json"))
		}},
		{"an anyOf of others", `{"description":"","content":{"application/json":{"schema":{"anyOf":[{"$ref":"#/components/schemas/Mine"},{"type":"object"}]}}}}`, func(t *testing.T, r any) {
			require.Len(t, dig(r, "content", "application/json", "schema", "anyOf"), 2)
		}},
		{"a reference to another document", `{"$ref":"other.json#/404"}`, func(t *testing.T, r any) {
			require.Equal(t, map[string]any{"$ref": "other.json#/404"}, r)
		}},
		{"a reference to nothing", `{"$ref":"#/components/responses/absent"}`, func(t *testing.T, r any) {
			require.Equal(t, map[string]any{"$ref": "#/components/responses/absent"}, r)
		}},
		{"no object", `7`, func(t *testing.T, r any) { require.EqualValues(t, 7, r) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			doc := documentWith("/a", `{"get":{"x-errors":["ORDER_NOT_FOUND"],"responses":{"404":`+test.response+`}}}`)
			test.check(t, dig(describe(t, doc, orders), "paths", "/a", "get", "responses", "404"))
		})
	}
}

// A response that several operations share receives the codes of all.
func TestDescribe_SharedResponse(t *testing.T) {
	v := describe(t, `{"openapi":"3.1.0","paths":{
		"/a":{"get":{"x-errors":["ORDER_NOT_FOUND"],"responses":{"404":{"$ref":"#/components/responses/No"}}}},
		"/b":{"get":{"x-errors":["RESOURCE_NOT_FOUND"],"responses":{"404":{"$ref":"#/components/responses/No"}}}},
		"/c":{"head":{"x-errors":["RESOURCE_NOT_FOUND"],"responses":{"404":{"$ref":"#/components/responses/No"}}}}
	},"components":{"responses":{"No":{"description":"no"}}}}`, orders)
	require.Equal(t, "ORDER_NOT_FOUND RESOURCE_NOT_FOUND", codesOf(dig(v, "components", "responses", "No")))
	require.Equal(t, map[string]any{"$ref": "#/components/responses/No"}, dig(v, "paths", "/a", "get", "responses", "404"))
}

// A response to HEAD has headers and no content.
func TestDescribe_Head(t *testing.T) {
	v := describe(t, documentWith("/a", `{"head":{"x-errors":["ORDER_NOT_FOUND"]}}`), orders)
	r := dig(v, "paths", "/a", "head", "responses", "404")
	require.Nil(t, dig(r, "content"))
	require.NotNil(t, dig(r, "headers", "X-Request-Id"))
	require.Nil(t, dig(v, "components", "schemas"), "and needs no schemas")
}

// Responses of an open contract accept codes that the document does not have,
// those of a closed one do not.
func TestDescribe_Open(t *testing.T) {
	doc := documentWith("/a", `{"get":{"x-errors":["ORDER_NOT_FOUND"]}}`)
	require.Equal(t, "ORDER_NOT_FOUND UnknownError", codesOf(dig(describe(t, doc, open), "paths", "/a", "get", "responses", "404")))
	require.Equal(t, "ORDER_NOT_FOUND", codesOf(dig(describe(t, doc, orders), "paths", "/a", "get", "responses", "404")))
}

// References within the document lead to path items, parameters and bodies;
// each operation is described once, and circles end.
func TestDescribe_References(t *testing.T) {
	v := describe(t, `{"openapi":"3.1.0","paths":{
		"/a/{x~y}":{"$ref":"#/components/pathItems/A"},
		"/b":{"$ref":"#/paths/~1a~1%7Bx~0y%7D"},
		"/c":{"$ref":"#/paths/~1c"},
		"/d":{"$ref":"other.json"},
		"/e":{"$ref":"#/components/list/1"}
	},"components":{
		"list":[{},{"put":{}}],
		"pathItems":{"A":{"post":{"parameters":[{"$ref":"#/components/parameters/q"}],"requestBody":{"$ref":"#/components/requestBodies/b"}}}},
		"parameters":{"q":{"name":"q","in":"query","required":true}},
		"requestBodies":{"b":{"content":{"text/plain":{}}}}
	}}`, orders)
	post := dig(v, "components", "pathItems", "A", "post")
	require.Equal(t, "400 404 405 413 415 429 500 503", statusesOf(post))
	require.Equal(t, "VALIDATION_INVALID_BODY VALIDATION_INVALID_PARAMETER VALIDATION_MISSING_PARAMETER", codesOf(dig(post, "responses", "400")))
	require.Equal(t, map[string]any{"$ref": "other.json"}, dig(v, "paths", "/d"))
	require.Equal(t, "405 429 500 503", statusesOf(dig(v, "components", "list").([]any)[1].(map[string]any)["put"]))
}

// A component whose name is taken keeps it; what is equal already is used.
func TestDescribe_Components(t *testing.T) {
	doc := `{"openapi":"3.1.0","paths":{"/a":{"get":{"x-errors":["ORDER_NOT_FOUND"]}}},"components":{
		"schemas":{"ORDER_NOT_FOUND":{"type":"string"}},"headers":{"Allow":{"schema":{"type":"string"}}}}}`
	v := describe(t, doc, orders)
	require.Equal(t, map[string]any{"type": "string"}, dig(v, "components", "schemas", "ORDER_NOT_FOUND"))
	require.Equal(t, "ORDER_NOT_FOUND-2", codesOf(dig(v, "paths", "/a", "get", "responses", "404")))
	require.NotNil(t, dig(v, "components", "schemas", "ORDER_NOT_FOUND-2", "properties", "error"))
	require.NotNil(t, dig(v, "components", "headers", "Allow-2", "required"))

	// In another order and without line breaks it is the same component.
	sorted, err := json.Marshal(v)
	require.NoError(t, err)
	again, err := reference.Describe(sorted, orders)
	require.NoError(t, err)
	require.Equal(t, string(sorted), string(again))
}

// Only components that are used are added.
func TestDescribe_UsedComponents(t *testing.T) {
	b, err := reference.Describe([]byte(documentWith("/a", `{"get":{"x-errors":["ORDER_NOT_FOUND"]}}`)), open)
	require.NoError(t, err)
	var v map[string]any
	require.NoError(t, json.Unmarshal(b, &v))
	for kind, components := range v["components"].(map[string]any) {
		for name := range components.(map[string]any) {
			require.Contains(t, string(b), `"$ref":"#/components/`+kind+`/`+name+`"`)
		}
	}
}

// A code that x-errors has since then is added to the responses that Describe
// made.
func TestDescribe_MoreCodes(t *testing.T) {
	for _, c := range []apierr.Contract{orders, open} {
		doc, err := reference.Describe([]byte(documentWith("/a/{id}", `{"get":{"x-errors":[]}}`)), c)
		require.NoError(t, err)
		v := describe(t, strings.Replace(string(doc), `"x-errors":[]`, `"x-errors":["ORDER_NOT_FOUND","ORDER_CLOSED"]`, 1), c)
		r := dig(v, "paths", "/a/{id}", "get", "responses", "404")
		require.ElementsMatch(t, []string{"ORDER_NOT_FOUND", "RESOURCE_NOT_FOUND"}, slices.DeleteFunc(strings.Fields(codesOf(r)), func(s string) bool { return s == "UnknownError" }))
		require.Len(t, dig(r, "content", "application/json", "examples"), 2)
		require.Contains(t, codesOf(dig(v, "paths", "/a/{id}", "get", "responses", "409")), "ORDER_CLOSED")
	}
}

// A contract of two forms has two media types.
func TestDescribe_Alternative(t *testing.T) {
	c := orders
	c.Alternative = apierr.Problem{}
	v := describe(t, documentWith("/a", `{"get":{"x-errors":["ORDER_NOT_FOUND"],"responses":{"404":{"description":"","content":{"application/json":{"schema":{}}}}}}}`), c)
	r := dig(v, "paths", "/a", "get", "responses", "404")
	require.Equal(t, map[string]any{"schema": map[string]any{}}, dig(r, "content", "application/json"))
	require.Equal(t, []any{map[string]any{"$ref": "#/components/schemas/ORDER_NOT_FOUND.problem"}}, dig(r, "content", "application/problem+json", "schema", "anyOf"))
}

// What is wrong with a document or with its codes is said, with the operation.
func TestDescribe_Errors(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 600) + `1` + strings.Repeat(`}`, 600)
	for _, test := range []struct{ doc, want string }{
		{documentWith("/a/{id}", `{"get":{"x-errors":["ORDER_NOT_FOUND","NOPE"]}}`), `reference: GET /a/{id}: x-errors has "NOPE", which is no code of the contract "orders"`},
		{documentWith("/a", `{"get":{"x-errors":["order_not_found"]}}`), `GET /a: x-errors has "order_not_found"`},
		{documentWith("/a", `{"get":{"x-errors":[""]}}`), `GET /a: x-errors has ""`},
		{documentWith("/a", `{"get":{"x-errors":["NO"]},"put":{"x-errors":["NEITHER"]}}`), "GET /a: x-errors has \"NO\", which is no code of the contract \"orders\"\nPUT /a: x-errors has \"NEITHER\""},
		{documentWith("/a", `{"get":{"x-errors":"ORDER_NOT_FOUND"}}`), `GET /a: x-errors is no list of codes: "ORDER_NOT_FOUND"`},
		{documentWith("/a", `{"get":{"x-errors":null}}`), `GET /a: x-errors is no list of codes: null`},
		{documentWith("/a", `{"get":{"x-errors":[404]}}`), `GET /a: x-errors has 404, which is no code`},
		{documentWith("/\u202ea\x00", `{"get":{"x-errors":["\u202e"]}}`), `GET /\u202ea\u0000: x-errors has "\u202e"`},
		{documentWith("/a", `{"get":{"responses":[]}}`), `GET /a: responses is no object`},

		{``, `reference: `},
		{`{`, `reference: `},
		{`{} {}`, `more than one JSON value`},
		{`{"openapi":"3.1.0"}x`, `more than one JSON value`},
		{`[]`, `is no JSON object`},
		{`{"a":1,"a":2}`, `duplicate`},
		{"{\"a\":\"\xff\"}", `UTF-8`},
		{"\ufeff{}", `reference: `},
		{deep, `more than 500 deep`},
		{`{}`, `none of OpenAPI 3.1 or 3.2: openapi is absent`},
		{`{"swagger":"2.0"}`, `none of OpenAPI 3.1 or 3.2: openapi is absent`},
		{`{"openapi":"3.0.3"}`, `none of OpenAPI 3.1 or 3.2: openapi is "3.0.3"`},
		{`{"openapi":"3.10.0"}`, `none of OpenAPI 3.1 or 3.2`},
		{`{"openapi":3.1}`, `none of OpenAPI 3.1 or 3.2: openapi is 3.1`},
		{`{"openapi":"3.1.0","paths":[]}`, `paths is no object`},
		{`{"openapi":"3.1.0","components":7}`, `components is no object`},
		{`{"openapi":"3.1.0","paths":{"/a":{"get":{}}},"components":{"schemas":7}}`, `components.schemas is no object`},
	} {
		_, err := reference.Describe([]byte(test.doc), orders)
		require.ErrorContains(t, err, test.want, "%.200s", test.doc)
	}
	_, err := reference.Describe([]byte(documentWith("/a", `{}`)), apierr.Contract{Errors: []*apierr.Error{{Code: "MISSING"}}})
	require.ErrorContains(t, err, "MISSING: no status")
}

// A short document does not make a long one without bound.
func TestDescribe_Bounds(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"openapi":"3.1.0","paths":{`)
	for i := range 50_001 {
		fmt.Fprintf(&b, `"/%d":{"get":{}},`, i)
	}
	b.WriteString(`"/z":{}}}`)
	_, err := reference.Describe([]byte(b.String()), orders)
	require.EqualError(t, err, "reference: the document has more than 50000 operations")
	_, err = reference.Describe([]byte(documentWith("/a", `{"get":{"x-errors":["NO"`+strings.Repeat(`,"NO"`, 1000)+`]}}`)), orders)
	require.Len(t, strings.Split(err.Error(), "\n"), 101)
	_, err = reference.Describe(make([]byte, 32<<20+1), orders)
	require.EqualError(t, err, "reference: the document is longer than 32 MiB")
}
