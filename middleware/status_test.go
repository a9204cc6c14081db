package middleware_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// fails is what a handler does that calls http.Error.
func fails(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, text, status) }
}

// A failing status after the response has begun ends it as apierr.Write would,
// if a body follows: the text goes to the log and not to the client.
func TestStatusAfterBegin(t *testing.T) {
	const (
		internal = `{"error":{"code":"INTERNAL_SERVER_ERROR","message":"An unexpected error occurred"}}`
		notFound = `{"error":{"code":"RESOURCE_NOT_FOUND","message":"The resource does not exist"}}`
		aborted  = "aborted"
	)
	status := func(code int, text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			if text != "" {
				io.WriteString(w, text)
			}
		})
	}
	inner := middleware.New(apierr.Standard)
	for _, test := range []struct {
		name    string
		handler http.Handler
		want    string // of the body, or aborted
		cause   string // in the log; "": the failure is none
		note    string // in the log
	}{
		{"JSON", begun("application/json", `{"items":[`, false, fails(500, "secret")), aborted, "secret", "superfluous WriteHeader(500) after 200"},
		{"JSON, flushed", begun("application/json", `{"items":[`, true, fails(500, "secret")), aborted, "secret", "superfluous"},
		{"no type", two(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "a") }), fails(500, "secret")), aborted, "secret", "superfluous"},
		{"a flush alone", begun("application/json", "", true, fails(500, "secret")), aborted, "secret", "superfluous"},
		{"404", begun("text/csv", "a,b\n", false, fails(404, "secret")), aborted, "secret", "superfluous WriteHeader(404) after 200"},
		{"after 201", two(status(201, "x"), fails(500, "secret")), aborted, "secret", "superfluous WriteHeader(500) after 201"},
		{"a bare status and JSON", begun("text/csv", "a,b\n", false, status(500, `{"secret":1}`)), aborted, "secret", "superfluous"},
		{"an event stream", begun(events, "data: a\n\n", true, fails(500, "secret")), "data: a\n\nevent: error\ndata: " + internal + "\n\n", "secret", "superfluous"},
		{"an event stream, 404", begun(events, "data: a\n\n", true, fails(404, "secret")), "data: a\n\nevent: error\ndata: " + notFound + "\n\n", "secret", "superfluous"},
		{"an event stream, and more events", begun(events, "data: a\n\n", true, two(fails(500, "secret"), begun(events, "data: b\n\n", true, http.HandlerFunc(nothing)))), "data: a\n\nevent: error\ndata: " + internal + "\n\n", "secret", "superfluous"},
		{"JSON lines", begun(lines, "{}\n", false, fails(500, "secret")), "{}\n" + internal + "\n", "secret", "superfluous"},
		{"JSON lines, an open line", begun(lines, "{", false, fails(500, "secret")), "{\n" + internal + "\n", "secret", "superfluous"},
		{"in a second New", inner(begun("application/json", "[", false, fails(500, "secret"))), aborted, "secret", "superfluous"},
		{"in a second New, an event stream", inner(begun(events, "data: a\n\n", true, fails(500, "secret"))), "data: a\n\nevent: error\ndata: " + internal + "\n\n", "secret", "superfluous"},
		{"through a layer", wrapping(begun("application/json", "[", false, fails(500, "secret"))), aborted, "secret", "superfluous"},
		{"through a layer, an event stream", wrapping(begun(events, "data: a\n\n", true, fails(500, "secret"))), "data: a\n\nevent: error\ndata: " + internal + "\n\n", "secret", "superfluous"},
		{"twice", begun("text/csv", "a\n", false, two(fails(500, "secret"), fails(400, "other"))), aborted, "secret", "superfluous"},
		{"then an error", begun("text/csv", "a\n", false, two(fails(500, "secret"), returns(apierr.Conflict))), aborted, "secret", "superfluous"},

		// As harmless as under net/http.
		{"a status alone", begun("application/json", "[1]", false, status(500, "")), "[1]", "", "superfluous WriteHeader(500) after 200"},
		{"a status alone, flushed", begun("application/json", "[1]", true, status(500, "")), "[1]", "", "superfluous"},
		{"before the first byte", two(status(200, ""), status(500, "x")), "x", "", "superfluous WriteHeader(500) after 200"},
		{"a success", begun("application/json", "[1", false, status(204, "]")), "[1]", "", "superfluous WriteHeader(204) after 200"},
		{"hints", begun("application/json", "[1", false, status(103, "]")), "[1]", "", "superfluous WriteHeader(103) after 200"},
		{"no status", begun("application/json", "[1", false, status(0, "]")), "[1]", "", "superfluous WriteHeader(0) after 200"},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				r := s.get("/")
				require.NotContains(t, r.body, "secret")
				if test.want == aborted {
					require.Error(t, r.err, "%s", r.body)
				} else {
					require.NoError(t, r.err)
					require.Equal(t, test.want, r.body)
				}
				rec := s.one(t)
				require.Contains(t, rec["secondary_error"], test.note)
				require.Equal(t, test.want == aborted, rec["cut"] == true)
				if test.cause == "" {
					require.NotContains(t, rec, "cause")
					require.NotContains(t, rec, "code")
					return
				}
				require.Contains(t, rec["cause"], test.cause)
				require.NotEmpty(t, rec["code"])
				require.Empty(t, s.errors.String())
			})
		})
	}
}

func nothing(http.ResponseWriter, *http.Request) {}

// http.TimeoutHandler has the whole body before anybody sees it, and sends what
// net/http would.
func TestStatusAfterBeginBehindTimeoutHandler(t *testing.T) {
	s := serve(t, 1, http.TimeoutHandler(begun("application/json", "[1]", false, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })), patience, ""))
	require.Equal(t, "[1]", s.get("/").body)
}

// Of two failures the first status and its text are the answer, and the other is
// noted.
func TestTwoFailures(t *testing.T) {
	json := func(status int, body string) http.Handler {
		return writes(status, body, "Content-Type", "application/json")
	}
	for _, test := range []struct {
		name          string
		handler       http.Handler
		status        int
		code, message string // "" for a body that passes
		body          string
	}{
		{"http.Error twice", two(fails(400, "bad worse"), fails(500, "secret")), 400, "BAD_REQUEST", "bad worse", ""},
		{"http.Error twice, the worse first", two(fails(500, "secret"), fails(400, "bad worse")), 500, "INTERNAL_SERVER_ERROR", apierr.Internal.Message, ""},
		{"the same twice", two(fails(404, "no such user"), fails(404, "no such user")), 404, "RESOURCE_NOT_FOUND", "no such user", ""},
		{"three times", two(fails(400, "bad worse"), two(fails(500, "secret"), fails(501, "secret"))), 400, "BAD_REQUEST", "bad worse", ""},
		{"no type", two(noType(400, "bad worse"), noType(500, "secret")), 400, "BAD_REQUEST", "bad worse", ""},
		{"a bare status first", two(writes(404, ""), fails(500, "secret")), 404, "RESOURCE_NOT_FOUND", "The resource does not exist", ""},
		{"JSON first", two(json(400, `{"mine":1}`), fails(500, "secret")), 400, "", "", `{"mine":1}`},
		{"JSON first, without a type", two(noType(400, `{"mine":1}`), fails(500, "secret")), 400, "", "", `{"mine":1}`},
		{"JSON second", two(fails(400, "bad worse"), json(500, `{"secret":1}`)), 400, "BAD_REQUEST", "bad worse", ""},
		{"a success second", two(fails(400, "bad worse"), writes(200, "secret")), 400, "BAD_REQUEST", "bad worse", ""},
		{"an answer first", two(returns(apierr.Conflict), fails(500, "secret")), 409, "RESOURCE_CONFLICT", apierr.Conflict.Message, ""},
		{"an answer second", two(fails(400, "bad worse"), returns(apierr.Conflict)), 400, "BAD_REQUEST", "bad worse", ""},
		{"in a second New", middleware.New(apierr.Standard)(two(fails(400, "bad worse"), fails(500, "secret"))), 400, "BAD_REQUEST", "bad worse", ""},
		{"one in each New", two(middleware.New(apierr.Standard)(fails(400, "bad worse")), fails(500, "secret")), 400, "BAD_REQUEST", "bad worse", ""},
		{"through a layer", wrapping(two(fails(400, "bad worse"), fails(500, "secret"))), 400, "BAD_REQUEST", "bad worse", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				r := s.get("/")
				require.NoError(t, r.err, "never an abort")
				require.Equal(t, test.status, r.StatusCode)
				require.NotContains(t, r.body, "secret")
				if test.code == "" {
					require.Equal(t, test.body, r.body)
				} else {
					require.Equal(t, failure{test.code, test.message, nil}, r.failure(t))
				}
				rec := s.one(t)
				require.EqualValues(t, test.status, rec["status"])
				require.Contains(t, strings.Join([]string{str(rec["secondary_error"]), str(rec["cause"])}, " "), map[bool]string{true: "superfluous", false: "RESOURCE_CONFLICT"}[test.name != "an answer second"])
			})
		})
	}
	t.Run("HEAD", func(t *testing.T) {
		s := serve(t, 1, two(fails(400, "bad worse"), fails(500, "secret")))
		r := s.do("HEAD", "/", "")
		require.Equal(t, 400, r.StatusCode)
	})
}

func str(v any) string {
	s, _ := v.(string)
	return s
}

// The header is as it was when the status was written.
func TestHeaderAfterStatus(t *testing.T) {
	then := func(h http.Handler, header ...string) http.Handler {
		return two(h, setting(header, http.HandlerFunc(nothing)))
	}
	for _, test := range []struct {
		name    string
		handler http.Handler
	}{
		{"http.Error", then(fails(404, "no such user"), "Set-Cookie", "a=1", "X-Late", "1", "Allow", "GET")},
		{"no type", then(noType(404, "no such user"), "Set-Cookie", "a=1", "X-Late", "1")},
		{"a bare status", then(writes(404, ""), "Set-Cookie", "a=1", "X-Late", "1")},
		{"an invalid status", then(writes(0, ""), "Set-Cookie", "a=1", "X-Late", "1")},
		{"then a panic", two(then(fails(404, "no such user"), "Set-Cookie", "a=1", "X-Late", "1"), panics("boom"))},
		{"a page that passes", then(noType(404, "<!doctype html><p>"), "Set-Cookie", "a=1", "X-Late", "1")},
		{"a page that passes, large", then(noType(404, "<!doctype html><p>"+strings.Repeat("x", 1000)), "Set-Cookie", "a=1", "X-Late", "1")},
		{"trailers", then(fails(404, "no such user"), http.TrailerPrefix+"X-Late", "1")},
		{"declared trailers", setting([]string{"Trailer", "X-Late"}, then(fails(404, "no such user"), "X-Late", "1"))},
		{"in a second New", middleware.New(apierr.Standard)(then(fails(404, "no such user"), "Set-Cookie", "a=1", "X-Late", "1"))},
		{"through a layer", wrapping(then(fails(404, "no such user"), "Set-Cookie", "a=1", "X-Late", "1"))},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, setting([]string{"X-Early", "1"}, test.handler), func(t *testing.T, s *site) {
				r := s.get("/")
				require.NoError(t, r.err)
				require.GreaterOrEqual(t, r.StatusCode, 400)
				require.Equal(t, "1", r.Header.Get("X-Early"))
				for _, name := range []string{"Set-Cookie", "X-Late", "Allow"} {
					require.Empty(t, r.Header.Values(name), name)
				}
				require.Empty(t, r.Trailer)
			})
		})
	}
	t.Run("trailers of a page that passes stay", func(t *testing.T) {
		onWire(t, setting([]string{"Trailer", "X-Late"}, then(noType(404, "<!doctype html><p>"), "X-Late", "1")), func(t *testing.T, s *site) {
			require.Equal(t, http.Header{"X-Late": {"1"}}, s.get("/").Trailer)
		})
	})
}

// Of the ID headers there is one each, whatever spelling a handler has set them
// in.
func TestSpellingsOfIDs(t *testing.T) {
	spelled := func(name string, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header()[name] = []string{"mine"}
			next.ServeHTTP(w, r)
		})
	}
	for _, name := range []string{"X-Request-Id", "X-Request-ID", "x-request-id", "X-REQUEST-ID", "X-Correlation-ID", "x-correlation-id"} {
		for _, next := range []http.Handler{http.HandlerFunc(ok), http.HandlerFunc(nothing), returns(apierr.Conflict), fails(404, "x"), writes(404, "{}", "Content-Type", "application/json"), panics("boom")} {
			s := serve(t, 1, spelled(name, next))
			r := s.get("/")
			require.Len(t, r.Header["X-Request-Id"], 1)
			require.Len(t, r.Header["X-Correlation-Id"], 1)
			require.Equal(t, s.one(t)["request_id"], r.Header.Get("X-Request-Id"))
		}
	}
}

// Bytes are those of the body that left.
func TestBytesOfHead(t *testing.T) {
	for _, h := range []http.Handler{writes(200, "body"), fails(404, "who?"), returns(apierr.Conflict), panics("boom"), writes(404, "{}", "Content-Type", "application/json"), middleware.New(apierr.Standard)(writes(200, "body"))} {
		onWire(t, h, func(t *testing.T, s *site) {
			s.do("HEAD", "/", "")
			require.EqualValues(t, 0, s.one(t)["bytes"])
		})
	}
}
