package middlewaretest_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/middlewaretest"
)

// Under each contract, Want accepts the answer to each declared and each built-in
// error, to GET, to HEAD and at the end of a stream, and accepts it for no other
// error. With -short one error in eight is taken.
func TestWant_EachError(t *testing.T) {
	for _, c := range contracts {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			for i, e := range append(c.Declared(), apierr.Standard.Errors...) {
				if e.Code == apierr.ClientGone.Code || testing.Short() && i%8 != 0 {
					continue // the first is not sent
				}
				other := apierr.NotImplemented
				if resolved(c, e) == resolved(c, other) {
					other = apierr.Conflict
				}
				check := func(method string, handler http.Handler) {
					resp := middlewaretest.Serve(c, handler, httptest.NewRequest(method, "/x", nil))
					middlewaretest.Want(t, c, resp, e)
					require.NotEmpty(t, want(t, c, resp, other), "%s to %s", e.Code, method)
				}
				raised := e.Wrap(errors.New("disk")).With("id", 7).WithMessage("Only this time")
				check("GET", returns(raised))
				check("HEAD", returns(raised))
				check("GET", streams("text/event-stream", "data: 1\n\n", e))
				check("GET", streams("application/x-ndjson", "{\"n\":1}\n", e))
			}
		})
	}
}

// resolved is the code and the ID of the answer to err.
func resolved(c apierr.Contract, err error) (s string) {
	middlewaretest.Serve(c, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		e := apierr.Resolve(r.Context(), err)
		s = fmt.Sprint(e.Code, e.ID)
	}), get("/"))
	return s
}

var (
	agentNotFound = &apierr.Error{Code: "AGENT_NOT_FOUND", Status: 404, Message: "The agent does not exist"}
	agentBusy     = &apierr.Error{Code: "AGENT_BUSY", Status: 404, Message: "The agent is busy"}
	numbered      = apierr.Contract{Name: "numbered", Errors: []*apierr.Error{
		{Code: "A", ID: 1, Status: 409, Message: "a"}, {Code: "B", ID: 2, Status: 409, Message: "b"},
	}, Format: apierr.Envelope{Members: []apierr.Member{{Name: "id", From: apierr.FromID}, {Name: "message", From: apierr.FromMessage}}}}
)

// What passes, one line a case.
func TestWant_Passes(t *testing.T) {
	negotiated := apierr.Standard
	negotiated.Alternative = apierr.Problem{}
	asks := func(accept string) *http.Request {
		r := get("/x")
		r.Header.Set("Accept", accept)
		return r
	}
	required := apierr.Violation{Path: "name", Rule: "required", Message: "Required"}

	for _, test := range []struct {
		name     string
		contract apierr.Contract
		handler  http.Handler
		request  *http.Request
		err      error
	}{
		// An error is compared after the mapping.
		{"a built-in error", polyai.Contract, returns(apierr.BodyTooLarge), get("/x"), apierr.BodyTooLarge},
		{"a bare status", chatbase.Contract, http.NotFoundHandler(), get("/x"), apierr.NotFound},
		{"the error that it is mapped to", chatbase.Contract, returns(apierr.Internal), get("/x"), chatbase.Contract.Mappings[apierr.Internal].Error},
		{"a mapping by the first rule", polyai.Contract, returns(apierr.InvalidBody.WithViolations(required)), get("/x"), apierr.InvalidBody.WithViolations(required)},
		{"an unknown error", avatarium.Contract, returns(errors.New("disk")), get("/x"), apierr.Internal},
		{"the unknown error itself", avatarium.Contract, returns(errors.New("disk")), get("/x"), errors.New("another one")},
		{"an undeclared error of an open contract", apierr.Standard, returns(agentNotFound), get("/x"), agentNotFound},
		{"an undeclared error of a closed contract", chatbase.Closed, returns(agentNotFound), get("/x"), agentNotFound},
		{"a wrapped error", apierr.Standard, returns(fmt.Errorf("store: %w", agentNotFound)), get("/x"), fmt.Errorf("test: %w", agentNotFound)},
		{"an ID alone", numbered, returns(numbered.Errors[1]), get("/x"), numbered.Errors[1]},

		// No failure.
		{"a success", apierr.Standard, writes(200, "application/json", `{"id":7}`), get("/x"), nil},
		{"a success, a nil *Error", apierr.Standard, writes(200, "application/json", `{"id":7}`), get("/x"), (*apierr.Error)(nil)},
		{"a redirect", apierr.Standard, http.RedirectHandler("/y", http.StatusFound), get("/x"), nil},
		{"a stream", apierr.Standard, streams("text/event-stream", "data: 1\n\n", nil), get("/x"), nil},
		{"lines", apierr.Standard, streams("application/jsonl", "{\"n\":1}\n", nil), get("/x"), nil},

		// Forms.
		{"problem details", problems, returns(apierr.Conflict.With("job", 7)), get("/x"), apierr.Conflict},
		{"the alternative", negotiated, returns(apierr.Conflict), asks("application/problem+json"), apierr.Conflict},
		{"the other form", negotiated, returns(apierr.Conflict), asks("application/json"), apierr.Conflict},
		{"the alternative in a stream", negotiated, streams("text/event-stream", "", apierr.Conflict), asks("application/problem+json"), apierr.Conflict},
		{"violations", problems, returns(apierr.InvalidBody.WithViolations(required)), get("/x"), apierr.InvalidBody},
		{"an envelope by hand", apierr.Standard, writes(404, "Application/JSON; charset=utf-8", ` {"error": {"message": "x", "code": "RESOURCE_NOT_FOUND"}} `), get("/x"), apierr.NotFound},
		{"a form of the user's own", apierr.Contract{Format: own{}}, returns(apierr.Conflict), get("/x"), apierr.Conflict},

		// Aborts.
		{"an abort", apierr.Standard, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), get("/x"), http.ErrAbortHandler},
		{"an abort after the beginning", apierr.Standard, streams("text/plain", "hello", errors.New("disk")), get("/x"), http.ErrAbortHandler},
		{"an abort of a stream", apierr.Standard, streams("text/event-stream", "data: 1\n\n", panics{}), get("/x"), http.ErrAbortHandler},
		{"a client that has gone", apierr.Standard, returns(apierr.ClientGone), get("/x"), apierr.ClientGone},
	} {
		t.Run(test.name, func(t *testing.T) {
			resp := middlewaretest.Serve(test.contract, test.handler, test.request)
			middlewaretest.Want(t, test.contract, resp, test.err)
			middlewaretest.Want(t, test.contract, resp, test.err) // again
		})
	}
}

// panics is an error that is a panic where New resolves it: the abort that was
// asked for.
type panics struct{}

func (panics) Error() string           { return "panics" }
func (panics) APIError() *apierr.Error { return apierr.ClientGone }

// own is a form that no client can read back.
type own struct{}

func (own) Name() string        { return "own" }
func (own) ContentType() string { return "text/x-own" }
func (own) Append(dst []byte, e *apierr.Error, _ apierr.Info) ([]byte, error) {
	return append(dst, e.Code...), nil
}

// What fails, and the first line of the text with which it does.
func TestWant_Fails(t *testing.T) {
	envelope := func(status int, body string) http.Handler { return writes(status, "application/json", body) }
	problem := func(body string) http.Handler { return writes(404, "application/problem+json", body) }
	for _, test := range []struct {
		name     string
		contract apierr.Contract
		handler  http.Handler
		err      error
		text     string
	}{
		{"another status", apierr.Standard, returns(apierr.Conflict), apierr.NotFound, "another status"},
		{"another error of the same status", apierr.Standard, returns(agentNotFound), apierr.NotFound, "another error"},
		{"the same, undeclared", apierr.Standard, returns(agentNotFound), agentBusy, "another error"},
		{"another ID", numbered, returns(numbered.Errors[1]), numbered.Errors[0], "another error"},
		{"a success", apierr.Standard, envelope(200, `{"id":7}`), apierr.NotFound, "the response is no failure"},
		{"a failure", apierr.Standard, returns(apierr.NotFound), nil, "the response is a failure"},
		{"an error with the status of a success", apierr.Standard, envelope(200, `{"error":{"code":"RESOURCE_NOT_FOUND","message":"x"}}`), apierr.NotFound, "the response is no failure"},
		{"an abort", apierr.Standard, streams("text/plain", "hello", apierr.NotFound), apierr.NotFound, "the response is not whole"},
		{"no abort", apierr.Standard, returns(apierr.NotFound), http.ErrAbortHandler, "the response is whole"},
		{"a success that is cut", apierr.Standard, streams("text/plain", "hello", apierr.NotFound), nil, "the response is not whole"},
		{"a stream without an error", apierr.Standard, streams("text/event-stream", "data: {\"error\":{\"code\":\"RESOURCE_NOT_FOUND\",\"message\":\"x\"}}\n\n", nil), apierr.NotFound, "the response is no failure"},
		{"a stream with another error", apierr.Standard, streams("text/event-stream", "data: 1\n\n", apierr.Conflict), apierr.NotFound, "another error"},
		{"a stream with another form", apierr.Standard, streams("text/event-stream", "event: error\ndata: {\"message\":\"x\"}\n\n", nil), apierr.NotFound, "there is a member message"},
		{"lines with another error", apierr.Standard, streams("application/x-ndjson", "{\"n\":1}\n", apierr.Conflict), apierr.NotFound, "another error"},

		// The form.
		{"another type", apierr.Standard, writes(404, "text/html", `{"error":{"code":"RESOURCE_NOT_FOUND","message":"x"}}`), apierr.NotFound, `the Content-Type is ["text/html"]`},
		{"problem details under an envelope", apierr.Standard, problem(`{"code":"RESOURCE_NOT_FOUND"}`), apierr.NotFound, `the Content-Type is ["application/problem+json"]`},
		{"one member more", apierr.Standard, envelope(404, `{"error":{"code":"RESOURCE_NOT_FOUND","message":"x","trace":"y"}}`), apierr.NotFound, "there is a member error.trace"},
		{"one member more beside it", apierr.Standard, envelope(404, `{"error":{"code":"RESOURCE_NOT_FOUND","message":"x"},"trace":"y"}`), apierr.NotFound, "there is a member trace"},
		{"no message", apierr.Standard, envelope(404, `{"error":{"code":"RESOURCE_NOT_FOUND"}}`), apierr.NotFound, "there is no member error.message"},
		{"an empty message", apierr.Standard, envelope(404, `{"error":{"code":"RESOURCE_NOT_FOUND","message":""}}`), apierr.NotFound, "the member error.message is empty"},
		{"null for a member that is absent", apierr.Standard, envelope(404, `{"error":{"code":"RESOURCE_NOT_FOUND","message":"x","details":null}}`), apierr.NotFound, "the member error.details is null"},
		{"no code", apierr.Standard, envelope(404, `{"error":{"message":"x"}}`), apierr.NotFound, "there is no member error.code"},
		{"another ID than that of the code", polyai.Contract, envelope(404, `{"error":{"code":"FLOW_NOT_FOUND","id":99,"message":"x","correlation_id":"c"}}`), polyai.Contract.Lookup("FLOW_NOT_FOUND"), "the member error.id is 99"},
		{"no ID", polyai.Contract, envelope(404, `{"error":{"code":"FLOW_NOT_FOUND","message":"x","correlation_id":"c"}}`), polyai.Contract.Lookup("FLOW_NOT_FOUND"), "there is no member error.id"},
		{"an ID for a code without one", polyai.Contract, envelope(404, `{"error":{"code":"NOT_FOUND","id":1,"message":"x","correlation_id":"c"}}`), apierr.NotFound, "the member error.id is 1"},
		{"something behind it", apierr.Standard, envelope(404, `{"error":{"code":"RESOURCE_NOT_FOUND","message":"x"}} x`), apierr.NotFound, "the body is not one JSON object"},
		{"a list", apierr.Standard, envelope(404, `[]`), apierr.NotFound, "the body is not one JSON object"},
		{"an error that the contract does not have", chatbase.Closed, envelope(404, `{"error":{"code":"GONE_FISHING","message":"x"}}`), chatbase.Closed.Mappings[apierr.NotFound].Error, "the body has no error of the contract"},
		{"an empty body", apierr.Standard, envelope(404, ``), apierr.NotFound, "the body is not one JSON object"},
		{"another status in the problem", problems, problem(`{"type":"about:blank","title":"Not Found","status":400,"detail":"x","code":"RESOURCE_NOT_FOUND"}`), apierr.NotFound, "the member status is 400"},
		{"no type in the problem", problems, problem(`{"title":"Not Found","status":404,"detail":"x","code":"RESOURCE_NOT_FOUND"}`), apierr.NotFound, "there is no member type"},
		{"an empty title in the problem", problems, problem(`{"type":"about:blank","title":"","status":404,"detail":"x","code":"RESOURCE_NOT_FOUND"}`), apierr.NotFound, "the member title is empty"},
		{"another type than the user's own", apierr.Contract{Format: own{}}, envelope(409, `{}`), apierr.Conflict, `the Content-Type is ["application/json"]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			resp := middlewaretest.Serve(test.contract, test.handler, get("/x"))
			text := want(t, test.contract, resp, test.err)
			first, _, _ := strings.Cut(text, "\n")
			require.Equal(t, "GET /x: "+test.text, first, "%s", text)
		})
	}
}

// The text says what came, what was expected, and why it came.
func TestWant_Text(t *testing.T) {
	resp := middlewaretest.Serve(chatbase.Contract, returns(fmt.Errorf("agent 7: %w", sql.ErrNoRows)), get("/agents/7"))
	require.Equal(t, `GET /agents/7: another status
	came:     500 INTERNAL_SERVER_ERROR, "An unexpected error occurred"
	expected: 404 RESOURCE_NOT_FOUND, "The resource does not exist"
	body:     {"error":{"code":"INTERNAL_SERVER_ERROR","message":"An unexpected error occurred"}}
	cause:    agent 7: sql: no rows in result set`, want(t, chatbase.Contract, resp, apierr.NotFound))

	resp = middlewaretest.Serve(polyai.Contract, streams("text/plain", "hello", errors.New("disk")), get("/agents/7"))
	require.Equal(t, `GET /agents/7: the response is not whole
	came:     200, aborted after 5 bytes of the body
	expected: 413 SCHEMA_VALIDATION_FAILED (ID 1), "Request body failed schema validation.", which the contract answers for REQUEST_BODY_TOO_LARGE
	body:     hello
	cause:    disk`, want(t, polyai.Contract, resp, apierr.BodyTooLarge))

	resp = middlewaretest.Serve(apierr.Standard, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("map is nil") }), get("/agents/7"))
	text := want(t, apierr.Standard, resp, apierr.NotFound)
	require.Contains(t, text, "panic: map is nil\n\tstack:    ")
	require.Contains(t, text, "want_test.go:")
}

// A failed request of an http.Client has no response.
func TestWant_NoResponse(t *testing.T) {
	require.Equal(t, "there is no response", want(t, apierr.Standard, nil, nil))
}

// Bytes of a response do not forge lines of the text, or fill the screen.
func TestWant_HostileText(t *testing.T) {
	resp := middlewaretest.Serve(apierr.Standard, writes(404, "application/json", "\x1b[31m\r\n--- PASS: all\u202e\xff"+strings.Repeat("a", 1<<20)), get("/x"))
	text := want(t, apierr.Standard, resp, apierr.NotFound)
	require.Less(t, len(text), 4<<10)
	require.Equal(t, 3, strings.Count(text, "\n"))
	require.NotContains(t, text, "\x1b")
	require.NotContains(t, text, "\u202e")
}

// Responses of a real server and of a recorder are compared in the same way.
func TestWant_AnyResponse(t *testing.T) {
	h := middleware.New(apierr.Standard, middleware.WithLogger(nil))(returns(apierr.Conflict))

	w := httptest.NewRecorder()
	h.ServeHTTP(w, get("/x"))
	recorded := w.Result()
	middlewaretest.Want(t, apierr.Standard, recorded, apierr.Conflict)
	require.NotEmpty(t, want(t, apierr.Standard, recorded, apierr.NotFound))

	server := httptest.NewServer(h)
	defer server.Close()
	for _, method := range []string{"GET", "HEAD"} {
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL, nil)
		require.NoError(t, err)
		resp, err := server.Client().Do(r)
		require.NoError(t, err)
		middlewaretest.Want(t, apierr.Standard, resp, apierr.Conflict)
		require.NotEmpty(t, want(t, apierr.Standard, resp, apierr.NotFound))
		b, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Equal(t, method == "GET", len(b) > 0)
	}

	// A canceled context of the request says nothing about the comparison.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	middlewaretest.Want(t, apierr.Standard, &http.Response{
		StatusCode: 409, Header: http.Header{"Content-Type": {"application/json"}}, Request: get("/x").WithContext(ctx),
		Body: io.NopCloser(strings.NewReader(`{"error":{"code":"RESOURCE_CONFLICT","message":"x"}}`)),
	}, apierr.Conflict)
}
