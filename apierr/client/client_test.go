package client_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/client"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

// answer is the response of a server under c.
func answer(t testing.TB, c apierr.Contract, err error) *http.Response {
	t.Helper()
	return contracttest.Answer(t, c, err).Result()
}

// response is one from anywhere.
func response(status int, contentType, body string) *http.Response {
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	if contentType != "" {
		resp.Header.Set("Content-Type", contentType)
	}
	return resp
}

// remote decodes a failure.
func remote(t testing.TB, c apierr.Contract, resp *http.Response) *client.RemoteError {
	t.Helper()
	var e *client.RemoteError
	require.ErrorAs(t, client.New(c).Error(resp), &e)
	require.NotNil(t, e.Remote)
	return e
}

var problems = func() apierr.Contract {
	c := chatbase.Contract
	c.Name, c.Format = "problem", apierr.Problem{}
	return c
}()

// What a server answers under a contract decodes to the same error.
func TestEachDeclaredErrorDecodesToItself(t *testing.T) {
	for _, c := range []apierr.Contract{
		apierr.Standard, chatbase.Contract, chatbase.Closed, polyai.Contract, polyai.Closed, avatarium.Contract, avatarium.Closed, problems,
	} {
		for _, declared := range c.Declared() {
			raised := declared.WithMessage("Only \"this\" time")
			e := remote(t, c, answer(t, c, raised))
			require.False(t, e.Intermediary, "%s: %s: %s", c.Name, declared.Code, e.Body)
			require.ErrorIs(t, e, declared)
			require.Equal(t, declared.Code, e.Remote.Code)
			require.Equal(t, declared.ID, e.Remote.ID)
			require.Equal(t, declared.Status, e.Remote.Status)
			require.Equal(t, raised.Message, e.Remote.Message)
			require.Equal(t, contracttest.CorrelationID, e.CorrelationID)
			if c.RequestIDHeader != apierr.NoHeader {
				require.Equal(t, contracttest.RequestID, e.RequestID)
			}
		}
	}
}

// Each part of an error arrives, in each form.
func TestParts(t *testing.T) {
	violations := []apierr.Violation{
		{Path: "items[0].name", Rule: "required", Message: "Required"},
		{In: "query", Path: "limit", Rule: "max", Message: "At most 100"},
		{In: "header", Path: "X-Mode", Rule: "oneof", Message: "Must be a or b"},
		{Path: "$", Rule: "type", Message: "Expected object"},
	}
	of := func(e apierr.Envelope) apierr.Contract { return apierr.Contract{Name: "own", Format: e} }
	each := func(members ...apierr.Member) apierr.Contract {
		return of(apierr.Envelope{
			Members: []apierr.Member{{Name: "code", From: apierr.FromCode}, {Name: "errors", Each: members}},
			Rules:   map[string]string{"required": "missing"},
		})
	}
	without := func(change func(*apierr.Violation)) []apierr.Violation {
		var list []apierr.Violation
		for _, v := range violations {
			change(&v)
			list = append(list, v)
		}
		return list
	}
	for _, test := range []struct {
		name       string
		c          apierr.Contract
		raise      *apierr.Error
		details    map[string]any
		violations []apierr.Violation
	}{
		{"details", apierr.Standard, apierr.Conflict.With("a", 1).With("b", "x"), map[string]any{"a": 1.0, "b": "x"}, nil},
		{"messages by path among the details", apierr.Standard, apierr.InvalidBody.WithViolations(violations[0]), map[string]any{"items[0].name": "Required"}, nil},
		{"a detail of its own", of(apierr.Envelope{Members: []apierr.Member{{Name: "code", From: apierr.FromCode}, {Name: "param", Detail: "field"}}}),
			apierr.Conflict.With("field", "x"), map[string]any{"field": "x"}, nil},
		{"details at the root", of(apierr.Envelope{Members: []apierr.Member{{Name: "code", From: apierr.FromCode}, {From: apierr.FromDetails}}}),
			apierr.Conflict.With("field", "x"), map[string]any{"field": "x"}, nil},
		{"lists of messages", of(apierr.Envelope{Members: []apierr.Member{{Name: "code", From: apierr.FromCode}, {Name: "errors", From: apierr.FromMessages}}}),
			apierr.InvalidBody.WithViolations(violations[0]), nil, []apierr.Violation{{Path: "items[0].name", Message: "Required"}}},
		{"an object each", each(apierr.Member{Name: "field", From: apierr.FromPath}, apierr.Member{Name: "rule", From: apierr.FromRule}, apierr.Member{Name: "message", From: apierr.FromMessage}),
			apierr.InvalidBody.WithViolations(violations...), nil, without(func(v *apierr.Violation) { v.In = "" })},
		{"a location each", each(apierr.Member{Name: "loc", From: apierr.FromLocation}, apierr.Member{Name: "rule", From: apierr.FromRule}, apierr.Member{Name: "message", From: apierr.FromMessage}),
			apierr.InvalidBody.WithViolations(violations...), nil, violations},
		{"a text each", each(apierr.Member{Text: "{in} {path}: {message} ({rule})"}),
			apierr.InvalidBody.WithViolations(violations...), nil, violations},
		{"a text with other braces", each(apierr.Member{Text: "{path} {see our docs} {}: {message}"}),
			apierr.InvalidBody.WithViolations(violations[0]), nil, []apierr.Violation{{Path: "items[0].name", Message: "Required"}}},
		{"the first violation", of(apierr.Envelope{Members: []apierr.Member{{Name: "code", From: apierr.FromCode}, {Name: "details", Members: []apierr.Member{{Name: "field", From: apierr.FromPath}, {Name: "reason", From: apierr.FromRule}}}}}),
			apierr.InvalidBody.WithViolations(violations...), nil, []apierr.Violation{{Path: "items[0].name", Rule: "required"}}},
		{"problem details", apierr.Contract{Format: apierr.Problem{}}, apierr.InvalidBody.WithViolations(violations...).With("trace", "x"), map[string]any{"trace": "x"},
			without(func(v *apierr.Violation) { v.Rule = "" })},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := remote(t, test.c, answer(t, test.c, test.raise))
			require.False(t, e.Intermediary, "%s", e.Body)
			require.Equal(t, test.raise.Code, e.Remote.Code)
			require.Equal(t, test.details, e.Remote.Details, "%s", e.Body)
			require.Equal(t, test.violations, e.Remote.Violations, "%s", e.Body)
		})
	}
}

// A value that does not fit a member leaves nothing of itself behind.
func TestMembersThatDoNotFit(t *testing.T) {
	c := apierr.Contract{Format: apierr.Envelope{Members: []apierr.Member{
		{Name: "code", From: apierr.FromCode},
		{Name: "a", Members: []apierr.Member{{Name: "b", Detail: "b"}, {Name: "field", From: apierr.FromPath}, {Name: "c", JSON: "1"}}},
		{Name: "a", Detail: "a"},
		{Name: "list", Array: []apierr.Member{
			{Members: []apierr.Member{{Name: "d", Detail: "a"}, {Name: "e", Members: []apierr.Member{{Name: "f", JSON: "1"}, {Name: "g", Detail: "g"}}}}},
			{Members: []apierr.Member{{Name: "h", Detail: "h"}}},
		}},
	}}}
	e := remote(t, c, response(409, "application/json", `{"code":"RESOURCE_CONFLICT","a":{"b":2,"field":"x","c":2},"list":[{"d":3,"e":{"f":2},"h":4}]}`))
	require.False(t, e.Intermediary)
	require.Equal(t, map[string]any{"a": map[string]any{"b": 2.0, "field": "x", "c": 2.0}, "h": 4.0}, e.Remote.Details)
	require.Empty(t, e.Remote.Violations)
}

// Braces around anything but a source are constant.
func TestConstantBraces(t *testing.T) {
	c := apierr.Contract{Format: apierr.Envelope{Members: []apierr.Member{
		{Name: "code", From: apierr.FromCode}, {Name: "errors", Each: []apierr.Member{{Text: "{path} {see our docs}: {message}"}}},
	}}}
	for text, want := range map[string][]apierr.Violation{
		"name {see our docs}: Required":  {{Path: "name", Message: "Required"}},
		"name {see your docs}: Required": nil,
		"name see our docs: Required":    nil,
	} {
		e := remote(t, c, response(409, "application/json", `{"code":"RESOURCE_CONFLICT","errors":["`+text+`"]}`))
		require.Equal(t, want, e.Remote.Violations, text)
	}
}

// At most 256 KiB are read, and a body of that length can be decoded.
func TestLongBodies(t *testing.T) {
	const limit = 256 << 10
	of := func(n int) string {
		const start, end = `{"error":{"code":"RESOURCE_GONE","message":"`, `"}}`
		return start + strings.Repeat("x", n-len(start)-len(end)) + end
	}
	for _, test := range []struct {
		name         string
		length       int
		declared     bool // the response has a Content-Length
		intermediary bool
	}{
		{"below the limit", limit - 1, false, false},
		{"at the limit", limit, true, false},
		{"at the limit, if more may follow", limit, false, true},
		{"over the limit", limit + 1, true, true},
		{"far over it", 10 * limit, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := of(test.length)
			resp := response(410, "application/json", "")
			counted := &counting{Reader: strings.NewReader(text)}
			if resp.Body, resp.ContentLength = io.NopCloser(counted), -1; test.declared {
				resp.ContentLength = int64(test.length)
			}
			e := remote(t, apierr.Standard, resp)
			require.ErrorIs(t, e, apierr.Gone)
			require.Equal(t, test.intermediary, e.Intermediary)
			require.LessOrEqual(t, counted.n, int64(limit))
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.Equal(t, text, string(body), "the caller can read all of it")
		})
	}
}

// The pointers of problem details are paths; any other text stays.
func TestPointers(t *testing.T) {
	c := apierr.Contract{Format: apierr.Problem{}}
	for pointer, want := range map[string]string{
		"#":               "$",
		"":                "$",
		"#/name":          "name",
		"#/items/0/name":  "items[0].name",
		"/items/10":       "items[10]",
		"#/a~1b/m~0n":     "a/b.m~n",
		"#/%C3%BC":        "\u00fc",
		"#/items/01":      "items.01",
		"#/items/-":       "items.-",
		"#/items/+1":      "items.+1",
		"#/n/99999999999": "n.99999999999",
		"name":            "name",
		"#name":           "#name",
		"#/%zz":           "#/%zz",
	} {
		e := remote(t, c, response(409, "application/problem+json", `{"code":"RESOURCE_CONFLICT","errors":[{"detail":"m","pointer":"`+pointer+`"}]}`))
		require.Equal(t, []apierr.Violation{{Path: want, Message: "m"}}, e.Remote.Violations, pointer)
	}
}

// A body has at most ten thousand violations, in each form.
func TestViolationsAreBounded(t *testing.T) {
	const most = 10_000
	of := func(m apierr.Member) apierr.Format {
		return apierr.Envelope{Members: []apierr.Member{{Name: "code", From: apierr.FromCode}, m}}
	}
	for _, test := range []struct {
		name   string
		format apierr.Format
		errors string
	}{
		{"a text each", of(apierr.Member{Name: "errors", Each: []apierr.Member{{Text: "{message}"}}}), "[" + strings.Repeat(`"",`, 2*most) + `""]`},
		{"lists of messages", of(apierr.Member{Name: "errors", From: apierr.FromMessages}), `{"a":[` + strings.Repeat(`"",`, most/2) + `""],"b":[` + strings.Repeat(`"",`, 2*most) + `""]}`},
		{"problem details", apierr.Problem{}, "[" + strings.Repeat(`{},`, 2*most) + `{}]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := apierr.Contract{Format: test.format}
			e := remote(t, c, response(409, test.format.ContentType(), `{"code":"RESOURCE_CONFLICT","errors":`+test.errors+`}`))
			require.False(t, e.Intermediary)
			require.Len(t, e.Remote.Violations, most)
		})
	}
}

// Retry-After is a duration, whatever its form, and never negative or endless.
func TestRetryAfter(t *testing.T) {
	for _, test := range []struct {
		header string
		want   time.Duration
	}{
		{"", 0}, {"0", 0}, {"7", 7 * time.Second}, {" 7 ", 7 * time.Second}, {"-7", 0}, {"7.5", 0}, {"soon", 0},
		{"99999999999999999999", 365 * 24 * time.Hour}, {"Fri, 31 Dec 1999 23:59:59 GMT", 0}, {"Fri, 31 Dec 2100 23:59:59 GMT", 365 * 24 * time.Hour},
	} {
		resp := response(503, "text/plain", "x")
		resp.Header.Set("Retry-After", test.header)
		require.Equal(t, test.want, remote(t, apierr.Standard, resp).Remote.RetryAfter, "%q", test.header)
	}
}

// What is not the contract's answer is the contract's error for the status.
func TestIntermediaries(t *testing.T) {
	const ours = "application/json"
	for _, test := range []struct {
		name string
		resp *http.Response
		code string
	}{
		{"a page of a proxy", response(503, "text/html", "<h1>503</h1>"), "SERVICE_UNAVAILABLE"},
		{"no type", response(502, "", "bad gateway"), "BAD_GATEWAY"},
		{"an empty body", response(404, ours, ""), "RESOURCE_NOT_FOUND"},
		{"a truncated body", response(404, ours, `{"error":{"code":"RESOURCE_CONF`), "RESOURCE_NOT_FOUND"},
		{"another object", response(401, ours, `{"message":"no"}`), "AUTH_UNAUTHENTICATED"},
		{"an array", response(401, ours, `[1]`), "AUTH_UNAUTHENTICATED"},
		{"null", response(401, ours, `null`), "AUTH_UNAUTHENTICATED"},
		{"a code that is no string", response(409, ours, `{"error":{"code":7,"message":"x"}}`), "RESOURCE_CONFLICT"},
		{"a code without end", response(409, ours, `{"error":{"code":"`+strings.Repeat("A", 300)+`","message":"x"}}`), "RESOURCE_CONFLICT"},
		{"two codes", response(409, ours, `{"error":{"code":"A","code":"B","message":"x"}}`), "RESOURCE_CONFLICT"},
		{"an unknown code", response(409, ours, `{"error":{"code":"NEW_IN_V3","message":"secret"}}`), "RESOURCE_CONFLICT"},
		{"an unknown code and status", response(418, ours, `{"error":{"code":"NEW_IN_V3","message":"secret"}}`), "HTTP_418"},
		{"problem details under an envelope", response(409, "application/problem+json", `{"code":"RESOURCE_CONFLICT"}`), "RESOURCE_CONFLICT"},
		{"very deep", response(400, ours, strings.Repeat("[", 200_000)), "BAD_REQUEST"},
		{"very long", response(400, ours, `{"error":{"code":"RESOURCE_CONFLICT","message":"`+strings.Repeat("x", 300_000)+`"}}`), "BAD_REQUEST"},
		{"a status that is none", response(999, "text/html", "x"), "HTTP_999"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := remote(t, apierr.Standard, test.resp)
			require.True(t, e.Intermediary)
			require.Equal(t, test.code, e.Remote.Code)
			require.Equal(t, test.resp.StatusCode, e.Remote.Status)
			require.NotContains(t, e.Error(), "secret")
			require.Empty(t, e.Remote.Details)
			require.LessOrEqual(t, len(e.Body), 4<<10)
		})
	}
}

// A form without codes is known by its members, as far as each body has them.
func TestFormsWithoutCodes(t *testing.T) {
	c := apierr.Contract{Format: apierr.Envelope{Members: []apierr.Member{
		{Name: "message", From: apierr.FromMessage}, {Name: "status", Text: "{status}"}, {Name: "request", From: apierr.FromRequestID},
	}}}
	e := remote(t, c, answer(t, c, apierr.Conflict.WithMessage("It is closed")))
	require.False(t, e.Intermediary)
	require.ErrorIs(t, e, apierr.Conflict)
	require.Equal(t, "It is closed", e.Remote.Message)
	for body, intermediary := range map[string]bool{
		`{"message":"m","status":"409"}`:                                    false,
		`{"message":"m","status":"409","documentation_url":"https://docs"}`: false,
		`{"message":"Forbidden"}`:                                           true, // as a gateway answers
		`{"status":"409"}`:                                                  true,
		`{}`:                                                                true,
		`{"error":"conflict","message":"m"}`:                                true,
		`{"timestamp":1,"status":409}`:                                      true,
	} {
		e := remote(t, c, response(409, "application/json", body))
		require.Equal(t, intermediary, e.Intermediary, body)
		require.ErrorIs(t, e, apierr.Conflict)
		if intermediary {
			require.Equal(t, apierr.Conflict.Message, e.Remote.Message, body)
		}
	}
}

// The status is that of the response: a contract may answer one code with several.
func TestStatusOfTheResponse(t *testing.T) {
	e := remote(t, chatbase.Contract, answer(t, chatbase.Contract, apierr.BodyTooLarge))
	require.ErrorIs(t, e, chatbase.ValidationInvalidBody)
	require.Equal(t, 413, e.Remote.Status)
	require.Equal(t, 400, chatbase.ValidationInvalidBody.Status, "the declared error is not changed")
}

// The codes of an open contract are known if they are built-in, declared or not.
func TestUndeclared(t *testing.T) {
	require.False(t, remote(t, chatbase.Contract, answer(t, chatbase.Contract, apierr.Conflict)).Intermediary, "a built-in error passes")
	teapot := response(418, "application/json; charset=utf-8", `{"error":{"code":"HTTP_418","message":"I'm a teapot"}}`)
	require.False(t, remote(t, chatbase.Contract, teapot).Intermediary, "a bare status")
	conflict := response(409, "application/json", `{"error":{"code":"RESOURCE_CONFLICT","message":"x"}}`)
	require.True(t, remote(t, chatbase.Closed, conflict).Intermediary, "a closed contract has no others")
}

// A failure may be declared below 400; a success stays intact.
func TestBelow400(t *testing.T) {
	var late *apierr.Error
	for _, e := range polyai.Contract.Declared() {
		if e.Status < 400 {
			late = e
		}
	}
	require.NotNil(t, late)
	require.ErrorIs(t, remote(t, polyai.Contract, answer(t, polyai.Contract, late)), late)

	c := client.New(polyai.Contract)
	for _, test := range []struct {
		name string
		resp *http.Response
	}{
		{"a success", response(late.Status, "application/json", `{"id":"conv-1"}`)},
		{"a large one", response(late.Status, "application/json", `{"a":"`+strings.Repeat("x", 1<<20)+`"}`)},
		{"the code of another status", response(late.Status, "application/json", `{"error":{"code":"FLOW_NOT_FOUND","message":"x"}}`)},
		{"an unknown code", response(late.Status, "application/json", `{"error":{"code":"NEW","message":"x"}}`)},
		{"another type", response(late.Status, "text/event-stream", "data: x\n\n")},
		{"another status", response(202, "application/json", `{"error":{"code":"`+late.Code+`","message":"x"}}`)},
		{"no body", &http.Response{StatusCode: late.Status, Header: http.Header{"Content-Type": {"application/json"}}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.resp.Body == nil {
				require.NoError(t, c.Error(test.resp))
				return
			}
			want, _ := io.ReadAll(test.resp.Body)
			test.resp.Body = io.NopCloser(bytes.NewReader(want))
			require.NoError(t, c.Error(test.resp))
			got, err := io.ReadAll(test.resp.Body)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got))
		})
	}
	require.NoError(t, c.Error(nil))
}

// The body can be read after a failure too, and an error of reading it stays.
func TestBodyStays(t *testing.T) {
	resp := response(409, "application/json", "")
	closed := false
	resp.Body = &body{io.MultiReader(strings.NewReader(`{"error":`), &brokenOnce{}), func() { closed = true }}
	require.True(t, remote(t, apierr.Standard, resp).Intermediary)
	got, err := io.ReadAll(resp.Body)
	require.Equal(t, `{"error":`, string(got))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.False(t, closed)
	resp.Body.Close()
	require.True(t, closed)
}

type body struct {
	io.Reader
	close func()
}

func (b *body) Close() error { b.close(); return nil }

// brokenOnce fails, and then ends as if nothing was missing.
type brokenOnce struct{ failed bool }

func (b *brokenOnce) Read([]byte) (int, error) {
	if b.failed {
		return 0, io.EOF
	}
	b.failed = true
	return 0, io.ErrUnexpectedEOF
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// A failure of another service is not passed on: not its code, status, message
// or challenge.
func TestAnswersAsBadGateway(t *testing.T) {
	upstream := remote(t, apierr.Standard, answer(t, apierr.Standard, apierr.Unauthenticated.WithMessage("secret of the other side")))
	require.ErrorIs(t, upstream, apierr.Unauthenticated)
	var found *apierr.Error
	require.False(t, errors.As(error(upstream), &found), "it does not unwrap")
	for _, err := range []error{upstream, fmt.Errorf("orders: %w", upstream)} {
		w := httptest.NewRecorder()
		apierr.Write(w, httptest.NewRequest("GET", "/", nil), err)
		require.Equal(t, 502, w.Code)
		require.Contains(t, w.Body.String(), "BAD_GATEWAY")
		require.NotContains(t, w.Body.String(), "secret")
		require.Empty(t, w.Header().Get("WWW-Authenticate"))
	}
}

// An error is one line of bounded length in a log, whatever the other end sent.
func TestErrorIsForLogs(t *testing.T) {
	resp := response(409, "application/json", `{"error":{"code":"RESOURCE_CONFLICT","message":"a\nb\u0000\u202e`+strings.Repeat("x", 5000)+`"}}`)
	resp.Header.Set("X-Request-Id", "req-1")
	text := remote(t, apierr.Standard, resp).Error()
	require.True(t, strings.HasPrefix(text, "remote: 409 RESOURCE_CONFLICT: a b"), text)
	require.True(t, strings.HasSuffix(text, "… (request req-1)"), text)
	require.NotContains(t, text, "\n")
	require.NotContains(t, text, "\u202e")
	require.Less(t, len(text), 1200)
	resp = response(404, "text/html", "<h1>")
	resp.Header.Set("X-Correlation-Id", "chain-1")
	require.Equal(t, "remote: 404 RESOURCE_NOT_FOUND: The resource does not exist (correlation chain-1)", remote(t, apierr.Standard, resp).Error())
	resp = response(409, "application/json", `{}`)
	resp.Header.Set("X-Request-Id", "req 1\x01"+strings.Repeat("x", 500))
	require.Empty(t, remote(t, apierr.Standard, resp).RequestID)
}

func TestNewPanicsOnFaults(t *testing.T) {
	require.PanicsWithValue(t, `client.New: apierr: contract "x": error 0 is nil`, func() {
		client.New(apierr.Contract{Name: "x", Errors: []*apierr.Error{nil}})
	})
}

// HEAD has no body: the status and the ID are all there is.
func TestHead(t *testing.T) {
	resp := response(404, "application/json", "")
	resp.Request = httptest.NewRequest("HEAD", "/", nil)
	require.True(t, remote(t, apierr.Standard, resp).Intermediary)
	resp.Header.Set("X-Request-Id", "req-1")
	require.False(t, remote(t, apierr.Standard, resp).Intermediary)
}
