package recent_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/recent"
)

func TestOptions_Nil(t *testing.T) {
	for want, call := range map[string]func(){
		"recent.New: option 1 is nil":               func() { recent.New(nil) },
		"recent.New: option 2 is nil":               func() { recent.New(recent.WithRedact(func(*recent.Failure) {}), nil) },
		"recent.WithRedact: the function is nil":    func() { recent.WithRedact(nil) },
		"recent.WithTraceID: the function is nil":   func() { recent.WithTraceID(nil) },
		"recent.Failures.Handler: authorize is nil": func() { recent.New().Handler(nil) },
	} {
		require.PanicsWithValue(t, want, call)
	}
}

// everything is an outcome with all that a failure has.
var everything = middleware.Outcome{
	Method: "GET", Path: "/users/ada@example.org", Route: "/users/{email}", Status: 500, Duration: time.Second,
	RequestID: "request-1", CorrelationID: "chain of ada@example.org", Stack: "main.f ada@example.org\n", Cut: true, ClientGone: true,
	Error:      apierr.InvalidBody.WithViolations(apierr.Violation{Path: "ada@example.org", Rule: "unknown"}),
	Cause:      errors.New("no row for ada@example.org"),
	WriteError: errors.New("write ada@example.org"), SecondaryError: errors.New("details of ada@example.org"),
}

// What redact changes is what is kept, and what Find finds. Several are called in
// order.
func TestWithRedact(t *testing.T) {
	s := recent.New(
		recent.WithRedact(func(f *recent.Failure) {
			f.Path, f.Cause, f.CorrelationID = "/users/…", "no row", "chain-1"
			f.Violations[0].Path = "…"
		}),
		recent.WithRedact(func(f *recent.Failure) { f.Cause += " (redacted)"; f.Violations[0].Rule += "!" }),
	)
	observe(s, everything)
	f := s.Find("chain-1")[0]
	require.Equal(t, []string{"/users/…", "no row (redacted)"}, []string{f.Path, f.Cause})
	require.Equal(t, []apierr.Violation{{Path: "…", Rule: "unknown!"}}, f.Violations)
	require.Equal(t, "ada@example.org", everything.Error.Violations[0].Path, "the error itself is not changed")
	require.Empty(t, s.Find("chain of ada@example.org"))
}

// A redact that panics affects no request, and what it did not come to redact is
// not kept.
func TestWithRedact_Panics(t *testing.T) {
	for name, test := range map[string]struct {
		redact func(*recent.Failure)
		want   string
	}{
		"with a value":     {func(f *recent.Failure) { panic("cannot redact " + f.Path) }, "recent: the function of WithRedact panicked"},
		"with an error":    {func(f *recent.Failure) { panic(errors.New(f.Path)) }, "recent: the function of WithRedact panicked"},
		"of the runtime":   {func(f *recent.Failure) { _ = f.Path[1000] }, "recent: the function of WithRedact panicked: runtime error: index out of range [1000] with length 22"},
		"half way through": {func(f *recent.Failure) { f.RequestID, f.Method, f.Status = "", "", 0; panic(nil) }, ""},
		"nil map":          {func(f *recent.Failure) { count(nil, f.Path) }, "recent: the function of WithRedact panicked: assignment to entry in nil map"},
	} {
		t.Run(name, func(t *testing.T) {
			s := recent.New(recent.WithRedact(test.redact))
			require.NotPanics(t, func() { observe(s, everything) })
			f := s.Find("request-1")
			require.Len(t, f, 1)
			if test.want != "" {
				require.Equal(t, test.want, f[0].SecondaryError)
			}
			require.Equal(t, []any{"GET", "/users/{email}", 500, apierr.InvalidBody.Code, time.Second, true, true},
				[]any{f[0].Method, f[0].Route, f[0].Status, f[0].Code, f[0].Duration, f[0].Cut, f[0].ClientGone})
			f[0].SecondaryError = ""
			require.NotContains(t, show(f[0]), "ada")
		})
	}
}

func count(m map[string]int, key string) { m[key]++ }

// The same through a real server: the answer is that of the failure.
func TestWithRedact_PanicsOnWire(t *testing.T) {
	s := serve(t, returns(errors.New("down")), recent.WithRedact(func(*recent.Failure) { panic("boom") }))
	resp, body := s.get("/x")
	require.Equal(t, 500, resp.StatusCode)
	require.Contains(t, body, "INTERNAL_SERVER_ERROR")
	require.NoError(t, s.wait().SecondaryError)
	require.Len(t, s.failures.Find(resp.Header.Get("X-Request-Id")), 1)
}

// The trace ID comes from the context of the request, as a layer outside New or
// WithStart leaves it, for failures only.
func TestWithTraceID(t *testing.T) {
	asked := 0
	s := recent.New(recent.WithTraceID(func(ctx context.Context) string { asked++; id, _ := ctx.Value(key{}).(string); return id }))
	traced := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, "trace-1")))
		})
	}
	mux := http.NewServeMux()
	mux.Handle("/broken", returns(errors.New("down")))
	mux.Handle("/fine", returns(nil))
	h := traced(middleware.New(apierr.Standard, middleware.WithLogger(nil), middleware.WithObserver(s.Observe))(mux))
	for _, path := range []string{"/broken", "/fine", "/broken"} {
		h.ServeHTTP(&wire{http.Header{}}, request(path))
	}
	require.Len(t, s.Find("trace-1"), 2)
	require.Equal(t, 2, asked)
}

// OpenTelemetry prints a span without a trace as zeros.
func TestWithTraceID_None(t *testing.T) {
	for id, want := range map[string]string{
		"": "", "00000000000000000000000000000000": "", "0": "",
		"0af7651916cd43dd8448eb211c80319c": "0af7651916cd43dd8448eb211c80319c", "100": "100", " ": " ",
	} {
		s := recent.New(recent.WithTraceID(func(context.Context) string { return id }))
		observe(s, everything)
		require.Equal(t, want, s.Find("request-1")[0].TraceID, "%q", id)
	}
}

func TestWithTraceID_Panics(t *testing.T) {
	s := recent.New(recent.WithTraceID(func(context.Context) string { panic("boom") }))
	require.NotPanics(t, func() { observe(s, everything) })
	f := s.Find("request-1")[0]
	require.Empty(t, f.TraceID)
	require.Equal(t, "details of ada@example.org\nrecent: the function of WithTraceID panicked: boom", f.SecondaryError)
	require.Equal(t, "no row for ada@example.org", f.Cause)
}
