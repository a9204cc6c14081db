package conformance

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

// rich has a member of every kind.
var rich = apierr.Envelope{Members: []apierr.Member{
	{Name: "ok", JSON: "false"},
	{Name: "code", From: apierr.FromCode},
	{Name: "id", From: apierr.FromID},
	{Name: "status", From: apierr.FromStatus},
	{Name: "message", From: apierr.FromMessage},
	{Name: "request", From: apierr.FromRequestID},
	{Name: "see", Text: "https://example.com/{code}?id={id}"},
	{Name: "fields", From: apierr.FromMessages},
	{Name: "list", Each: []apierr.Member{{Name: "path", From: apierr.FromPath}, {Name: "message", From: apierr.FromMessage}}},
	{Name: "texts", Each: []apierr.Member{{From: apierr.FromMessage}}},
	{Name: "more", Members: []apierr.Member{{Name: "wait", From: apierr.FromRetryAfter}, {Name: "v", JSON: "1"}}},
	{Name: "pair", Array: []apierr.Member{{From: apierr.FromCode}, {From: apierr.FromID}}},
}}

// spread puts the details beside the code.
var spread = apierr.Envelope{Members: []apierr.Member{{Name: "code", From: apierr.FromCode}, {From: apierr.FromDetails}}}

func TestReader(t *testing.T) {
	const plain = `{"error":{"code":"A","message":"m"`
	const full = `{"ok":false,"code":"A","status":404,"message":"m","pair":["A"]`
	const problem = `{"type":"about:blank","title":"t","status":404,"detail":"m","code":"A"`
	for _, test := range []struct {
		format apierr.Format
		body   string
		fault  string // a part of one; empty: there is none
	}{
		// one JSON value
		{nil, plain + `}}`, ""},
		{nil, " \n" + plain + "}}\r\n\t", ""},
		{nil, "", "the body is empty"},
		{nil, " ", "not one JSON value"},
		{nil, plain, "not one JSON value"},
		{nil, plain + `}}{}`, "not one JSON value"},
		{nil, plain + `}} x`, "not one JSON value"},
		{nil, plain + "}}\x00", "not one JSON value"},
		{nil, "\xef\xbb\xbf" + plain + `}}`, "not one JSON value"},
		{nil, `{"error":{"code":"A","code":"B","message":"m"}}`, "not one JSON value"},
		{nil, "{\"error\":{\"code\":\"A\",\"message\":\"\xff\"}}", "not one JSON value"},
		{nil, `{"error":{"code":"A","message":"\ud800"}}`, "not one JSON value"},
		{nil, `[]`, "no JSON object"},
		{nil, `null`, "no JSON object"},
		{nil, `<html>`, "not one JSON value"},
		{nil, strings.Repeat("[", 100_000), "not one JSON value"},

		// exact members
		{nil, `{}`, "error is missing"},
		{nil, `{"error":{"code":"A"}}`, "error.message is missing"},
		{nil, `{"error":{"message":"m"}}`, "error.code is missing"},
		{nil, plain + `,"extra":1}}`, "error.extra is not a member"},
		{nil, plain + `},"extra":1}`, "extra is not a member"},
		{nil, `{"error":"A"}`, "error is no object"},
		{nil, `{"error":null}`, "error is null"},
		{nil, `{"Error":{"code":"A","message":"m"}}`, "Error is not a member of the form; error is missing"},
		{nil, `{"error":{"message":"m","code":"A"}}`, ""}, // in any order

		// types, and absent rather than empty
		{nil, `{"error":{"code":404,"message":"m"}}`, "error.code is no string"},
		{nil, `{"error":{"code":"","message":"m"}}`, "error.code is no string with a text"},
		{nil, `{"error":{"code":"A","message":""}}`, "error.message is no string with a text"},
		{nil, `{"error":{"code":"A","message":" \n"}}`, "error.message is no string with a text"},
		{nil, `{"error":{"code":"A","message":null}}`, "error.message is null"},
		{nil, plain + `,"details":null}}`, "error.details is null"},
		{nil, plain + `,"details":{}}}`, "error.details is no object with members"},
		{nil, plain + `,"details":[]}}`, "error.details is no object with members"},
		{nil, plain + `,"details":{"a":null}}}`, ""}, // a detail may be null
		{nil, plain + `,"details":{"a":{"b":[1]}}}}`, ""},

		// every kind of member
		{rich, full + `}`, ""},
		{rich, full + `,"id":7,"request":"r","see":"https://example.com/A?id=7","more":{"wait":1,"v":1}}`, ""},
		{rich, strings.Replace(full, "false", "true", 1) + `}`, "ok is not the constant false"},
		{rich, strings.Replace(full, `"ok":false,`, "", 1) + `}`, "ok is missing"},
		{rich, strings.Replace(full, "404", `"404"`, 1) + `}`, "status is no positive whole number"},
		{rich, full + `,"id":0}`, "id is no positive whole number"},
		{rich, full + `,"id":1.5}`, "id is no positive whole number"},
		{rich, full + `,"id":"7"}`, "id is no positive whole number"},
		{rich, full + `,"request":""}`, "request is no string with a text"},
		{rich, full + `,"see":"http://elsewhere/"}`, "see is not"},
		{rich, full + `,"fields":{"a":["m"]}}`, ""},
		{rich, full + `,"fields":{"a":"m"}}`, "fields.a is no list of messages"},
		{rich, full + `,"fields":{}}`, "fields is no object with members"},
		{rich, full + `,"list":[{"path":"a","message":"m"}]}`, ""},
		{rich, full + `,"list":[{"path":"a"}]}`, "list[0].message is missing"},
		{rich, full + `,"list":[{"path":"a","message":"m","x":1}]}`, "list[0].x is not a member"},
		{rich, full + `,"list":[]}`, "list is no array with elements"},
		{rich, full + `,"list":[1]}`, "list[0] is no object"},
		{rich, full + `,"texts":["m","n"]}`, ""},
		{rich, full + `,"texts":[1]}`, "texts[0] is no string"},
		{rich, full + `,"more":{"v":1}}`, ""}, // no server sends it, and no client is misled
		{rich, full + `,"more":{"wait":0,"v":1}}`, "more.wait is no positive whole number"},
		{rich, strings.Replace(full, `["A"]`, `["A",7]`, 1) + `}`, ""},
		{rich, strings.Replace(full, `["A"]`, `["A",7,8]`, 1) + `}`, "pair has elements that are not of the form"},
		{rich, strings.Replace(full, `["A"]`, `[]`, 1) + `}`, "pair is no array with elements"},
		{spread, `{"code":"A"}`, ""},
		{spread, `{"code":"A","anything":{"b":1}}`, ""},

		// problem details
		{apierr.Problem{}, problem + `}`, ""},
		{apierr.Problem{}, problem + `,"extension":{"a":1}}`, ""},
		{apierr.Problem{}, `{"detail":"m","code":"A"}`, ""}, // RFC 9457 requires no member
		{apierr.Problem{}, `{"code":"A"}`, "detail is missing or empty"},
		{apierr.Problem{}, `{"detail":"m"}`, "code is missing"},
		{apierr.Problem{}, problem + `,"instance":null}`, "instance is null"},
		{apierr.Problem{}, problem + `,"instance":7}`, "instance is no string"},
		{apierr.Problem{}, problem + `,"instance":"/a b%"}`, "instance is no URI reference"},
		{apierr.Problem{}, problem + `,"id":0}`, "id is no positive whole number"},
		{apierr.Problem{}, problem + `,"request_id":""}`, "request_id is empty"},
		{apierr.Problem{}, problem + `,"errors":[]}`, "errors is no array"},
		{apierr.Problem{}, problem + `,"errors":[{"detail":"d","pointer":"#/a"}]}`, ""},
		{apierr.Problem{}, problem + `,"errors":[{"pointer":"#/a"}]}`, "errors[0] is no object with a detail"},
		{apierr.Problem{}, strings.Replace(problem, "404", `"404"`, 1) + `}`, "status is no positive whole number"},
		{apierr.Problem{}, strings.Replace(problem, `"about:blank"`, `"://x"`, 1) + `}`, "type is no URI reference"},
		{apierr.Problem{}, `[]`, "no JSON object"},
	} {
		_, faults, _ := new(model).readerOf(test.format).read([]byte(test.body))
		all := strings.Join(faults, "; ")
		if test.fault == "" {
			require.Empty(t, all, test.body)
		} else {
			require.Contains(t, all, test.fault, test.body)
			require.Len(t, faults, 1+strings.Count(test.fault, "; "), "%s: one departure is one fault: %s", test.body, all)
		}
	}
}

// A finding shows the form.
func TestReader_Shape(t *testing.T) {
	for want, members := range map[string][]apierr.Member{
		"{error: {code, message, details?}}":  nil,
		"{ok: false, code, ...}":              {{Name: "ok", JSON: "false"}, {Name: "code", From: apierr.FromCode}, {From: apierr.FromDetails}},
		"{message, errors?: [{field, code}]}": {{Name: "message", From: apierr.FromMessage}, {Name: "errors", Each: []apierr.Member{{Name: "field", From: apierr.FromPath}, {Name: "code", From: apierr.FromRule}}}},
		"{list: [...], wait?}":                {{Name: "list", Array: []apierr.Member{{Name: "x", From: apierr.FromCode}}}, {Name: "wait", From: apierr.FromRetryAfter}},
	} {
		require.Equal(t, want, newEnvelopeReader(apierr.Envelope{Members: members}).shape())
	}
	require.Contains(t, problemReader{}.shape(), "detail, ")
}

// A reader returns the values of all members of a body.
func TestReader_Content(t *testing.T) {
	c, faults, ok := newEnvelopeReader(rich).read([]byte(`{"ok":false,"code":"A","id":7,"status":404,"message":"m","request":"r",` +
		`"see":"https://example.com/A?id=7","more":{"wait":3,"v":1},"pair":["A",7]}`))
	require.Empty(t, faults)
	require.True(t, ok)
	require.Equal(t, content{code: "A", id: 7, status: 404, message: "m", requestID: "r", retryAfter: 3, showsCode: true, showsID: true, showsRequestID: true}, c)
}

// A reader finds no fault in what the formats of apierr write, for any error.
func FuzzReader(f *testing.F) {
	f.Add("CODE", "message", "key", "value", "a.b[0]", 7, 3, true)
	f.Add("a/b c", "\u2028<x>\x00\xff", "", "\xff", "$", 0, 0, false)
	f.Add("código", " ", "code", "error", "", -1, 1<<30, true)
	f.Fuzz(func(t *testing.T, code, message, key, value, path string, id, wait int, violated bool) {
		if strings.TrimSpace(strings.ToValidUTF8(code, "")) == "" || strings.TrimSpace(strings.ToValidUTF8(message, "")) == "" {
			return // New replaces both
		}
		e := &apierr.Error{Code: code, Status: 404, Message: message, ID: max(id, 0), Details: map[string]any{key: value}}
		if violated {
			e.Violations = []apierr.Violation{{Path: path + "x", Rule: "rule" + key, Message: "m" + value}}
		}
		info := apierr.Info{RequestID: "r", CorrelationID: "c", Path: "/x"}
		for _, format := range []apierr.Format{apierr.Envelope{}, apierr.Problem{}} {
			body, err := format.Append(nil, e, info)
			if err != nil {
				continue
			}
			c, faults, ok := new(model).readerOf(format).read(body)
			if len(faults) > 0 || !ok {
				t.Fatalf("%s: %s", faults, body)
			}
			if want := strings.ToValidUTF8(code, "\uFFFD"); strings.ReplaceAll(c.code, "\uFFFD", "") != strings.ReplaceAll(want, "\uFFFD", "") {
				t.Fatalf("the code is %q, not %q", c.code, want)
			}
		}
	})
}

// No body makes a reader fail.
func FuzzReader_Bodies(f *testing.F) {
	f.Add([]byte(`{"error":{"code":"A","message":"m","details":{"a":[1]}}}`))
	f.Add([]byte(`{"ok":false,"code":"A","status":404,"message":"m","pair":["A"],"list":[{"path":"a","message":"m"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, format := range []apierr.Format{apierr.Envelope{}, rich, spread, apierr.Problem{}} {
			c, faults, ok := new(model).readerOf(format).read(body)
			if ok && c.showsCode && c.code == "" {
				t.Fatalf("%s: readable without a code (%s)", body, faults)
			}
			isPrefix(body)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	for _, test := range []struct {
		lines []string
		wait  string
		ok    bool
	}{
		{[]string{"1"}, "1s", true},
		{[]string{"120"}, "2m0s", true},
		{[]string{"0"}, "0s", false},
		{[]string{"-1"}, "0s", false},
		{[]string{"1.5"}, "0s", false},
		{[]string{""}, "0s", false},
		{nil, "0s", false},
		{[]string{"1", "2"}, "0s", false},
		{[]string{"Thu, 26 Nov 2026 00:00:30 GMT"}, "30s", true},
		{[]string{"Thu, 26 Nov 2026 00:00:00 GMT"}, "0s", false},
		{[]string{"Thu, 26 Nov 2026 00:00:30 UTC"}, "0s", false},
	} {
		a := &answer{header: map[string][]string{"Retry-After": test.lines, "Date": {"Thu, 26 Nov 2026 00:00:00 GMT"}}}
		wait, ok := retryAfter(a)
		require.Equal(t, test.ok, ok, test.lines)
		require.Equal(t, test.wait, wait.String(), test.lines)
	}
}

func TestIsStructured(t *testing.T) {
	for field, want := range map[string]bool{
		`"default";r=50;t=30`:            true,
		`"a";q=10;w=1, "b";q=100;w=60`:   true,
		`limit=10, remaining=5, reset=3`: true, // draft 07
		`10, 10;w=1`:                     true,
		`"a";r=?1`:                       true,
		`"a";r=`:                         false,
		`"a`:                             false,
		`"a";R=1`:                        false,
		`"a" "b"`:                        false,
		``:                               false,
		`5/10`:                           false,
		`"caf` + "\xc3\xa9" + `"`:        false,
	} {
		require.Equal(t, want, isStructured(field), field)
	}
}

func TestChallenge(t *testing.T) {
	for line, want := range map[string]bool{
		`Bearer`:           true,
		`Bearer realm="x"`: true,
		`Bearer realm="x", error="invalid_token"`:   true,
		`ApiKey realm="polyai", header="x-api-key"`: true,
		`Basic realm="x", Bearer`:                   true,
		`Negotiate a87421000492aa874209af8bc028==`:  true,
		`realm="x"`:       false,
		`Bearer realm="x`: false,
		`"Bearer"`:        false,
		``:                false,
	} {
		require.Equal(t, want, isChallenge.MatchString(line), line)
	}
}

func TestIsType(t *testing.T) {
	for _, test := range []struct {
		got, media string
		want       bool
	}{
		{"application/json", "application/json", true},
		{"Application/JSON", "application/json", true},
		{"application/json; charset=utf-8", "application/json", true},
		{"application/json;charset=UTF-8", "application/json", true},
		{"application/json; charset=iso-8859-1", "application/json", false},
		{"application/json; profile=x", "application/json", false},
		{"application/vnd.x+json; v=2", "application/vnd.x+json; v=2", true},
		{"application/vnd.x+json", "application/vnd.x+json; v=2", false},
		{"application/problem+json", "application/json", false},
		{"text/plain", "application/json", false},
		{"", "application/json", false},
	} {
		require.Equal(t, test.want, isType(test.got, test.media), "%s as %s", test.got, test.media)
	}
}
