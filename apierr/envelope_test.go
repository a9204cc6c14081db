package apierr_test

import (
	"testing"
	"time"

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

// Members of every kind, alone: what they send, and when they are absent.
func TestMembers(t *testing.T) {
	bare := &apierr.Error{Code: "C", Status: 400, Message: "M"}
	full := (&apierr.Error{Code: "C", ID: 9, Status: 400, Message: "M", RetryAfter: 1500 * time.Millisecond}).
		With("k", 1).With("other", "o").WithViolations(
		apierr.Violation{Path: "a", Rule: "min", Param: "3", Message: "Short"},
		apierr.Violation{In: "query", Path: "b[1]", Rule: "required", Message: "Required"},
		apierr.Violation{Path: "a", Rule: "max", Message: "Odd"},
	)
	everything := apierr.Info{RequestID: "r", CorrelationID: "c", DocURL: "/d", Language: "de"}
	from := func(f apierr.Source) []apierr.Member { return []apierr.Member{{Name: "m", From: f}} }
	text := func(s string) []apierr.Member { return []apierr.Member{{Name: "m", Text: s}} }
	array := func(elements ...apierr.Member) []apierr.Member { return []apierr.Member{{Name: "m", Array: elements}} }
	each := func(members ...apierr.Member) []apierr.Member { return []apierr.Member{{Name: "m", Each: members}} }
	object := func(members ...apierr.Member) []apierr.Member { return []apierr.Member{{Name: "m", Members: members}} }
	first := func(members ...apierr.Member) []apierr.Member {
		for i := range members {
			members[i].Name = "m"
		}
		return members
	}
	one := apierr.Member{Name: "one", JSON: "1"}
	for _, test := range []struct {
		name    string
		members []apierr.Member
		full    string // of the error that has everything
		bare    string // of the one that has nothing
	}{
		// sources
		{"code", from(apierr.FromCode), `{"m":"C"}`, `{"m":"C"}`},
		{"status", from(apierr.FromStatus), `{"m":400}`, `{"m":400}`},
		{"id", from(apierr.FromID), `{"m":9}`, `{}`},
		{"doc_url", from(apierr.FromDocURL), `{"m":"/d"}`, `{}`},
		{"retry_after, rounded up", from(apierr.FromRetryAfter), `{"m":2}`, `{}`},
		{"request_id", from(apierr.FromRequestID), `{"m":"r"}`, `{}`},
		{"correlation_id", from(apierr.FromCorrelationID), `{"m":"c"}`, `{}`},
		{"details, and violations that nobody shows", from(apierr.FromDetails), `{"m":{"a":"Short","b[1]":"Required","k":1,"other":"o"}}`, `{}`},
		{"details beside violations", append(from(apierr.FromDetails), apierr.Member{Name: "v", From: apierr.FromPath}),
			`{"m":{"k":1,"other":"o"},"v":"a"}`, `{}`},
		{"messages", from(apierr.FromMessages), `{"m":{"a":["Short","Odd"],"b[1]":["Required"]}}`, `{}`},
		{"path, of the first violation", from(apierr.FromPath), `{"m":"a"}`, `{}`},
		{"rule, under its word", from(apierr.FromRule), `{"m":"short"}`, `{}`},
		{"location", from(apierr.FromLocation), `{"m":["body","a"]}`, `{}`},

		// one detail
		{"detail", []apierr.Member{{Name: "m", Detail: "k"}, {Name: "rest", From: apierr.FromDetails}, {Name: "v", From: apierr.FromPath}},
			`{"m":1,"rest":{"other":"o"},"v":"a"}`, `{}`},

		// texts
		{"text", text("{code} {message} {status} {id} {doc_url} {retry_after} {request_id} {correlation_id} {language} {path} {rule} {param} {in}"),
			`{"m":"C M 400 9 /d 2 r c de a short 3 body"}`, `{}`},
		{"text that is always there", text("{code}: {message}"), `{"m":"C: a: Short (and 2 more)"}`, `{"m":"C: M"}`},
		{"text of no source", text(`a "b" {} { c }`), `{"m":"a \"b\" {} { c }"}`, `{"m":"a \"b\" {} { c }"}`},

		// objects and arrays
		{"object", object(apierr.Member{Name: "a", From: apierr.FromID}, apierr.Member{Name: "b", From: apierr.FromRequestID}), `{"m":{"a":9,"b":"r"}}`, `{}`},
		{"object with a constant", object(one, apierr.Member{Name: "a", From: apierr.FromID}), `{"m":{"one":1,"a":9}}`, `{}`},
		{"object with a constant and a code", object(one, apierr.Member{Name: "a", From: apierr.FromID}, apierr.Member{Name: "c", From: apierr.FromCode}),
			`{"m":{"one":1,"a":9,"c":"C"}}`, `{"m":{"one":1,"c":"C"}}`},
		{"object of constants", object(one), `{"m":{"one":1}}`, `{"m":{"one":1}}`},
		{"array", array(apierr.Member{From: apierr.FromID}, apierr.Member{From: apierr.FromRequestID}), `{"m":[9,"r"]}`, `{}`},
		{"array of constants", array(apierr.Member{JSON: "1"}, apierr.Member{Members: []apierr.Member{one}}), `{"m":[1,{"one":1}]}`, `{"m":[1,{"one":1}]}`},
		{"array, elements left out", array(apierr.Member{From: apierr.FromID}, apierr.Member{From: apierr.FromCode}, apierr.Member{Members: []apierr.Member{one, {Name: "a", From: apierr.FromID}}}),
			`{"m":[9,"C",{"one":1,"a":9}]}`, `{"m":["C"]}`},
		{"array in an array", array(apierr.Member{Array: []apierr.Member{{From: apierr.FromID}}}), `{"m":[[9]]}`, `{}`},

		// each
		{"each", each(apierr.Member{Name: "p", From: apierr.FromPath}, apierr.Member{Name: "m", From: apierr.FromMessage}, apierr.Member{Name: "x", Text: "{param}"}, apierr.Member{Name: "c", From: apierr.FromCode}),
			`{"m":[{"p":"a","m":"Short","x":"3","c":"C"},{"p":"b[1]","m":"Required","c":"C"},{"p":"a","m":"Odd","c":"C"}]}`, `{}`},
		{"each, the optional first", each(apierr.Member{Name: "x", Text: "{param}"}, apierr.Member{Name: "l", From: apierr.FromLocation}),
			`{"m":[{"x":"3","l":["body","a"]},{"l":["query","b",1]},{"l":["body","a"]}]}`, `{}`},
		{"each, an object in it", each(apierr.Member{Name: "source", Members: []apierr.Member{one, {Name: "x", Text: "{param}"}}}),
			`{"m":[{"source":{"one":1,"x":"3"}},{},{}]}`, `{}`},
		{"each, values", each(apierr.Member{Text: "{path} ({in}): {message}"}), `{"m":["a (body): Short","b[1] (query): Required","a (body): Odd"]}`, `{}`},
		{"each, values that are not always there", each(apierr.Member{Text: "{param}"}), `{"m":["3"]}`, `{}`},

		// the first that is there
		{"choice", first(apierr.Member{From: apierr.FromID}, apierr.Member{From: apierr.FromCode}), `{"m":9}`, `{"m":"C"}`},
		{"choice of three, none certain", first(apierr.Member{From: apierr.FromPath}, apierr.Member{From: apierr.FromID}, apierr.Member{From: apierr.FromRequestID}), `{"m":"a"}`, `{}`},
		{"choice, the last a constant", first(apierr.Member{Each: []apierr.Member{{From: apierr.FromPath}}}, apierr.Member{JSON: "[]"}), `{"m":["a","b[1]","a"]}`, `{"m":[]}`},
		{"choice of objects", first(apierr.Member{Members: []apierr.Member{one, {Name: "p", From: apierr.FromPath}}}, apierr.Member{Members: []apierr.Member{{Name: "c", From: apierr.FromCode}}}),
			`{"m":{"one":1,"p":"a"}}`, `{"m":{"c":"C"}}`},
		{"choice with others between", []apierr.Member{{Name: "m", From: apierr.FromID}, one, {Name: "m", From: apierr.FromCode}}, `{"m":9,"one":1}`, `{"m":"C","one":1}`},

		// members that are added
		{"details added", []apierr.Member{one, {From: apierr.FromDetails}, {Name: "k", From: apierr.FromID}, {Name: "v", From: apierr.FromPath}},
			`{"one":1,"other":"o","k":9,"v":"a"}`, `{"one":1}`},
		{"details added first", []apierr.Member{{From: apierr.FromDetails}, one, {Name: "v", From: apierr.FromPath}}, `{"k":1,"other":"o","one":1,"v":"a"}`, `{"one":1}`},
		{"details and violations added", []apierr.Member{one, {From: apierr.FromDetails}}, `{"one":1,"a":"Short","b[1]":"Required","k":1,"other":"o"}`, `{"one":1}`},
		{"messages added", []apierr.Member{{Name: "b[1]", JSON: "1"}, {From: apierr.FromMessages}}, `{"b[1]":1,"a":["Short","Odd"]}`, `{"b[1]":1}`},
		{"details added deeper", object(apierr.Member{From: apierr.FromDetails}), `{"m":{"a":"Short","b[1]":"Required","k":1,"other":"o"}}`, `{}`},
	} {
		f := apierr.Envelope{Members: test.members, Rules: map[string]string{"min": "short"}}
		require.Equal(t, test.full, body(t, f, full, everything), test.name)
		require.Equal(t, test.bare, body(t, f, bare, apierr.Info{}), test.name)
		decode(t, test.full)
	}
}

// A path that is not of the grammar is one name.
func TestLocation(t *testing.T) {
	for path, want := range map[string]string{
		"$": `["body"]`, "a": `["body","a"]`, "a.b[0].c": `["body","a","b",0,"c"]`, `x["a.b"]`: `["body","x","a.b"]`, "[3]": `["body",3]`,
		"a[99999999999999999999]": `["body","a","99999999999999999999"]`, "a[007]": `["body","a",7]`, "a[": `["body","a["]`, "": `["body",""]`, "\xff": `["body","` + "\uFFFD" + `"]`,
		"a.0": `["body","a","0"]`,
	} {
		f := apierr.Envelope{Members: []apierr.Member{{Name: "l", From: apierr.FromLocation}}}
		got := body(t, f, &apierr.Error{Violations: []apierr.Violation{{Path: path}}}, apierr.Info{})
		require.Equal(t, `{"l":`+want+`}`, got, path)
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
