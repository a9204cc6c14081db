package middleware_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// v2 is a contract that differs from Standard in all that can be seen.
var v2 = apierr.Contract{
	Name: "v2", Format: apierr.Problem{},
	RequestIDHeader: "X-V2-Id", CorrelationIDHeader: apierr.NoHeader,
	Errors:   []*apierr.Error{v2Gone},
	Mappings: map[*apierr.Error]apierr.Mapping{apierr.NotFound: {Error: v2Gone}},
}

var v2Gone = &apierr.Error{Code: "v2_gone", Status: 410, Message: "It is gone"}

// The inner contract governs what is raised inside it; what is raised between
// the two, or before the inner one is reached, is the outer one's.
func TestTwoContracts(t *testing.T) {
	inner := middleware.New(v2)
	after := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			panic("between")
		})
	}
	for _, test := range []struct {
		name    string
		handler http.Handler
		status  int
		code    string
		inner   bool // its header names
	}{
		{"a success", inner(http.HandlerFunc(ok)), 200, "", true},
		{"an error inside", inner(returns(apierr.NotFound)), 410, "v2_gone", true},
		{"a foreign failure inside", inner(http.NotFoundHandler()), 404, "v2_gone", true},
		{"a panic inside", inner(panics("boom")), 500, "INTERNAL_SERVER_ERROR", true},
		{"an error inside, through a layer between", wrapping(inner(wrapping(returns(apierr.NotFound)))), 410, "v2_gone", true},
		{"an error inside, and its type lost", untyping(inner(returns(apierr.NotFound))), 410, "v2_gone", true},
		{"an error outside", returns(apierr.NotFound), 404, "RESOURCE_NOT_FOUND", false},
		{"an error before the inner", before(returns(apierr.NotFound), inner(http.HandlerFunc(ok))), 404, "RESOURCE_NOT_FOUND", false},
		{"a panic between, nothing sent", after(inner(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))), 500, "INTERNAL_SERVER_ERROR", false},
		{"an error inside, then a panic between", after(inner(returns(apierr.NotFound))), 410, "v2_gone", true},
		{"three", inner(middleware.New(apierr.Standard)(returns(apierr.NotFound))), 404, "RESOURCE_NOT_FOUND", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				r := s.get("/")
				require.NoError(t, r.err)
				require.Equal(t, test.status, r.StatusCode)
				id := r.Header.Get("X-Request-Id")
				if test.inner {
					require.Equal(t, test.code != "", strings.HasPrefix(r.Header.Get("Content-Type"), "application/problem+json"))
					require.Empty(t, id)
					require.Empty(t, r.Header.Get("X-Correlation-Id"))
					id = r.Header.Get("X-V2-Id")
				} else {
					require.Empty(t, r.Header.Get("X-V2-Id"))
					require.Equal(t, test.code, r.failure(t).Code)
				}
				require.NoError(t, uuid.Validate(id))
				rec := s.one(t)
				require.Equal(t, id, rec["request_id"])
				if test.code != "" {
					require.Equal(t, test.code, rec["code"])
				}
				require.EqualValues(t, test.status, rec["status"])
			})
		})
	}
}

// before answers with the first handler and does not reach the second.
func before(first, _ http.Handler) http.Handler { return first }

// untyping is a layer that takes the type off every answer.
func untyping(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(untyped{w}, r) })
}

type untyped struct{ http.ResponseWriter }

func (w untyped) WriteHeader(status int) {
	w.Header().Del("Content-Type")
	w.ResponseWriter.WriteHeader(status)
}

// One logger, one observer, one answer: those of the outermost.
func TestNestedRecordOnce(t *testing.T) {
	never := newRecords()
	calls := 0
	observe := middleware.WithObserver(func(context.Context, middleware.Outcome) { calls++ })
	inner := middleware.New(apierr.Standard, logTo(never), middleware.WithObserver(func(context.Context, middleware.Outcome) { t.Error("called") }))
	for _, h := range []http.Handler{http.HandlerFunc(ok), returns(errors.New("x")), panics("boom"), panics(http.ErrAbortHandler), begun("text/csv", "a", true, panics("boom"))} {
		onWire(t, inner(inner(h)), func(t *testing.T, s *site) {
			calls = 0
			s.get("/")
			s.one(t)
			require.Equal(t, 1, calls)
			require.Empty(t, never.come)
		}, observe)
	}
}

// The mappers of the innermost New are asked first.
func TestNestedMappers(t *testing.T) {
	known := errors.New("known")
	to := func(e *apierr.Error) middleware.Option {
		return middleware.WithErrorMapper(func(_ context.Context, err error) *apierr.Error {
			if errors.Is(err, known) {
				return e
			}
			return nil
		})
	}
	none := middleware.WithErrorMapper(func(context.Context, error) *apierr.Error { return nil })
	for _, test := range []struct {
		outer, inner middleware.Option
		want         string
	}{
		{to(apierr.Conflict), to(apierr.Forbidden), "AUTH_FORBIDDEN"},
		{to(apierr.Conflict), none, "RESOURCE_CONFLICT"},
		{none, none, "INTERNAL_SERVER_ERROR"},
	} {
		onWire(t, middleware.New(apierr.Standard, test.inner)(returns(known)), func(t *testing.T, s *site) {
			require.Equal(t, test.want, s.get("/").code())
			require.Equal(t, "known", s.one(t)["cause"])
		}, test.outer)
	}
}

// Inside a compressor, with a New of its own there, a failure reaches the
// client as it would without compression.
func TestInsideCompressor(t *testing.T) {
	inner := middleware.New(apierr.Standard)
	for _, test := range []struct {
		name    string
		handler http.Handler
	}{
		{"a success", http.HandlerFunc(ok)},
		{"an error before any write", returns(apierr.Conflict)},
		{"a panic before any write", panics("boom")},
		{"a foreign failure", http.NotFoundHandler()},
		{"a failure of its own", writes(404, "{}", "Content-Type", "application/json")},
		{"an error after a partial write", begun("text/csv", "a,b\n", false, returns(apierr.Conflict))},
		{"an error after a flush", begun("text/csv", "a,b\n", true, returns(apierr.Conflict))},
		{"a panic after a partial write", begun("text/csv", "a,b\n", false, panics("boom"))},
		{"a large answer and a panic", begun("text/csv", strings.Repeat("a,b\n", 10_000), false, panics("boom"))},
		{"an abort", begun("text/csv", "a,b\n", false, panics(http.ErrAbortHandler))},
		{"an event stream and an error", begun(events, "data: x\n\n", true, returns(apierr.Conflict))},
		{"an event stream and a panic", begun(events, "data: x", false, panics("boom"))},
		{"JSON lines and an error", begun(lines, "{}\n", false, returns(apierr.Conflict))},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, byPath{"/plain": test.handler, "/zip": gzipping(inner(test.handler)), "/late": gzipping(copying(wrapping(inner(test.handler)))), "/stored": gzippingAt(gzip.NoCompression, inner(test.handler))}, func(t *testing.T, s *site) {
				plain := s.get("/plain")
				want := s.log.next(t)
				for _, path := range []string{"/zip", "/late", "/stored"} {
					zipped := s.get(path)
					if plain.err != nil {
						_, err := unzip(zipped)
						require.Error(t, err)
					} else {
						text, err := unzip(zipped)
						require.NoError(t, err)
						require.Equal(t, plain.StatusCode, zipped.StatusCode)
						require.Equal(t, plain.Header.Get("Content-Type"), zipped.Header.Get("Content-Type"))
						require.Equal(t, plain.body, text)
					}
					got := s.log.next(t)
					for _, key := range []string{"status", "code", "cause", "level", "cut"} {
						require.Equal(t, want[key], got[key], key)
					}
				}
			})
		})
	}
}

func unzip(r reply) (string, error) {
	if r.err != nil {
		return "", r.err
	}
	if r.Header.Get("Content-Encoding") != "gzip" {
		return "", errors.New("it does not say that it is compressed")
	}
	z, err := gzip.NewReader(strings.NewReader(r.body))
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(z)
	return string(b), err
}

// What an outer layer has said of the encoding before stays its word, also
// where the handler said something else.
func TestEncodingOfOuterLayer(t *testing.T) {
	for name, h := range map[string]http.Handler{
		"held":     writes(404, "who?", "Content-Encoding", "br"),
		"returned": setting([]string{"Content-Encoding", "br"}, returns(apierr.NotFound)),
		"panicked": setting([]string{"Content-Encoding", "br"}, panics("boom")),
	} {
		t.Run(name, func(t *testing.T) {
			onWire(t, gzipping(middleware.New(apierr.Standard)(h)), func(t *testing.T, s *site) {
				text, err := unzip(s.get("/"))
				require.NoError(t, err)
				require.NotEmpty(t, readEnvelope(t, text).Code)
			})
		})
	}
}

// keeping is a layer that keeps back what it is given until it has all.
func keeping(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k := &kept{ResponseWriter: w}
		next.ServeHTTP(k, r)
		if k.status != 0 {
			w.WriteHeader(k.status)
		}
		io.WriteString(w, k.body.String())
	})
}

type kept struct {
	http.ResponseWriter
	status int
	body   strings.Builder
}

func (k *kept) Write(p []byte) (int, error) { return k.body.Write(p) }
func (k *kept) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
}

// A failure whose status such a layer has lost is still the answer.
func TestLayerThatKeepsBack(t *testing.T) {
	for _, test := range []struct {
		name    string
		handler http.Handler
		status  int
		code    string
	}{
		{"a success", writes(201, "x"), 201, ""},
		{"an error", returns(apierr.Conflict), 409, "RESOURCE_CONFLICT"},
		{"an error after a success", two(writes(201, "x"), returns(apierr.Conflict)), 409, "RESOURCE_CONFLICT"},
		{"an error after text", two(writes(200, "x", "Content-Type", "text/csv"), returns(apierr.Conflict)), 409, "RESOURCE_CONFLICT"},
		{"an error of a success's status", returns(&apierr.Error{Code: "odd", Status: 200}), 200, "odd"},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, keeping(test.handler), func(t *testing.T, s *site) {
				r := s.get("/")
				require.NoError(t, r.err)
				require.Equal(t, test.status, r.StatusCode)
				require.Equal(t, test.code, r.code())
			})
		})
	}
}
