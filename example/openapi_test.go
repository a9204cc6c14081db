package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/example/internal/limits"
)

// openAPI is an OpenAPI document. A JSON Schema validator that knows nothing of
// OpenAPI compiles the schemas in it.
type openAPI struct {
	doc      map[string]any
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
}

func readOpenAPI(t *testing.T, doc []byte) *openAPI {
	t.Helper()
	o := &openAPI{compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}}
	require.NoError(t, json.Unmarshal(doc, &o.doc))
	require.NoError(t, o.compiler.AddResource("https://example.com/openapi.json", o.doc))
	return o
}

// servedOpenAPI is the document that the demo serves beside its error page.
func servedOpenAPI(t *testing.T, d demo) *openAPI {
	t.Helper()
	got := d.do(t, ask{method: "GET", path: "/errors/openapi.json"})
	require.Equal(t, 200, got.status)
	require.Equal(t, "application/json", got.header.Get("Content-Type"))
	return readOpenAPI(t, []byte(got.body))
}

// at returns the value at the steps, following $ref; nil if there is none.
func (o *openAPI) at(steps ...string) any {
	v := any(o.doc)
	for _, step := range steps {
		m, _ := v.(map[string]any)
		v = m[step]
		if m, ok := v.(map[string]any); ok {
			if ref, ok := m["$ref"].(string); ok {
				v = o.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
			}
		}
	}
	return v
}

// schema compiles the schema of a response for a content type.
func (o *openAPI) schema(t *testing.T, contentType string, response ...string) *jsonschema.Schema {
	t.Helper()
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	pointer := "https://example.com/openapi.json#"
	if ref, ok := o.at(response[:len(response)-1]...).(map[string]any)[response[len(response)-1]].(map[string]any)["$ref"].(string); ok {
		response = strings.Split(strings.TrimPrefix(ref, "#/"), "/")
	}
	for _, step := range slices.Concat(response, []string{"content", contentType, "schema"}) {
		pointer += "/" + escape.Replace(step)
	}
	if s := o.schemas[pointer]; s != nil {
		return s
	}
	s, err := o.compiler.Compile(pointer)
	require.NoError(t, err)
	o.schemas[pointer] = s
	return s
}

// requireAnswer requires that an answer is of a response: its body, and its
// headers.
func (o *openAPI) requireAnswer(t *testing.T, got answer, response ...string) {
	t.Helper()
	require.NotNil(t, o.at(response...), "%s: there is no response for %s", response, got.body)
	var body any
	require.NoError(t, json.Unmarshal([]byte(got.body), &body), got.body)
	require.NoError(t, o.schema(t, got.header.Get("Content-Type"), response...).Validate(body), "%s: %s", response, got.body)
	headers, _ := o.at(append(response, "headers")...).(map[string]any)
	require.NotEmpty(t, headers)
	for name := range headers {
		at := func(steps ...string) any { return o.at(slices.Concat(response, []string{"headers", name}, steps)...) }
		values, ok := got.header[http.CanonicalHeaderKey(name)]
		require.True(t, ok || at("required") != true, "%s has no %s", response, name)
		if ok && at("schema", "type") == "integer" {
			require.Regexp(t, `^[0-9]+$`, values[0], name)
		}
	}
}

// failing are requests to the lab that fail with a built-in error.
func failing() []ask {
	person := func(body string) ask { return ask{method: "POST", path: "/lab/echo", body: body} }
	list := []ask{
		person(`{"name":`), person(`{}`), person(`{"name":"A","email":"a"}`), person(`[]`), person(`{"name":"Ada","email":"ada@example.com","x":1}`),
		{method: "POST", path: "/lab/echo", body: "a", header: http.Header{"Content-Type": {"text/plain"}}},
		person(`{"name":"` + strings.Repeat("x", 1<<20) + `"}`),
		{method: "GET", path: "/no/such/path"},
		{method: "PUT", path: "/lab/echo"},
		{method: "GET", path: "/lab/unmapped"},
		{method: "GET", path: "/lab/http-error"},
		{method: "GET", path: "/lab/stale"},
		{method: "GET", path: "/lab/timeout"},
		{method: "GET", path: "/lab/proxy"},
		{method: "GET", path: "/lab/panic"},
	}
	for range 6 {
		list = append(list, ask{method: "GET", path: "/lab/limited"})
	}
	return list
}

// Every failure of the example, under every contract, is of its response in the
// document that the example serves: each code that the lab can raise, also of
// the response of the code; the built-in failures; and those of the API. A body
// with one member changed is not.
func TestOpenAPI(t *testing.T) {
	rows := map[string][]row{"chatbase": chatbaseRows, "polyai": polyaiRows, "avatarium": avatariumRows, "standard": chatbaseRows, "problem": chatbaseRows}
	for _, contract := range tested() {
		t.Run(contract, func(t *testing.T) {
			d := startWith(t, contract, limits.InMemory)
			c, _, err := choose(contract, limits.InMemory)
			require.NoError(t, err)
			o := servedOpenAPI(t, d)
			checked := map[int]int{}
			check := func(got answer) {
				status := []string{"components", "responses", "Status" + strconv.Itoa(got.status)}
				o.requireAnswer(t, got, status...)
				requireMutationsInvalid(t, c, o.schema(t, got.header.Get("Content-Type"), status...), got)
				checked[got.status]++
			}
			for _, e := range c.Declared() {
				got := d.do(t, ask{method: "GET", path: "/lab/raise/" + e.Code})
				check(got)
				o.requireAnswer(t, got, "components", "responses", e.Code)
			}
			for _, a := range failing() {
				if got := d.do(t, a); got.status >= 400 {
					check(got)
				}
			}
			for _, r := range rows[contract] {
				if got := d.do(t, ask{method: r.method, path: r.path, key: r.key, body: r.body}); got.status >= 400 {
					check(got)
				}
			}
			for _, status := range []int{400, 401, 404, 405, 413, 429, 500} {
				require.NotZero(t, checked[status], status)
			}
		})
	}
}

// requireMutationsInvalid changes one member at a time.
func requireMutationsInvalid(t *testing.T, c apierr.Contract, s *jsonschema.Schema, got answer) {
	t.Helper()
	var body any
	require.NoError(t, json.Unmarshal([]byte(got.body), &body))
	code := codeIn(body)
	others := otherCodes(c, code, got.status)
	n := 0
	mutate(body, "", others, code, func(change, path string, mutated any) {
		n++
		if !isFree(c, code, change, path) {
			require.Error(t, s.Validate(mutated), "%s of %s in %s", change, path, got.body)
		}
	})
	require.Greater(t, n, 8)
}

func codeIn(body any) string {
	m := body.(map[string]any)
	if inner, ok := m["error"].(map[string]any); ok {
		m = inner
	}
	return m["code"].(string)
}

// otherCodes are up to three codes that no answer with the status has: of
// errors with other statuses that nothing is mapped to.
func otherCodes(c apierr.Contract, code string, status int) (codes []string) {
	mapped := map[*apierr.Error]bool{}
	for _, m := range slices.Concat(slices.Collect(maps.Values(c.Mappings)), slices.Collect(maps.Values(c.StatusMappings))) {
		mapped[m.Error], mapped[m.Required] = true, true
	}
	for _, e := range c.Declared() {
		if e.Status != status && e.Code != code && !mapped[e] && len(codes) < 3 {
			codes = append(codes, e.Code)
		}
	}
	return codes
}

// isFree reports whether a body is valid after a change too: what is optional
// may be missing, and details that the contract does not declare may be any.
func isFree(c apierr.Contract, code, change, path string) bool {
	declared := c.DetailsSchemas[c.Lookup(code)]
	open := strings.Contains(declared, `"additionalProperties":{`)
	inDetails := strings.HasPrefix(path, "error.details.")
	if c.Name == "problem" {
		optional := []string{"instance", "errors"} // also under another name, which is a detail
		isPlace := regexp.MustCompile(`^errors\.\d+\.(pointer|parameter|header)$`).MatchString(path)
		return (change == "remove" || change == "rename") && slices.Contains(optional, path) || change == "remove" && isPlace ||
			change == "add" && path == ""
	}
	switch {
	case path == "error.details" && change == "remove":
		return true
	case declared == "":
		return inDetails || path == "error.details" && (change == "add")
	case open: // strings by field
		return inDetails && (change == "remove" || change == "rename")
	}
	return false
}

// mutate calls visit with copies of a body in which one value is changed.
func mutate(body any, path string, codes []string, code string, visit func(change, path string, mutated any)) {
	var walk func(v any, path string, replaced func(any) any)
	walk = func(v any, path string, replaced func(any) any) {
		for _, other := range []any{"7", 7.0, true, nil, []any{}, map[string]any{}} {
			if fmt.Sprintf("%T", other) != fmt.Sprintf("%T", v) {
				visit("retype", path, replaced(other))
			}
		}
		switch v := v.(type) {
		case string:
			if v == code && code != "" {
				for _, other := range codes {
					visit("code", path, replaced(other))
				}
			}
		case float64:
			visit("add 1", path, replaced(v+1))
		case []any:
			for i, e := range v {
				walk(e, path+"."+strconv.Itoa(i), func(other any) any {
					list := slices.Clone(v)
					list[i] = other
					return replaced(list)
				})
			}
		case map[string]any:
			with := func(change func(m map[string]any)) any {
				m := maps.Clone(v)
				change(m)
				return replaced(m)
			}
			visit("add", path, with(func(m map[string]any) { m["failwell"] = 7.0 }))
			for name, member := range v {
				inner := strings.TrimPrefix(path+"."+name, ".")
				visit("remove", inner, with(func(m map[string]any) { delete(m, name) }))
				visit("rename", inner, with(func(m map[string]any) { delete(m, name); m[name+"_"] = member }))
				walk(member, inner, func(other any) any { return with(func(m map[string]any) { m[name] = other }) })
			}
		}
	}
	walk(body, path, func(v any) any { return v })
}

// The failures of the chat API are of the responses of its operations in the
// document that is written by hand and described.
func TestOpenAPI_Described(t *testing.T) {
	doc, err := os.ReadFile("openapi/testdata/chat.described.json")
	require.NoError(t, err)
	o := readOpenAPI(t, doc)
	d := start(t, "chatbase")
	seen := 0
	for _, r := range chatbaseRows {
		path, op := operationOf(o, r)
		got := d.do(t, ask{method: r.method, path: r.path, key: r.key, body: r.body})
		require.NotNil(t, op, "%s %s", r.method, r.path)
		if got.status >= 400 {
			seen++
			o.requireAnswer(t, got, "paths", path, strings.ToLower(r.method), "responses", strconv.Itoa(got.status))
		}
	}
	require.Greater(t, seen, 25)
}

// operationOf finds the path of a row in the document, and its operation.
func operationOf(o *openAPI, r row) (path string, op any) {
	steps := strings.Split(r.path, "/")
	for path := range o.at("paths").(map[string]any) {
		pattern := strings.Split(path, "/")
		if len(pattern) == len(steps) && !slices.ContainsFunc(pattern, func(s string) bool {
			return !strings.HasPrefix(s, "{") && !slices.Contains(steps, s)
		}) {
			return path, o.at("paths", path, strings.ToLower(r.method))
		}
	}
	return "", nil
}
