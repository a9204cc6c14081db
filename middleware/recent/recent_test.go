package recent_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/recent"
)

// Where a request is kept.
const (
	asServer = "server"
	asClient = "client"
	nowhere  = "not kept"
)

func returns(err error) http.Handler {
	return apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return err })
}

func answers(status int, contentType string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		fmt.Fprintln(w, "{}")
	}
}

// writes sends a part of a response and then fails.
func writes(contentType string, err error) http.Handler {
	return apierr.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, "data: 1\n\n")
		http.NewResponseController(w).Flush()
		return err
	})
}

func hijacks(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	fmt.Fprint(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
	conn.Close()
}

// Each way in which a request ends, through a real server.
func TestObserve_WhatIsKept(t *testing.T) {
	down := errors.New("the database is down")
	for _, test := range []struct {
		name    string
		handler http.Handler
		kept    string
		want    recent.Failure // Status, Code, Cause, Cut; Stack is a part of it
	}{
		// Successes leave nothing.
		{"200", answers(200, "application/json"), nowhere, recent.Failure{}},
		{"204", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }), nowhere, recent.Failure{}},
		{"304", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) }), nowhere, recent.Failure{}},
		{"a redirect", http.RedirectHandler("/x", http.StatusFound), nowhere, recent.Failure{}},
		{"101, hijacked", http.HandlerFunc(hijacks), nowhere, recent.Failure{}},
		{"a nil error", returns(nil), nowhere, recent.Failure{}},

		// The client's.
		{"404 of net/http", http.NotFoundHandler(), asClient, recent.Failure{Status: 404, Code: "RESOURCE_NOT_FOUND"}},
		{"a declared error", returns(apierr.Conflict), asClient, recent.Failure{Status: 409, Code: "RESOURCE_CONFLICT"}},
		{"a declared error with a cause", returns(apierr.Conflict.Wrap(down)), asClient, recent.Failure{Status: 409, Code: "RESOURCE_CONFLICT", Cause: "the database is down"}},
		{"an own 4xx", answers(404, "application/json"), asClient, recent.Failure{Status: 404}},
		{"499 by the handler", answers(499, "application/json"), asClient, recent.Failure{Status: 499}},
		{"a 4xx in a stream", writes("text/event-stream", apierr.Conflict), asClient, recent.Failure{Status: 200, Code: "RESOURCE_CONFLICT"}},

		// The server's.
		{"an unknown error", returns(down), asServer, recent.Failure{Status: 500, Code: "INTERNAL_SERVER_ERROR", Cause: "the database is down"}},
		{"a declared 5xx", returns(apierr.Unavailable), asServer, recent.Failure{Status: 503, Code: apierr.Unavailable.Code}},
		{"an own 5xx", answers(502, "application/json"), asServer, recent.Failure{Status: 502}},
		{"http.Error 500", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "boom", 500) }), asServer,
			recent.Failure{Status: 500, Code: "INTERNAL_SERVER_ERROR", Cause: "boom\n"}},
		{"a panic", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }), asServer,
			recent.Failure{Status: 500, Code: "INTERNAL_SERVER_ERROR", Cause: "panic: boom", Stack: "recent_test.TestObserve_WhatIsKept.func"}},
		{"a panic in a response", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			writes("text/plain", nil).ServeHTTP(w, r)
			panic("boom")
		}), asServer, recent.Failure{Status: 200, Code: apierr.StreamFailed.Code, Cause: "panic: boom", Cut: true, Stack: "recent_test.TestObserve_WhatIsKept.func"}},
		{"a panic after Hijack", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.NewResponseController(w).Hijack()
			panic("boom")
		}), asServer, recent.Failure{Status: 101, Code: apierr.StreamFailed.Code, Cause: "panic: boom", Cut: true, Stack: "recent_test.TestObserve_WhatIsKept.func"}},
		{"an abort", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), asServer,
			recent.Failure{Status: 0, Cause: "net/http: abort Handler", Cut: true}},
		{"a cut response", writes("text/plain", down), asServer, recent.Failure{Status: 200, Code: apierr.StreamFailed.Code, Cause: "the database is down", Cut: true}},
		{"a 5xx in a stream", writes("text/event-stream", down), asServer, recent.Failure{Status: 200, Code: apierr.StreamFailed.Code, Cause: "the database is down"}},
		{"a body shorter than its length", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9")
			fmt.Fprint(w, "x")
		}), asServer,
			recent.Failure{Status: 200}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, test.handler)
			s.get("/x?secret=1", "X-Correlation-Id", "chain-1", "X-Secret", "secret")
			o := s.wait()
			found, overview := s.failures.Find("chain-1"), read(t, s.failures, "/failures.json")
			if test.kept == nowhere {
				require.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			f := found[0]
			require.Equal(t, map[string]int{asServer: overview.ServerErrors.Kept, asClient: overview.ClientErrors.Kept}[test.kept], 1, "%+v", f)
			require.Equal(t, []any{test.want.Status, test.want.Code, test.want.Cause, test.want.Cut}, []any{f.Status, f.Code, f.Cause, f.Cut}, "%+v", f)
			require.Contains(t, f.Stack, test.want.Stack)
			require.Equal(t, test.want.Stack == "", f.Stack == "")
			require.Equal(t, []any{o.RequestID, "chain-1", "GET", "/", "/x", o.Duration}, []any{f.RequestID, f.CorrelationID, f.Method, f.Route, f.Path, f.Duration})
			require.WithinDuration(t, time.Now(), f.Time, patience)
			require.Equal(t, []recent.Failure{f}, s.failures.Find(o.RequestID))
			require.NotContains(t, show(f), "secret")
		})
	}
}

// A client that leaves is no server error, whatever the handler makes of it,
// unless that panics.
func TestObserve_ClientGone(t *testing.T) {
	for _, test := range []struct {
		name  string
		after func(w http.ResponseWriter, r *http.Request) error // the client has left
		kept  string
	}{
		{"returns its error", func(_ http.ResponseWriter, r *http.Request) error { return r.Context().Err() }, asClient},
		{"returns another error", func(http.ResponseWriter, *http.Request) error { return errors.New("down") }, asClient},
		{"returns nothing", func(http.ResponseWriter, *http.Request) error { return nil }, asClient},
		{"panics", func(http.ResponseWriter, *http.Request) error { panic("boom") }, asServer},
	} {
		t.Run(test.name, func(t *testing.T) {
			running := make(chan struct{})
			s := serve(t, apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
				close(running)
				<-r.Context().Done()
				return test.after(w, r)
			}))
			s.leave("/x", running, "X-Correlation-Id: chain-1\r\n")
			s.wait()
			overview := read(t, s.failures, "/failures.json")
			require.Equal(t, 1, map[string]int{asServer: overview.ServerErrors.Kept, asClient: overview.ClientErrors.Kept}[test.kept])
			require.True(t, s.failures.Find("chain-1")[0].ClientGone)
		})
	}
}

// The same for outcomes that are hard to bring about.
func TestObserve_Kind(t *testing.T) {
	broken := errors.New("broken pipe")
	for _, test := range []struct {
		name string
		o    middleware.Outcome
		kept string
	}{
		{"a download that the client broke off", middleware.Outcome{Status: 200, ClientGone: true, WriteError: broken}, nowhere},
		{"a secondary error alone", middleware.Outcome{Status: 200, SecondaryError: broken}, nowhere},
		{"a response after the write deadline", middleware.Outcome{Status: 200, WriteError: broken}, asServer},
		{"reset before there was a status", middleware.Outcome{WriteError: broken}, asServer},
		{"cut for a client that has left", middleware.Outcome{Status: 200, Cut: true, ClientGone: true}, asClient},
		{"no status for a client that has left", middleware.Outcome{ClientGone: true}, asClient},
		{"ClientGone", middleware.Outcome{Status: 499, ClientGone: true, Error: apierr.ClientGone}, asClient},
		{"a 5xx for a client that has left", middleware.Outcome{Status: 500, ClientGone: true, Error: apierr.Internal}, asClient},
		{"a panic for a client that has left", middleware.Outcome{Status: 499, ClientGone: true, Stack: "main.f"}, asServer},
	} {
		s := recent.New()
		observe(s, test.o)
		r := read(t, s, "/failures.json")
		require.Equal(t, []bool{test.kept == asServer, test.kept == asClient}, []bool{r.ServerErrors.Kept == 1, r.ClientErrors.Kept == 1}, test.name)
	}
}

// The route, and the rules of a rejected request without parameters, messages
// and values.
func TestObserve_Route(t *testing.T) {
	mux := http.NewServeMux()
	rejected := apierr.InvalidBody.WithViolations(
		apierr.Violation{Path: "email", Rule: "required", Message: "secret"},
		apierr.Violation{In: "query", Path: "limit", Rule: "max", Param: "secret"},
	).With("detail", "secret")
	mux.Handle("POST /users/{id}", returns(rejected))
	s := serve(t, mux)
	r, err := http.NewRequest("POST", s.URL+"/users/7?limit=secret", strings.NewReader("secret"))
	require.NoError(t, err)
	s.send(r, "X-Secret", "secret")
	f := s.failures.Find(s.wait().RequestID)[0]
	require.Equal(t, []any{"POST", "/users/{id}", "/users/7"}, []any{f.Method, f.Route, f.Path})
	require.Equal(t, []apierr.Violation{{Path: "email", Rule: "required"}, {In: "query", Path: "limit", Rule: "max"}}, f.Violations)
	require.NotContains(t, show(f), "secret")
}

// All texts are bounded and valid UTF-8, whatever errors, routers and functions
// return.
func TestObserve_Bounds(t *testing.T) {
	long := strings.Repeat("é", 1<<20)
	violations := make([]apierr.Violation, 100)
	for i := range violations {
		violations[i] = apierr.Violation{In: long, Path: long, Rule: long}
	}
	for _, text := range []string{long, "a" + long, "\xff" + strings.Repeat("x\xff", 1<<16), strings.Repeat("\xff", 1<<16)} {
		s := recent.New(recent.WithTraceID(func(context.Context) string { return text }),
			recent.WithRedact(func(f *recent.Failure) { f.Violations = append(f.Violations, f.Violations...) }))
		observe(s, middleware.Outcome{
			RequestID: "r", CorrelationID: text, Method: text, Route: text, Path: text, Status: 500, Stack: text,
			Error: &apierr.Error{Code: text, Status: 500, Violations: violations},
			Cause: errors.New(text), WriteError: errors.New(text), SecondaryError: errors.New(text),
		})
		f := s.Find("r")[0]
		for name, field := range map[string]struct {
			text string
			most int
		}{
			"CorrelationID": {f.CorrelationID, 128}, "TraceID": {f.TraceID, 128}, "Method": {f.Method, 32}, "Route": {f.Route, 256},
			"Path": {f.Path, 512}, "Code": {f.Code, 128}, "Cause": {f.Cause, 4 << 10}, "Stack": {f.Stack, 12 << 10},
			"WriteError": {f.WriteError, 1 << 10}, "SecondaryError": {f.SecondaryError, 1 << 10},
			"In": {f.Violations[0].In, 64}, "Violation.Path": {f.Violations[0].Path, 128}, "Rule": {f.Violations[0].Rule, 64},
		} {
			require.LessOrEqual(t, len(field.text), field.most, name)
			require.NotEmpty(t, field.text, name)
			require.Equal(t, strings.ToValidUTF8(field.text, "?"), field.text, name)
		}
		require.Len(t, f.Violations, 17)
	}

	s := recent.New()
	observe(s, middleware.Outcome{RequestID: "r", Status: 400, Error: apierr.InvalidBody.WithViolations(violations...)})
	require.Equal(t, apierr.Violation{Rule: "more"}, s.Find("r")[0].Violations[16])
}

// badError has a method that panics, as a nil pointer's may.
type badError struct{}

func (badError) Error() string { panic("in Error") }

func TestObserve_BadError(t *testing.T) {
	s := recent.New()
	observe(s, middleware.Outcome{RequestID: "r", Status: 500, Cause: badError{}})
	require.Equal(t, "(recent_test.badError: its Error method panicked)", s.Find("r")[0].Cause)
}

func TestFind(t *testing.T) {
	s := recent.New(recent.WithTraceID(func(ctx context.Context) string { return ctx.Value(key{}).(string) }))
	for _, o := range []struct{ request, correlation, trace string }{
		{"r1", "r1", ""}, {"r2", "c1", "t1"}, {"r3", "c1", "t2"}, {"r4", "r1", "t1"}, {"r5", "", ""},
	} {
		for _, status := range []int{500, 404} { // both kinds
			s.Observe(context.WithValue(t.Context(), key{}, o.trace),
				middleware.Outcome{RequestID: o.request + fmt.Sprint("/", status), CorrelationID: o.correlation, Status: status})
		}
	}
	for id, want := range map[string][]string{
		"r2/500": {"r2/500"},
		"c1":     {"r3/404", "r3/500", "r2/404", "r2/500"}, // the newest first
		"r1":     {"r4/404", "r4/500", "r1/404", "r1/500"},
		"t1":     {"r4/404", "r4/500", "r2/404", "r2/500"},
		"t2":     {"r3/404", "r3/500"},
		"":       nil,
		"r":      nil,
		"C1":     nil,
		"r2/5":   nil,
	} {
		var got []string
		for _, f := range s.Find(id) {
			got = append(got, f.RequestID)
		}
		require.Equal(t, want, got, "%q", id)
	}
}

type key struct{}

// Neither kind evicts the other, and of each the newest 1,000 are kept.
func TestObserve_Flood(t *testing.T) {
	s := recent.New()
	observe(s, middleware.Outcome{RequestID: "a 500", Status: 500, Cause: errors.New("down")})
	for i := range 20_000 {
		observe(s, middleware.Outcome{RequestID: fmt.Sprint("a 404: ", i), Status: 404, Path: "/" + strings.Repeat("x", i%512)})
	}
	require.Len(t, s.Find("a 500"), 1, "a flood of 404s evicts no 500")
	require.Len(t, s.Find("a 404: 19000"), 1)
	require.Empty(t, s.Find("a 404: 18999"))
	for i := range 20_000 {
		observe(s, middleware.Outcome{RequestID: fmt.Sprint("a 500: ", i), Status: 500})
	}
	require.Len(t, s.Find("a 404: 19999"), 1, "a flood of 500s evicts no 404")
	require.Empty(t, s.Find("a 500"))

	r := read(t, s, "/failures.json")
	require.Equal(t, []int{1000, 1000}, []int{r.ServerErrors.Kept, r.ClientErrors.Kept})
}

// The same through a real server, by the request ID of the response.
func TestObserve_FloodOnWire(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("/broken", returns(errors.New("down")))
	s := serve(t, mux)
	resp, _ := s.get("/broken")
	s.wait()
	for range 1500 {
		s.get("/nowhere")
		s.wait()
	}
	f := s.failures.Find(resp.Header.Get("X-Request-Id"))
	require.Len(t, f, 1)
	require.Equal(t, "down", f[0].Cause)
}
