package apierr_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

var info = apierr.Info{RequestID: "r1", CorrelationID: "c1", Path: "/orders/7"}

// flat is the later form of PolyAI's API: flat, with doubled and constant
// members, and the correlation ID under another name.
var flat = apierr.Envelope{Members: []apierr.Member{
	{Name: "success", JSON: "false"},
	{Name: "error", From: apierr.FromMessage},
	{Name: "error_id", From: apierr.FromCorrelationID},
	{Name: "error_code", From: apierr.FromCode},
	{Name: "error_message", From: apierr.FromMessage},
	{Name: "data", JSON: "null"},
}}

// withFirst has the first violation as the details, else the Details.
var withFirst = []apierr.Member{
	{Name: "code", From: apierr.FromCode},
	{Name: "message", From: apierr.FromMessage},
	{Name: "details", Members: []apierr.Member{{Name: "field", From: apierr.FromPath}, {Name: "reason", From: apierr.FromRule}}},
	{Name: "details", From: apierr.FromDetails},
}

// withList has a list of violations, and the Details beside it.
var withList = []apierr.Member{
	{Name: "code", From: apierr.FromCode},
	{Name: "message", From: apierr.FromMessage},
	{Name: "errors", Each: []apierr.Member{
		{Name: "field", From: apierr.FromPath}, {Name: "code", From: apierr.FromRule}, {Name: "message", From: apierr.FromMessage},
	}},
	{Name: "details", From: apierr.FromDetails},
}

// inError returns an envelope with these members in the member error.
func inError(members []apierr.Member) apierr.Envelope {
	return apierr.Envelope{Members: []apierr.Member{{Name: "error", Members: members}}}
}

// withMeta is the later form of Avatarium's API: a sibling with the request ID.
var withMeta = apierr.Envelope{
	Members: []apierr.Member{
		{Name: "error", Members: withFirst},
		{Name: "meta", Members: []apierr.Member{{Name: "requestId", From: apierr.FromRequestID}}},
	},
}

// optionalFirst has every member that can be absent before those that cannot.
var optionalFirst = apierr.Envelope{
	Members: []apierr.Member{
		{Name: "id", From: apierr.FromID},
		{Name: "meta", Members: []apierr.Member{
			{Name: "request", From: apierr.FromRequestID},
			{Name: "deep", Members: []apierr.Member{{Name: "correlation", From: apierr.FromCorrelationID}}},
		}},
		{Name: "details", From: apierr.FromDetails},
		{Name: "error", Members: []apierr.Member{
			{Name: "id", From: apierr.FromID},
			{Name: "status", From: apierr.FromStatus},
		}},
		{Name: "code", From: apierr.FromCode},
		{Name: "v\"1\"", JSON: `"x"`},
		{Name: "message", From: apierr.FromMessage},
		{Name: "id2", From: apierr.FromID},
	},
}

func body(t *testing.T, f apierr.Format, e *apierr.Error, info apierr.Info) string {
	t.Helper()
	b, err := f.Append([]byte("before "), e, info)
	require.NoError(t, err)
	require.Equal(t, "before ", string(b[:7]), "Append appends")
	return string(b[7:])
}

func TestEnvelope(t *testing.T) {
	bare := &apierr.Error{Code: "C", Status: 400, Message: "M"}
	one := bare.WithViolations(apierr.Violation{Path: "a", Rule: "min", Param: "3", Message: "Short"})
	full := one.WithViolations(apierr.Violation{Path: "b", Rule: "required", Message: "Required"}).With("k", 1)
	full.ID = 9
	for _, test := range []struct {
		name string
		f    apierr.Envelope
		e    *apierr.Error
		info apierr.Info
		want string
	}{
		{"zero", apierr.Envelope{}, bare, info, `{"error":{"code":"C","message":"M"}}`},
		{"zero, all there is", apierr.Envelope{}, full, info, `{"error":{"code":"C","message":"M","details":{"a":"Short","b":"Required","k":1}}}`},
		{"first", inError(withFirst), full, info, `{"error":{"code":"C","message":"M","details":{"field":"a","reason":"min"}}}`},
		{"first of none", inError(withFirst), bare.With("k", 1), info, `{"error":{"code":"C","message":"M","details":{"k":1}}}`},
		{"list", inError(withList), full, info, `{"error":{"code":"C","message":"M",` +
			`"errors":[{"field":"a","code":"min","message":"Short"},{"field":"b","code":"required","message":"Required"}],"details":{"k":1}}}`},
		{"rules", apierr.Envelope{Members: withFirst, Rules: map[string]string{"min": "short"}}, one, info,
			`{"code":"C","message":"M","details":{"field":"a","reason":"short"}}`},
		{"violation", apierr.Envelope{Violation: "{path} {rule} {param} {message}{more}"}, full, info,
			`{"error":{"code":"C","message":"a min 3 Short (and 1 more)","details":{"a":"Short","b":"Required","k":1}}}`},
		{"violation, others left out", apierr.Envelope{Violation: "{path}{more}", Members: inError(withFirst).Members},
			one.WithViolations(apierr.Violation{Path: "$", Rule: "more", Message: "More"}), info,
			`{"error":{"code":"C","message":"a (and more)","details":{"field":"a","reason":"min"}}}`},
		{"violation, other braces", apierr.Envelope{Violation: "{ {{path}} {x} {message"}, one, info,
			`{"error":{"code":"C","message":"{ {a} {x} {message","details":{"a":"Short"}}}`},
		{"required", apierr.Envelope{Required: "{path}?"}, one, info, `{"error":{"code":"C","message":"M","details":{"a":"Short"}}}`},

		{"flat", flat, bare, info, `{"success":false,"error":"M","error_id":"c1","error_code":"C","error_message":"M","data":null}`},
		{"flat, all there is", flat, full, info,
			`{"success":false,"error":"a: Short (and 1 more)","error_id":"c1","error_code":"C","error_message":"a: Short (and 1 more)","data":null}`},
		{"flat, no ID", flat, one, apierr.Info{}, `{"success":false,"error":"a: Short","error_code":"C","error_message":"a: Short","data":null}`},

		{"sibling", withMeta, one, info, `{"error":{"code":"C","message":"M","details":{"field":"a","reason":"min"}},"meta":{"requestId":"r1"}}`},
		{"sibling, no ID", withMeta, bare, apierr.Info{}, `{"error":{"code":"C","message":"M"}}`},

		{"optional first", optionalFirst, full, info, `{"id":9,"meta":{"request":"r1","deep":{"correlation":"c1"}},` +
			`"details":{"a":"Short","b":"Required","k":1},` +
			`"error":{"id":9,"status":400},"code":"C","v\"1\"":"x","message":"M","id2":9}`},
		{"optional first, none of them", optionalFirst, bare, apierr.Info{}, `{"error":{"status":400},"code":"C","v\"1\"":"x","message":"M"}`},
		{"optional first, one of them", optionalFirst, bare, apierr.Info{CorrelationID: "c1"},
			`{"meta":{"deep":{"correlation":"c1"}},"error":{"status":400},"code":"C","v\"1\"":"x","message":"M"}`},
	} {
		require.Equal(t, test.want, body(t, test.f, test.e, test.info), test.name)
	}
}

// The first violation of a path wins, also over a key of the details, and
// names that are the same on the wire come once.
func TestDetailsHaveEachNameOnce(t *testing.T) {
	e := &apierr.Error{Code: "C", Status: 400, Message: "M", Details: map[string]any{"a": 1, "b": 2, "z\xfe": 3, "z\xff": 4}}
	require.Equal(t, `{"error":{"code":"C","message":"M","details":{"a":"first","b":2,"z`+"\uFFFD"+`":3}}}`,
		body(t, apierr.Envelope{}, e.WithViolations(
			apierr.Violation{Path: "a", Message: "first"},
			apierr.Violation{Path: "a", Message: "second"},
		), info))

	var many []apierr.Violation
	for i := range 100 {
		many = append(many, apierr.Violation{Path: string(rune('a' + i%20)), Message: "x"})
	}
	got := body(t, apierr.Envelope{}, e.WithViolations(many...), info)
	require.Len(t, decode(t, got)["error"].(map[string]any)["details"], 21)
}

func TestEnvelopeQuotes(t *testing.T) {
	e := &apierr.Error{Code: "a\"b\\c", Status: 400, Message: "line\nnext\x00\x7f é \U0001F642 \xff </script>"}
	require.Equal(t, `{"error":{"code":"a\"b\\c","message":"line\nnext\u0000`+"\x7f é \U0001F642 \uFFFD </script>"+`"}}`, body(t, apierr.Envelope{}, e, info))
}
