package reference_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
	"github.com/failwell/failwell/apierr/reference"
)

// Equal contracts give equal bytes, whatever the order of maps.
func TestOpenAPI_Deterministic(t *testing.T) {
	for _, p := range pages {
		doc, err := reference.OpenAPI(p.c)
		require.NoError(t, err)
		for range 5 {
			again, err := reference.OpenAPI(p.c)
			require.NoError(t, err)
			require.True(t, string(doc) == string(again), p.name)
		}
	}
}

// Faults of a contract are errors.
func TestOpenAPI_Faults(t *testing.T) {
	for _, test := range []struct {
		c    apierr.Contract
		want string
	}{
		{apierr.Contract{Errors: []*apierr.Error{{Code: "MISSING"}}}, `apierr: contract "": MISSING: no status`},
		{apierr.Contract{Errors: []*apierr.Error{notFound}, DetailsSchemas: map[*apierr.Error]string{notFound: `{"type":7}`}},
			`reference: contract "": the details schema of NOT_FOUND: `},
	} {
		_, err := reference.OpenAPI(test.c)
		require.ErrorContains(t, err, test.want)
	}
}

// referred returns the component that a reference leads to.
func referred(t *testing.T, components map[string]any, reference any) any {
	t.Helper()
	ref, ok := dig(reference, "$ref").(string)
	require.True(t, ok, "there is no reference: %v", reference)
	return dig(components, strings.Split(strings.TrimPrefix(ref, "#/components/"), "/")...)
}

// openAPI returns the components of a contract.
func openAPI(t *testing.T, c apierr.Contract) map[string]any {
	t.Helper()
	b, err := reference.OpenAPI(c)
	require.NoError(t, err)
	var doc map[string]any
	require.NoError(t, json.Unmarshal(b, &doc))
	return doc["components"].(map[string]any)
}

// A closed contract with declared details, a deprecation, two forms and codes
// at several statuses.
func TestOpenAPI_Golden(t *testing.T) {
	gone := &apierr.Error{Code: "OLD", ID: 3, Status: 410, Message: "Gone", Doc: "It was\nremoved."}
	c := apierr.Contract{
		Name: "shop", Title: "Shop", Version: "1.4", Closed: true, DocURL: "https://example.com/errors/",
		Errors: []*apierr.Error{declined, invalid, gone},
		Format: apierr.Envelope{Members: []apierr.Member{
			{Name: "code", From: apierr.FromCode, Doc: "Which."}, {Name: "status", From: apierr.FromStatus}, {Name: "id", From: apierr.FromID},
			{Name: "message", From: apierr.FromMessage}, {Name: "url", From: apierr.FromDocURL}, {Name: "retry", From: apierr.FromRetryAfter},
			{Name: "details", From: apierr.FromDetails}, {Name: "v", JSON: "2"},
			{Name: "fields", Each: []apierr.Member{{Name: "path", From: apierr.FromPath}, {Name: "why", From: apierr.FromMessage}}},
		}},
		Alternative: apierr.Problem{},
		Deprecated:  map[*apierr.Error]string{gone: ""},
		DetailsSchemas: map[*apierr.Error]string{
			declined: `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"reason":{"$ref":"#/$defs/reason"}},"required":["reason"],"additionalProperties":false,"$defs":{"reason":{"enum":["stolen","expired"]}}}`,
		},
		Mappings: map[*apierr.Error]apierr.Mapping{
			apierr.BadRequest: {Error: invalid}, apierr.BodyTooLarge: {Error: invalid, Status: 413},
			apierr.Internal: {Error: declined, Status: 500}, apierr.TooManyRequests: {Error: invalid, Status: 429},
			apierr.Unauthenticated: {Error: invalid, Status: 401}, apierr.MethodNotAllowed: {Error: invalid, Status: 405},
		},
		StatusMappings: map[int]apierr.Mapping{503: {Error: invalid, Status: 503}},
		RetryAfter:     time.Minute,
	}
	b, err := reference.OpenAPI(c)
	require.NoError(t, err)
	contracttest.Golden(t, "openapi-shop.json", string(b))
}

// Each kind of member has its schema, and says when it is there.
func TestOpenAPI_Envelope(t *testing.T) {
	e := &apierr.Error{Code: "E", ID: 7, Status: 404, Message: "m", Details: map[string]any{"k": 1}}
	bare := &apierr.Error{Code: "E", Status: 404, Message: "m"}
	in := func(members ...apierr.Member) []apierr.Member { return members }
	from := func(s apierr.Source) []apierr.Member { return in(apierr.Member{Name: "a", From: s}) }
	for _, test := range []struct {
		e                    *apierr.Error
		members              []apierr.Member
		properties, required string
		additionalProperties any // false where nil
	}{
		// sources
		{e, from(apierr.FromCode), `{"a":{"type":"string","const":"E"}}`, `a`, nil},
		{e, from(apierr.FromMessage), `{"a":{"type":"string"}}`, `a`, nil},
		{e, from(apierr.FromStatus), `{"a":{"type":"integer","const":404}}`, `a`, nil},
		{e, from(apierr.FromID), `{"a":{"type":"integer","const":7}}`, `a`, nil},
		{bare, from(apierr.FromID), ``, ``, nil},
		{e, from(apierr.FromDocURL), `{"a":{"type":"string","const":"/errors/E"}}`, `a`, nil},
		{e, from(apierr.FromRetryAfter), `{"a":{"type":"integer","minimum":1}}`, ``, nil},
		{e, from(apierr.FromRequestID), `{"a":{"type":"string","minLength":1}}`, `a`, nil},
		{e, from(apierr.FromCorrelationID), `{"a":{"type":"string","minLength":1}}`, `a`, nil},
		{e, from(apierr.FromDetails), `{"a":{"type":"object"}}`, `a`, nil},
		{bare, from(apierr.FromDetails), `{"a":{"type":"object"}}`, ``, nil},
		{e, from(apierr.FromMessages), `{"a":{"type":"object","minProperties":1,"additionalProperties":{"type":"array","items":{"type":"string"},"minItems":1}}}`, ``, nil},
		{e, from(apierr.FromPath), `{"a":{"type":"string"}}`, ``, nil},
		{e, from(apierr.FromLocation), `{"a":{"type":"array","prefixItems":[{"type":"string"}],"items":{"type":["string","integer"]},"minItems":1}}`, ``, nil},

		// other values
		{e, in(apierr.Member{Name: "a", Detail: "k"}), `{"a":{}}`, `a`, nil},
		{bare, in(apierr.Member{Name: "a", Detail: "k"}), `{"a":{}}`, ``, nil},
		{e, in(apierr.Member{Name: "a", JSON: `{"b":null}`}), `{"a":{"const":{"b":null}}}`, `a`, nil},
		{e, in(apierr.Member{Name: "a", Text: "{id}: {code}{ x}"}), `{"a":{"type":"string","const":"7: E{ x}"}}`, `a`, nil},
		{bare, in(apierr.Member{Name: "a", Text: "{id}"}), ``, ``, nil},
		{e, in(apierr.Member{Name: "a", Text: "{message}"}), `{"a":{"type":"string"}}`, `a`, nil},
		{e, in(apierr.Member{Name: "a", Text: "{rule}"}), `{"a":{"type":"string"}}`, ``, nil},
		{e, in(apierr.Member{Name: "a", Members: in(apierr.Member{Name: "b", From: apierr.FromCode})}),
			`{"a":{"type":"object","properties":{"b":{"type":"string","const":"E"}},"required":["b"],"additionalProperties":false}}`, `a`, nil},
		{e, in(apierr.Member{Name: "a", Members: in(apierr.Member{Name: "b", From: apierr.FromPath}, apierr.Member{Name: "c", From: apierr.FromRule}, apierr.Member{Name: "d", JSON: "1"})}),
			`{"a":{"type":"object","properties":{"b":{"type":"string"},"c":{"type":"string"},"d":{"const":1}},"required":["b","c","d"],"additionalProperties":false}}`, ``, nil},
		{e, in(apierr.Member{Name: "a", Members: in(apierr.Member{Name: "b", Detail: "x"}, apierr.Member{Name: "c", From: apierr.FromRule}, apierr.Member{Name: "d", JSON: "1"})}),
			`{"a":{"type":"object","properties":{"b":{},"c":{"type":"string"},"d":{"const":1}},"required":["d"],"minProperties":2,"additionalProperties":false}}`, ``, nil},
		{e, in(apierr.Member{Name: "a", Array: in(apierr.Member{From: apierr.FromCode}, apierr.Member{From: apierr.FromID})}),
			`{"a":{"type":"array","prefixItems":[{"type":"string","const":"E"},{"type":"integer","const":7}],"minItems":2,"maxItems":2}}`, `a`, nil},
		{e, in(apierr.Member{Name: "a", Array: in(apierr.Member{From: apierr.FromCode}, apierr.Member{From: apierr.FromRule})}),
			`{"a":{"type":"array","items":{"anyOf":[{"type":"string","const":"E"},{"type":"string"}]},"minItems":1,"maxItems":2}}`, `a`, nil},
		{e, in(apierr.Member{Name: "a", Each: in(apierr.Member{Name: "b", From: apierr.FromPath}, apierr.Member{Name: "c", Text: "{param}"})}),
			`{"a":{"type":"array","items":{"type":"object","properties":{"b":{"type":"string"},"c":{"type":"string"}},"required":["b"],"additionalProperties":false},"minItems":1}}`, ``, nil},
		{e, in(apierr.Member{Name: "a", Each: in(apierr.Member{Text: "{param}"})}), `{"a":{"type":"array","items":{"type":"string"}}}`, ``, nil},

		// the first that has a value
		{e, in(apierr.Member{Name: "a", From: apierr.FromRule}, apierr.Member{Name: "a", From: apierr.FromCode}), `{"a":{"anyOf":[{"type":"string"},{"type":"string","const":"E"}]}}`, `a`, nil},
		{e, in(apierr.Member{Name: "a", From: apierr.FromID}, apierr.Member{Name: "a", From: apierr.FromCode}), `{"a":{"type":"integer","const":7}}`, `a`, nil},
		{bare, in(apierr.Member{Name: "a", From: apierr.FromID}, apierr.Member{Name: "a", From: apierr.FromCode}), `{"a":{"type":"string","const":"E"}}`, `a`, nil},
		{bare, in(apierr.Member{Name: "a", From: apierr.FromRule}, apierr.Member{Name: "a", From: apierr.FromPath}), `{"a":{"type":"string"}}`, ``, nil},

		// members of the object around
		{e, in(apierr.Member{From: apierr.FromDetails}), ``, ``, true},
		{e, in(apierr.Member{From: apierr.FromMessages}), ``, ``, map[string]any{"type": "array", "items": map[string]any{"type": "string"}, "minItems": 1.0}},
	} {
		members := append(test.members, apierr.Member{Name: "z", JSON: "0"}) // so that there is a body
		c := openAPI(t, apierr.Contract{Errors: []*apierr.Error{test.e}, Format: apierr.Envelope{Members: members}, DocURL: "/errors/"})
		s := dig(c, "schemas", "E").(map[string]any)
		name := fmt.Sprintf("%+v", test.members)
		properties := dig(s, "properties").(map[string]any)
		delete(properties, "z")
		b, err := json.Marshal(properties)
		require.NoError(t, err)
		if test.properties == "" {
			test.properties = "{}"
		}
		require.JSONEq(t, test.properties, string(b), name)
		want := []any{}
		for _, n := range strings.Fields(test.required) {
			want = append(want, n)
		}
		require.Equal(t, append(want, "z"), s["required"], name)
		if test.additionalProperties == nil {
			test.additionalProperties = false
		}
		require.Equal(t, test.additionalProperties, s["additionalProperties"], name)
	}
}

// The codes of a closed contract are an enumeration, those of an open one are
// known values of a string.
func TestOpenAPI_Codes(t *testing.T) {
	closed, opened := openAPI(t, orders), openAPI(t, open)
	enum := dig(closed, "schemas", "ErrorCode", "enum").([]any)
	require.Contains(t, enum, "ORDER_NOT_FOUND")
	require.Len(t, enum, len(orders.Errors))
	require.Nil(t, dig(closed, "schemas", "UnknownError"))

	anyOf := dig(opened, "schemas", "ErrorCode", "anyOf").([]any)
	require.Equal(t, enum, dig(anyOf[0], "enum"))
	require.Equal(t, map[string]any{"type": "string"}, anyOf[1])
	require.Equal(t, enum, dig(opened, "schemas", "UnknownErrorCode", "not", "enum"), "an unknown code is none of the known")
	list := dig(opened, "responses", "Status404", "content", "application/json", "schema", "anyOf").([]any)
	require.Equal(t, map[string]any{"$ref": "#/components/schemas/UnknownError"}, list[len(list)-1])
}

// Built-in errors that an open contract does not map are known codes too.
func TestOpenAPI_BuiltIn(t *testing.T) {
	c := openAPI(t, apierr.Contract{})
	require.Contains(t, dig(c, "schemas", "ErrorCode", "anyOf").([]any)[0].(map[string]any)["enum"], "RESOURCE_NOT_FOUND")
	require.NotNil(t, dig(c, "responses", "RESOURCE_NOT_FOUND"))
	require.Nil(t, dig(c, "responses", "CLIENT_CLOSED_REQUEST"), "which is not sent")
}

// A response has the headers that its status has, and says which are always
// there.
func TestOpenAPI_Headers(t *testing.T) {
	named := &apierr.Error{Code: "NAMED", Status: 409, Header: map[string][]string{"X-Shard": {"7"}}}
	c := open
	c.Errors = append(c.Errors[:len(c.Errors):len(c.Errors)], named)
	c.CorrelationIDHeader, c.RequestIDHeader = apierr.NoHeader, "x-trace"
	components := openAPI(t, c)
	for _, test := range []struct{ response, want string }{
		{"ORDER_NOT_FOUND", "X-Trace!"},
		{"AUTH_UNAUTHENTICATED", "WWW-Authenticate! X-Trace!"},
		{"METHOD_NOT_ALLOWED", "Allow! X-Trace!"},
		{"RATE_LIMIT_TOO_MANY_REQUESTS", "RateLimit RateLimit-Policy Retry-After! X-Trace!"},
		{"SERVICE_UNAVAILABLE", "Retry-After X-Trace!"},
		{"NAMED", "X-Shard! X-Trace!"},
		{"Status409", "X-Shard X-Trace!"},
	} {
		var got []string
		headers := dig(components, "responses", test.response, "headers").(map[string]any)
		for name, ref := range headers {
			component := strings.TrimPrefix(dig(ref, "$ref").(string), "#/components/headers/")
			if dig(components, "headers", component, "required") == true {
				name += "!"
			}
			got = append(got, name)
		}
		require.ElementsMatch(t, strings.Fields(test.want), got, test.response)
	}
}

// Codes that begin alike have components with numbers, in a time that grows with
// their number.
func TestOpenAPI_LongCodes(t *testing.T) {
	contract := func(n int) apierr.Contract {
		c := apierr.Contract{DetailsSchemas: map[*apierr.Error]string{}}
		for i := range n {
			e := &apierr.Error{Code: strings.Repeat("LONG_", 30) + strconv.Itoa(i), Status: 400}
			c.Errors = append(c.Errors, e)
			c.DetailsSchemas[e] = fmt.Sprintf(`{"properties":{"a":{"const":%d}}}`, i)
		}
		return c
	}
	components := openAPI(t, contract(40))
	codes := map[any]bool{}
	for name, s := range dig(components, "schemas").(map[string]any) {
		if code := dig(s, "properties", "error", "properties", "code", "const"); strings.HasPrefix(name, "LONG_") && code != nil {
			codes[code] = true
		}
	}
	require.Len(t, codes, 40)
	took := func(n int) time.Duration {
		c := contract(n)
		begin := time.Now()
		_, err := reference.OpenAPI(c)
		require.NoError(t, err)
		return time.Since(begin)
	}
	few, many := time.Hour, time.Hour
	for range 10 { // the machine may be busy
		few, many = min(few, took(50)), min(many, took(1000))
		if many < 80*few {
			return
		}
	}
	t.Fatalf("20 times the codes take %d times as long", many/few)
}

// Retry-After is a number of seconds, or any text where an error brings a date.
func TestOpenAPI_RetryAfter(t *testing.T) {
	for _, test := range []struct{ value, want string }{
		{"0", "integer"},
		{"60", "integer"},
		{"Fri, 31 Dec 2027 23:59:59 GMT", "string"},
		{"soon", "string"},
		{"-1", "string"},
		{"1.5", "string"},
	} {
		e := &apierr.Error{Code: "E", Status: 503, Header: map[string][]string{"retry-after": {test.value}}}
		components := openAPI(t, apierr.Contract{Errors: []*apierr.Error{e}})
		for response, want := range map[string]string{"E": test.want, "Status503": test.want, "SERVICE_UNAVAILABLE": "integer", "Status429": "integer"} {
			header := referred(t, components, dig(components, "responses", response, "headers", "Retry-After"))
			require.Equal(t, want, dig(header, "schema", "type"), "%s of %s", response, test.value)
		}
	}
}

// An error that is mapped brings its headers: they are those of some answers with
// the code.
func TestOpenAPI_HeadersOfMapped(t *testing.T) {
	sharded := &apierr.Error{Code: "SHARDED", Status: 404, Header: map[string][]string{"X-Shard": {"7"}}, RetryAfter: time.Second}
	components := openAPI(t, apierr.Contract{
		Errors: []*apierr.Error{notFound}, Mappings: map[*apierr.Error]apierr.Mapping{sharded: {Error: notFound}},
	})
	for _, name := range []string{"X-Shard", "Retry-After"} {
		header := referred(t, components, dig(components, "responses", "NOT_FOUND", "headers", name))
		require.Nil(t, dig(header, "required"), name)
	}
}

// The title of problem details is for people, as the message is: another text, or
// another language, is valid.
func TestOpenAPI_Translations(t *testing.T) {
	c := apierr.Contract{
		Errors: []*apierr.Error{notFound}, Format: apierr.Problem{Types: "/errors/"},
		Translations: map[string]map[string]string{"de": {"NOT_FOUND": "Fehlt"}, "fr": {"NOT_FOUND": "Absent"}},
	}
	components := openAPI(t, c)
	require.Equal(t, map[string]any{"type": "string"}, dig(components, "schemas", "NOT_FOUND", "properties", "title"))
	require.Equal(t, map[string]any{"type": "string"}, dig(components, "schemas", "NOT_FOUND", "properties", "detail"))
	require.NotNil(t, dig(components, "responses", "NOT_FOUND", "headers", "Content-Language"))
}

// The schema of a format of the user is what its bodies have in common.
func TestOpenAPI_Format(t *testing.T) {
	components := openAPI(t, apierr.Contract{Errors: []*apierr.Error{notFound, declined}, Format: listed{}})
	s := dig(components, "schemas", "NOT_FOUND")
	require.Equal(t, "NOT_FOUND", dig(s, "properties", "code", "const"))
	require.Equal(t, map[string]any{"type": "string"}, dig(s, "properties", "text"))
	require.Equal(t, map[string]any{"type": "array", "items": map[string]any{"type": "string"}}, dig(s, "properties", "fields"))
	require.Equal(t, []any{"code", "status", "text"}, dig(s, "required"))
	require.Nil(t, dig(s, "additionalProperties"), "others are allowed")
	require.Nil(t, dig(components, "schemas", "Error", "properties", "code", "const"))

	components = openAPI(t, apierr.Contract{Errors: []*apierr.Error{notFound}, Format: custom{}})
	require.Equal(t, "string", dig(components, "schemas", "NOT_FOUND", "type"))
	require.Equal(t, "NOT_FOUND\n"+notFound.Message, dig(components, "examples", "NOT_FOUND", "value"))
	require.NotNil(t, dig(components, "responses", "Status404", "content", "text/x-error"))
}

// listed is a format with a list of fields, for invalid input only.
type listed struct{}

func (listed) Name() string        { return "listed" }
func (listed) ContentType() string { return "application/vnd.listed+json" }
func (listed) Append(dst []byte, e *apierr.Error, _ apierr.Info) ([]byte, error) {
	body := map[string]any{"code": e.Code, "status": e.Status, "text": e.Message}
	for _, v := range e.Violations {
		fields, _ := body["fields"].([]string)
		body["fields"] = append(fields, v.Path)
	}
	b, err := json.Marshal(body)
	return append(dst, b...), err
}

func BenchmarkOpenAPI(b *testing.B) {
	for _, p := range pages {
		b.Run(p.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := reference.OpenAPI(p.c)
				require.NoError(b, err)
			}
		})
	}
}
