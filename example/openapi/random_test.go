package openapi

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
	"github.com/failwell/failwell/middleware"
)

// maker makes random contracts.
type maker struct{ *rand.Rand }

func (m maker) pick(of ...string) string { return of[m.IntN(len(of))] }

var sources = []string{
	"code", "message", "status", "id", "doc_url", "retry_after", "request_id", "correlation_id", "details", "messages",
	"path", "rule", "location",
}

// members makes an object with few names, so that some are there twice.
func (m maker) members(depth int, each bool) (list []apierr.Member) {
	for range 1 + m.IntN(4) {
		e := m.value(depth, each)
		e.Name = m.pick("a", "b", "c", "details", "k", "a/b~c%")
		list = append(list, e)
	}
	if m.IntN(5) == 0 && !each {
		list = append(list, apierr.Member{From: apierr.Source(m.pick("details", "messages"))})
	}
	return list
}

func (m maker) value(depth int, each bool) apierr.Member {
	kind := m.IntN(10)
	switch {
	case kind < 4 || depth == 0:
		return apierr.Member{From: apierr.Source(m.pick(sources...))}
	case kind == 4:
		return apierr.Member{Detail: m.pick("k", "n", "x")}
	case kind == 5:
		return apierr.Member{Text: m.pick("", "x {", "{code} ") + "{" + m.pick("code", "id", "message", "doc_url", "rule", "param", "in", "nothing of it", "retry_after") + "}" + m.pick("", "}", "/{status}")}
	case kind == 6:
		return apierr.Member{JSON: m.pick(`null`, `false`, `"v1"`, `1.5`, `{"a":[1]}`)}
	case kind == 7:
		return apierr.Member{Members: m.members(depth-1, each)}
	case kind == 8:
		array := apierr.Member{}
		for range 1 + m.IntN(3) {
			array.Array = append(array.Array, m.value(depth-1, each))
		}
		return array
	case m.IntN(2) == 0:
		return apierr.Member{Each: []apierr.Member{m.value(depth-1, true)}}
	}
	return apierr.Member{Each: m.members(depth-1, true)}
}

var (
	plain    = &apierr.Error{Code: "PLAIN", Status: 404, Message: "Plain"}
	numbered = &apierr.Error{Code: "NUMBERED", ID: 7, Status: 409, Message: "Numbered", Details: map[string]any{"k": "v"}}
	waiting  = &apierr.Error{Code: "WAITING", ID: 8, Status: 429, Message: "Waiting", RetryAfter: 90 * time.Second}
	typed    = &apierr.Error{Code: "TYPED", Status: 402, Message: "Typed"}
	complex  = &apierr.Error{Code: "COMPLEX", Status: 400, Message: "Complex"}
	broken   = &apierr.Error{Code: "BROKEN", Status: 500, Message: "Broken"}
)

func (m maker) contract() apierr.Contract {
	c := apierr.Contract{
		Name: "random", Closed: m.IntN(2) == 0, DocURL: m.pick("", "/errors/", "/errors/{id}", "https://example.com/?e={code}"),
		Errors:                []*apierr.Error{plain, numbered, waiting, typed, complex, broken},
		RetryAfterUnavailable: time.Duration(m.IntN(2)) * time.Second,
		Mappings: map[*apierr.Error]apierr.Mapping{
			apierr.BadRequest: {Error: complex}, apierr.Internal: {Error: broken}, apierr.NotFound: {Error: plain},
			apierr.InvalidBody: {Error: complex, Required: plain}, apierr.BodyTooLarge: {Error: complex, Status: 413, Details: map[string]any{"n": 1}},
		},
		StatusMappings: map[int]apierr.Mapping{418: {Error: complex, Status: 418}, 506: {Error: numbered}},
		DetailsSchemas: map[*apierr.Error]string{
			typed:   `{"type":"object","properties":{"k":{"type":"string"},"n":{"$ref":"#/$defs/n"}},"required":["k"],"additionalProperties":false,"$defs":{"n":{"type":"integer"}}}`,
			complex: `{"$id":"https://example.com/complex","type":"object","additionalProperties":{"anyOf":[{"$ref":"#s"},{"$ref":"complex#/$defs/a~1b"}]},"$defs":{"s":{"$anchor":"s","type":"string"},"a/b":{"type":"integer"}}}`,
		},
	}
	envelope := apierr.Envelope{Members: m.members(3, false)}
	switch m.IntN(4) {
	case 0:
		c.Format, c.Alternative = envelope, apierr.Problem{}
	case 1:
		c.Format = apierr.Problem{Types: m.pick("", "/problems/")}
	case 2:
		c.Translations = map[string]map[string]string{"de": {"PLAIN": "Schlicht"}}
		c.Format = m.problemOr(envelope)
	default:
		c.Format = envelope
	}
	return c
}

func (m maker) problemOr(e apierr.Envelope) apierr.Format {
	if m.IntN(2) == 0 {
		return apierr.Problem{}
	}
	return e
}

// raised are errors of all kinds.
func raised() []*apierr.Error {
	required := apierr.Violation{Path: "items[0].name", Rule: "required", Message: "Required"}
	limit := apierr.Violation{In: "query", Path: "limit", Rule: "max", Param: "9", Message: "Too large"}
	var list []*apierr.Error
	for _, e := range []*apierr.Error{
		plain, numbered, waiting, typed.With("k", "v"), typed.With("k", "v").With("n", 7), complex, complex.With("x", "y").With("n", 1), broken,
		apierr.NotFound, apierr.InvalidBody, apierr.BodyTooLarge, apierr.Conflict, apierr.Unavailable, apierr.TooManyRequests, apierr.Internal,
		{Code: "UNDECLARED", Status: 418, Message: "?"}, {Code: "UNDECLARED_404", ID: 99, Status: 404, Message: "?"},
	} {
		list = append(list, e, e.WithMessage("Another"), e.WithViolations(required), e.WithViolations(limit, required),
			e.WithRetryAfter(5*time.Second))
		if e != typed && e.Code != "TYPED" && e.Code != "COMPLEX" {
			list = append(list, e.With("k", 7).With("other", []int{1}), e.With("a", true).With("n", nil).WithViolations(required))
		}
	}
	return list
}

// requireOfDocument requires that the answers of a server under c are of the
// document of c. It returns how many there were.
func requireOfDocument(t *testing.T, c apierr.Contract) (n int) {
	t.Helper()
	doc, err := reference.OpenAPI(c)
	require.NoError(t, err)
	var v map[string]any
	require.NoError(t, json.Unmarshal(doc, &v))
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("https://example.com/openapi.json", v))
	responses := v["components"].(map[string]any)["responses"].(map[string]any)
	requireExamples(t, v, compiler)
	schemas := map[string]*jsonschema.Schema{}
	var e *apierr.Error
	h := middleware.New(c, middleware.WithLogger(nil))(apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return e }))
	for _, e = range raised() {
		if reference.CheckDetails(c, e) != nil { // the server does not keep the contract
			continue
		}
		for _, accept := range []string{"application/json", "application/problem+json"} {
			w := httptest.NewRecorder()
			r := httptest.NewRequest("GET", "/a", nil)
			r.Header.Set("Accept", accept)
			r.Header.Set("Accept-Language", "de")
			h.ServeHTTP(w, r)
			pointer := "/components/schemas/Error"
			if _, ok := responses["Status"+strconv.Itoa(w.Code)]; ok {
				media := strings.ReplaceAll(w.Header().Get("Content-Type"), "/", "~1")
				pointer = "/components/responses/Status" + strconv.Itoa(w.Code) + "/content/" + media + "/schema"
			} else if c.Alternative != nil && w.Header().Get("Content-Type") == "application/problem+json" {
				pointer += ".problem"
			}
			s := schemas[pointer]
			if s == nil {
				s, err = compiler.Compile("https://example.com/openapi.json#" + pointer)
				require.NoError(t, err)
				schemas[pointer] = s
			}
			requireHeaders(t, v, "Status"+strconv.Itoa(w.Code), w.Header())
			var body any
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &body))
			if err := s.Validate(body); err != nil {
				format, _ := json.MarshalIndent(c.Format, "", " ")
				require.NoError(t, err, "%s of %v (closed: %v, doc: %q) under %s", w.Body, e, c.Closed, c.DocURL, format)
			}
			n++
		}
	}
	return n
}

// requireHeaders requires an answer to have the headers that its response
// requires, and numbers where it has integers.
func requireHeaders(t *testing.T, doc map[string]any, response string, got http.Header) {
	t.Helper()
	components := doc["components"].(map[string]any)
	r, _ := components["responses"].(map[string]any)[response].(map[string]any)
	headers, _ := r["headers"].(map[string]any)
	for name, ref := range headers {
		component := strings.TrimPrefix(ref.(map[string]any)["$ref"].(string), "#/components/headers/")
		h := components["headers"].(map[string]any)[component].(map[string]any)
		values, ok := got[http.CanonicalHeaderKey(name)]
		require.True(t, ok || h["required"] != true, "%s: %s is absent", response, name)
		if ok && h["schema"].(map[string]any)["type"] == "integer" {
			require.Regexp(t, `^[0-9]+$`, values[0], "%s: %s", response, name)
		}
	}
}

// requireExamples requires that each response has an example, and that it is
// valid.
func requireExamples(t *testing.T, doc map[string]any, compiler *jsonschema.Compiler) {
	t.Helper()
	components := doc["components"].(map[string]any)
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	for response, r := range components["responses"].(map[string]any) {
		for media, m := range r.(map[string]any)["content"].(map[string]any) {
			s, err := compiler.Compile("https://example.com/openapi.json#/components/responses/" + response + "/content/" + escape.Replace(media) + "/schema")
			require.NoError(t, err)
			examples := m.(map[string]any)["examples"].(map[string]any)
			require.NotEmpty(t, examples, response)
			for name := range examples {
				example := components["examples"].(map[string]any)[name].(map[string]any)["value"]
				require.NoError(t, s.Validate(example), "%s: %s: %v", response, name, example)
			}
		}
	}
}

// Bodies of random envelopes, of problem details and of both are of the schemas
// of their documents, which are valid.
func TestRandomContracts(t *testing.T) {
	checked, seeds := 0, uint64(100)
	if testing.Short() {
		seeds = 15
	}
	for seed := range seeds {
		c := maker{rand.New(rand.NewPCG(seed, 0))}.contract()
		if c.Check() != nil {
			continue
		}
		require.Greater(t, requireOfDocument(t, c), 50, "seed %d", seed)
		checked++
	}
	require.Greater(t, checked, int(seeds)*2/5)
}

func FuzzRandomContracts(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		if c := (maker{rand.New(rand.NewPCG(seed, 1))}).contract(); c.Check() == nil {
			requireOfDocument(t, c)
		}
	})
}
