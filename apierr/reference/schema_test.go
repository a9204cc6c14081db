package reference_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/apierr/reference"
)

type cardDeclined struct {
	Reason  string        `json:"reason" jsonschema:"The issuer's word for it."`
	Retry   time.Duration `json:"retry,omitzero"`
	Tries   []int         `json:"tries"`
	Token   []byte        `json:"token,omitempty"`
	Charge  *string       `json:"charge"`
	Ignored int           `json:"-"`
}

func TestSchemaFor(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{reference.SchemaFor[struct{}](), `{"type":"object","additionalProperties":false}`},
		{reference.SchemaFor[map[string]int](), `{"type":"object","additionalProperties":{"type":"integer"}}`},
		{reference.SchemaFor[cardDeclined](), `{"type":"object","required":["reason","tries","charge"],"properties":{` +
			`"reason":{"type":"string","description":"The issuer's word for it."},"retry":{"type":"string"},` +
			`"tries":{"type":"array","items":{"type":"integer"}},"token":{"type":"string","contentEncoding":"base64"},` +
			`"charge":{"type":["null","string"]}},"additionalProperties":false}`},
		{reference.SchemaFor[struct {
			A map[string][]time.Duration `json:"a"`
		}](), `{"type":"object","required":["a"],"properties":{"a":{"type":"object","additionalProperties":{"type":"array","items":{"type":"string"}}}},"additionalProperties":false}`},
	} {
		require.JSONEq(t, test.want, test.got)
	}
	require.Equal(t, reference.SchemaFor[cardDeclined](), reference.SchemaFor[cardDeclined](), "deterministic")
}

type cyclic struct{ Next []cyclic }

func TestSchemaFor_Panics(t *testing.T) {
	for name, schemaFor := range map[string]func() string{
		"a string":  reference.SchemaFor[string],
		"a slice":   reference.SchemaFor[[]int],
		"a channel": reference.SchemaFor[struct{ C chan int }],
		"a cycle":   reference.SchemaFor[cyclic],
	} {
		require.Panics(t, func() { schemaFor() }, name)
	}
}

var (
	declined = &apierr.Error{Code: "CARD_DECLINED", Status: 402, Message: "Declined"}
	bare     = &apierr.Error{Code: "BARE", Status: 409}
	invalid  = &apierr.Error{Code: "INVALID", Status: 400, Message: "Invalid"}
)

// shop declares what the details of two errors are.
func shop(f apierr.Format) apierr.Contract {
	return apierr.Contract{
		Format: f, Errors: []*apierr.Error{declined, bare, invalid},
		Mappings: map[*apierr.Error]apierr.Mapping{apierr.InvalidBody: {Error: invalid}},
		DetailsSchemas: map[*apierr.Error]string{
			declined: reference.SchemaFor[struct {
				Reason string        `json:"reason"`
				After  time.Duration `json:"after,omitzero"`
			}](),
			invalid: `{"type":"object","additionalProperties":{"type":"string"}}`,
		},
	}
}

func TestCheckDetails(t *testing.T) {
	list := apierr.Envelope{Members: []apierr.Member{
		{Name: "code", From: apierr.FromCode},
		{Name: "details", Each: []apierr.Member{{Name: "field", From: apierr.FromPath}}}, {Name: "details", From: apierr.FromDetails},
	}}
	required := apierr.Violation{Path: "name", Rule: "required", Message: "Required"}
	for _, test := range []struct {
		c    apierr.Contract
		e    *apierr.Error
		want string // part of the fault; empty: none
	}{
		{shop(nil), declined.With("reason", "stolen"), ""},
		{shop(nil), declined.With("reason", "stolen").With("after", time.Minute), ""},
		{shop(nil), declined, "CARD_DECLINED: the details are not of the declared form"},
		{shop(nil), declined.With("reason", 7), "CARD_DECLINED: the details are not of the declared form"},
		{shop(nil), declined.With("reason", "stolen").With("card", "4111"), "CARD_DECLINED: the details are not of the declared form"},
		{shop(nil), declined.With("reason", make(chan int)), "CARD_DECLINED"},
		{shop(apierr.Problem{}), declined.With("reason", "stolen"), ""},
		{shop(apierr.Problem{}), declined.With("reason", 7), "CARD_DECLINED: the details are not of the declared form"},
		{shop(apierr.Problem{}), declined.With("reason", "stolen").WithViolations(required), ""},

		// what a built-in error is mapped to, in the form that the envelope sends
		{shop(nil), apierr.InvalidBody.WithViolations(required), ""},
		{shop(nil), apierr.InvalidBody.With("limit", 7), "INVALID: the details are not of the declared form"},
		{shop(list), apierr.InvalidBody.WithViolations(required), "INVALID: the details are not of the declared form"},

		// no schema
		{shop(nil), bare.With("anything", []int{1}), ""},
		{shop(nil), apierr.Conflict.With("anything", 1), ""},

		{avatarium.Contract, apierr.InvalidBody.WithViolations(required), ""},
		{chatbase.Contract, apierr.InvalidBody.WithViolations(required), ""},
		{chatbase.Contract, apierr.BodyTooLarge, ""},
		{apierr.Contract{Challenge: "\n"}, bare, "the challenge"},
	} {
		err := reference.CheckDetails(test.c, test.e)
		if test.want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, test.want)
	}
}

// contractSchema compiles contract.schema.json as it is served.
func contractSchema(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	b, err := os.ReadFile("contract.schema.json")
	require.NoError(t, err)
	s := new(jsonschema.Schema)
	require.NoError(t, json.Unmarshal(b, s))
	resolved, err := s.Resolve(nil)
	require.NoError(t, err)
	return resolved
}

// Every document is valid by the published schema.
func TestContractSchema(t *testing.T) {
	schema := contractSchema(t)
	closed := apierr.Standard
	closed.Closed = true
	for _, c := range []apierr.Contract{
		{}, apierr.Standard, closed, problem, everything(), shop(nil), shop(custom{}), oddContract(),
		chatbase.Contract, chatbase.Closed, polyai.Contract, polyai.Closed, avatarium.Contract, avatarium.Closed,
	} {
		require.NoError(t, schema.Validate(documentOf(t, c)), c.Name)
	}
}

// A document with one member that is wrong is not: each of these is refused by
// ParseContract too.
func TestContractSchema_Refuses(t *testing.T) {
	schema := contractSchema(t)
	for _, test := range []struct {
		name   string
		change func(doc map[string]any)
	}{
		{"an unknown member", func(doc map[string]any) { doc["extra"] = 1 }},
		{"an unknown member of an error", func(doc map[string]any) { first(doc, "errors")["extra"] = 1 }},
		{"closed as a string", func(doc map[string]any) { doc["closed"] = "yes" }},
		{"a negative wait", func(doc map[string]any) { doc["retry_after"] = -1.0 }},
		{"a wait of centuries", func(doc map[string]any) { doc["retry_after"] = 1e12 }},
		{"an error without a code", func(doc map[string]any) { first(doc, "errors")["code"] = "" }},
		{"an error without a status", func(doc map[string]any) { delete(first(doc, "errors"), "status") }},
		{"a status without a body", func(doc map[string]any) { first(doc, "errors")["status"] = 204.0 }},
		{"a status over 599", func(doc map[string]any) { first(doc, "errors")["status"] = 600.0 }},
		{"a header name with a space", func(doc map[string]any) { doc["headers"].(map[string]any)["request_id"] = "X Id" }},
		{"a format without a name", func(doc map[string]any) { doc["format"].(map[string]any)["name"] = "" }},
		{"an envelope with another setting", func(doc map[string]any) { settings(doc)["extra"] = 1 }},
		{"rules that are no words", func(doc map[string]any) { settings(doc)["rules"] = map[string]any{"required": 1.0} }},
		{"translations without a language", func(doc map[string]any) { doc["translations"] = map[string]any{"B": "Falsch"} }},
		{"a member of nothing", func(doc map[string]any) { delete(first(settings(doc), "members"), "members") }},
		{"a section without a title", func(doc map[string]any) { first(doc, "sections")["title"] = "" }},
		{"a code twice in a section", func(doc map[string]any) { first(doc, "sections")["codes"] = []any{"A", "A"} }},
		{"a details schema that is none", func(doc map[string]any) { first(doc, "errors")["details_schema"] = true }},
		{"a mapping of nothing", func(doc map[string]any) { delete(first(doc, "mappings"), "builtin") }},
		{"a mapping for a success", func(doc map[string]any) { first(doc, "status_mappings")["bare_status"] = 200.0 }},
	} {
		doc := documentOf(t, everything())
		require.NoError(t, schema.Validate(doc))
		test.change(doc)
		require.Error(t, schema.Validate(doc), test.name)
		b, err := json.Marshal(doc)
		require.NoError(t, err)
		_, err = apierr.ParseContract(b)
		require.Error(t, err, test.name)
	}
}

func first(object map[string]any, list string) map[string]any {
	return object[list].([]any)[0].(map[string]any)
}

func settings(doc map[string]any) map[string]any {
	return doc["format"].(map[string]any)["settings"].(map[string]any)
}

func documentOf(t *testing.T, c apierr.Contract) map[string]any {
	t.Helper()
	b, err := c.MarshalJSON()
	require.NoError(t, err)
	var doc map[string]any
	d := json.NewDecoder(bytes.NewReader(b))
	require.NoError(t, d.Decode(&doc))
	return doc
}

// everything has every field of a contract set.
func everything() apierr.Contract {
	a := &apierr.Error{
		Code: "A", ID: 7, Status: 429, Message: "M", Doc: "D", RetryAfter: time.Minute,
		Details:    map[string]any{"a": 1},
		Violations: []apierr.Violation{{In: "query", Path: "p", Rule: "min", Param: "8", Message: "m"}},
		Header:     map[string][]string{"X-A": {"b"}},
	}
	b := &apierr.Error{Code: "B", Status: 400}
	return apierr.Contract{
		Name: "everything", Title: "Everything", Version: "1.2", Closed: true,
		Format: apierr.Envelope{
			Members: []apierr.Member{
				{Name: "error", Members: []apierr.Member{
					{Name: "code", Doc: "Which.", From: apierr.FromCode}, {Name: "message", From: apierr.FromMessage},
				}},
				{Name: "ok", JSON: "false"},
				{Name: "why", Detail: "a"}, {Name: "text", Text: "{code}!"}, {Name: "list", Array: []apierr.Member{{From: apierr.FromStatus}}},
				{Name: "each", Each: []apierr.Member{{Name: "path", From: apierr.FromPath}}}, {From: apierr.FromDetails},
			},
			Rules: map[string]string{"required": "missing"}, Violation: "{path}{more}", Required: "{path}!",
			OneMore: " +1", More: " +{n}", UncountedMore: " +",
		},
		DocURL: "/errors/{code}", Language: "en", Translations: map[string]map[string]string{"de": {"B": "Falsch"}},
		Alternative:         apierr.Problem{Types: "/errors/"},
		CorrelationIDHeader: apierr.NoHeader,
		NoExposeHeaders:     true, Challenge: "Basic", RetryAfter: 1500 * time.Millisecond, RetryAfterUnavailable: time.Second,
		Errors:         []*apierr.Error{b},
		Sections:       []apierr.Section{{Title: "S", Doc: "D", Errors: []*apierr.Error{a}}},
		Deprecated:     map[*apierr.Error]string{a: "B"},
		DetailsSchemas: map[*apierr.Error]string{a: `{"type":"object"}`},
		Mappings: map[*apierr.Error]apierr.Mapping{
			apierr.BadRequest: {Error: b, Required: a, Status: 422, Details: map[string]any{"a": 1}}, apierr.Internal: {Error: b}, a: {Error: b},
		},
		StatusMappings: map[int]apierr.Mapping{404: {Error: b, Status: 404}},
	}
}

// custom is a format of a user.
type custom struct{}

func (custom) Name() string        { return "lines" }
func (custom) ContentType() string { return "text/x-error" }
func (custom) Append(dst []byte, e *apierr.Error, _ apierr.Info) ([]byte, error) {
	return append(dst, e.Code+"\n"+e.Message...), nil
}
