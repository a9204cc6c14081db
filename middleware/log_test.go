package middleware_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// One record a request, and what it says. A key that is nil must not be there.
func TestRecord(t *testing.T) {
	unmappable := func() {}
	for _, test := range []struct {
		name    string
		handler http.Handler
		want    record
	}{
		{"a success", http.HandlerFunc(ok), record{"level": "INFO", "msg": "request", "method": "GET", "path": "/a%20b", "status": 200.0, "bytes": 13.0, "code": nil, "cause": nil, "secondary_error": nil, "stack": nil, "cut": nil}},
		{"nothing said", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), record{"level": "INFO", "status": 200.0, "bytes": 0.0}},
		{"a redirect", writes(302, "", "Location", "/"), record{"level": "INFO", "status": 302.0}},
		{"a 4xx", returns(apierr.Conflict), record{"level": "INFO", "status": 409.0, "code": "RESOURCE_CONFLICT", "cause": nil}},
		{"a 4xx with its cause", returns(apierr.Conflict.Wrap(errors.New("row 7"))), record{"level": "INFO", "code": "RESOURCE_CONFLICT", "cause": "row 7"}},
		{"a 5xx", returns(apierr.Unavailable), record{"level": "ERROR", "status": 503.0, "code": "SERVICE_UNAVAILABLE"}},
		{"an unknown error", returns(errors.New("db down")), record{"level": "ERROR", "status": 500.0, "code": "INTERNAL_SERVER_ERROR", "cause": "db down"}},
		{"an error that panics", returns(badError{}), record{"level": "ERROR", "code": "INTERNAL_SERVER_ERROR", "cause": "(middleware_test.badError: its Error method panicked)"}},
		{"a held 5xx", writes(500, "db down"), record{"level": "ERROR", "status": 500.0, "cause": "db down"}},
		{"a 5xx of its own", writes(500, "{}", "Content-Type", "application/json"), record{"level": "ERROR", "status": 500.0, "code": nil}},
		{"a panic", panics("boom"), record{"level": "ERROR", "status": 500.0, "cause": "panic: boom"}},
		{"an answer, then a panic", two(returns(apierr.Conflict), panics("boom")), record{"level": "ERROR", "status": 409.0, "code": "RESOURCE_CONFLICT", "cut": nil}},
		{"details that cannot be encoded", returns(apierr.Conflict.With("f", unmappable)), record{"level": "WARN", "status": 409.0, "code": "RESOURCE_CONFLICT"}},
		{"an abort", panics(http.ErrAbortHandler), record{"level": "WARN", "cut": true, "status": 0.0, "code": nil}},
		{"two errors", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			apierr.Write(w, r, apierr.Conflict.Wrap(io.EOF))
			apierr.Write(w, r, errors.New("and more"))
		}), record{"level": "INFO", "status": 409.0, "code": "RESOURCE_CONFLICT", "cause": "RESOURCE_CONFLICT: " + apierr.Conflict.Message + ": EOF\nand more"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				s.get("/a%20b?secret=1")
				rec := s.one(t)
				for key, want := range test.want {
					require.Equal(t, want, rec[key], key)
				}
				if strings.HasPrefix(test.name, "details") {
					require.Contains(t, rec["secondary_error"], "func()")
				}
				require.Positive(t, rec["duration"])
				require.NotEmpty(t, rec["request_id"])
				require.NotEmpty(t, rec["correlation_id"])
				require.NotEmpty(t, rec["time"])
			})
		})
	}
}

// What a client sends is bounded and escaped before it is logged.
func TestHostileRequestLine(t *testing.T) {
	long := strings.Repeat("x", 2000)
	for _, test := range []struct{ line, method, path string }{
		{"GET /%0d%0alevel=ERROR HTTP/1.1", "GET", "/%0d%0alevel=ERROR"},
		{"GET /%C3%A9%ff HTTP/1.1", "GET", "/%C3%A9%ff"},
		{"GET /\xc3\xa9\xff HTTP/1.1", "GET", "/%C3%A9%FF"},
		{"GET /" + long + " HTTP/1.1", "GET", "/" + long[:511]},
		{long + " / HTTP/1.1", long[:32], "/"},
		{"OPTIONS * HTTP/1.1", "OPTIONS", "*"},
	} {
		s := serve(t, 1, http.NotFoundHandler())
		io.Copy(io.Discard, s.raw(test.line+"\r\nHost: x\r\nConnection: close\r\n\r\n"))
		if test.line == "OPTIONS * HTTP/1.1" {
			continue // net/http answers it itself
		}
		rec := s.one(t)
		require.Equal(t, test.method, rec["method"])
		require.Equal(t, test.path, rec["path"])
	}
}

func TestLevels(t *testing.T) {
	levels := func(h http.Handler, opts ...middleware.Option) (level any) {
		synctest.Test(t, func(t *testing.T) {
			logged := newRecords()
			opts = append([]middleware.Option{logTo(logged)}, opts...)
			middleware.New(apierr.Standard, opts...)(h).ServeHTTP(&wire{http.Header{}}, serverRequest())
			rec := <-logged.come
			level = rec["level"]
		})
		return level
	}
	slowly := func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Second) // of the bubble's clock
			h.ServeHTTP(w, r)
		})
	}
	fine := http.HandlerFunc(ok)
	debug := middleware.WithLevel(func(middleware.Outcome) slog.Level { return slog.LevelDebug })
	for _, test := range []struct {
		name string
		got  any
		want string
	}{
		{"by default", levels(fine), "INFO"},
		{"nil is the default", levels(fine, middleware.WithLevel(nil)), "INFO"},
		{"of one's own", levels(returns(apierr.Internal), debug), "DEBUG"},
		{"by the status", levels(returns(apierr.Conflict), middleware.WithLevel(func(o middleware.Outcome) slog.Level { return slog.Level(o.Status - 401) })), "ERROR"},
		{"slow", levels(slowly(fine), middleware.WithSlow(time.Second)), "WARN"},
		{"not slow", levels(slowly(fine), middleware.WithSlow(time.Second+1)), "INFO"},
		{"slow, and quiet otherwise", levels(slowly(fine), debug, middleware.WithSlow(time.Second)), "WARN"},
		{"slow, and worse", levels(slowly(panics("boom")), middleware.WithSlow(time.Second)), "ERROR"},
		{"nothing is slow", levels(slowly(fine), middleware.WithSlow(0)), "INFO"},
		{"a panic is the default", levels(returns(apierr.Internal), middleware.WithLevel(func(middleware.Outcome) slog.Level { panic("boom") })), "ERROR"},
	} {
		if test.name == "by the status" {
			require.Equal(t, test.want, test.got, test.name)
			continue
		}
		require.Equal(t, test.want, test.got, test.name)
	}
}

// The observer hears of each request once, with what the log is told.
func TestObserver(t *testing.T) {
	var heard []middleware.Outcome
	observe := middleware.WithObserver(func(ctx context.Context, o middleware.Outcome) {
		require.Equal(t, o.RequestID, apierr.RequestID(ctx))
		heard = append(heard, o)
	})
	cause := errors.New("row 7")
	mux := muxWith("GET /x", returns(apierr.Conflict.Wrap(cause)))
	onWire(t, mux, func(t *testing.T, s *site) {
		heard = nil
		r := s.get("/x")
		rec := s.one(t)
		require.Len(t, heard, 2, "both observers, in order")
		o := heard[0]
		require.Equal(t, o, heard[1])
		require.Positive(t, o.Duration)
		require.Equal(t, apierr.Conflict.Code, o.Error.Code)
		require.ErrorIs(t, o.Cause, cause)
		require.Equal(t, rec["request_id"], o.RequestID)
		o.Duration, o.Error, o.Cause = 0, nil, nil
		require.Equal(t, middleware.Outcome{
			Method: "GET", Route: "GET /x", Path: "/x", Status: 409, Bytes: int64(len(r.body)),
			RequestID: r.Header.Get("X-Request-Id"), CorrelationID: r.Header.Get("X-Correlation-Id"),
		}, o)
	}, observe, observe)
}

// What the user brought panics. The client notices nothing, and the operator
// reads one line.
func TestHooksThatPanic(t *testing.T) {
	boom := func() { panic("boom") }
	for _, test := range []struct {
		name      string
		opts      []middleware.Option
		status    int
		secondary string // in the record; "": the server's ErrorLog has the line
	}{
		{"a logger", []middleware.Option{middleware.WithLogger(slog.New(badLog{panics: true}))}, 404, ""},
		{"a logger that fails", []middleware.Option{middleware.WithLogger(slog.New(badLog{}))}, 404, ""},
		{"a mapper", []middleware.Option{middleware.WithErrorMapper(func(context.Context, error) *apierr.Error { boom(); return nil })}, 500, "panicked: boom"},
		{"an observer", []middleware.Option{middleware.WithObserver(func(context.Context, middleware.Outcome) { boom() })}, 404, "the function of WithObserver panicked: boom"},
		{"an observer without a log", []middleware.Option{middleware.WithLogger(nil), middleware.WithObserver(func(context.Context, middleware.Outcome) { boom() })}, 404, ""},
		{"a level", []middleware.Option{middleware.WithLevel(func(middleware.Outcome) slog.Level { boom(); return 0 })}, 404, "the function of WithLevel panicked: boom"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := http.NotFoundHandler()
			if test.name == "a mapper" {
				h = returns(io.EOF)
			}
			onWire(t, h, func(t *testing.T, s *site) {
				r := s.get("/")
				require.Equal(t, test.status, r.StatusCode)
				r.failure(t)
				if test.secondary != "" {
					require.Contains(t, s.one(t)["secondary_error"], test.secondary)
					return
				}
				s.Close()
				line := s.errors.String()
				require.Equal(t, 1, strings.Count(line, "\n"), "%q", line)
				require.Contains(t, line, r.Header.Get("X-Request-Id"))
			}, test.opts...)
		})
	}
}

// A Format that panics costs its form, not the answer.
func TestFormatThatPanics(t *testing.T) {
	logged := newRecords()
	h := middleware.New(apierr.Contract{Name: "bad", Format: badFormat{}}, logTo(logged))
	for name, handler := range map[string]http.Handler{"returned": returns(apierr.Conflict), "held": writes(409, ""), "panicked": panics("boom"), "open": begun(events, "", true, returns(apierr.Conflict))} {
		t.Run(name, func(t *testing.T) {
			for major := range 2 {
				s := serveBare(t, major+1, h(handler), logged)
				r := s.get("/")
				require.NoError(t, r.err)
				body := r.body
				if name == "open" {
					body = strings.TrimPrefix(body, "event: error\ndata: ")
				}
				require.NotEmpty(t, readEnvelope(t, body).Code)
				require.Contains(t, s.one(t)["secondary_error"], "panicked: in Append")
			}
		})
	}
}

type badFormat struct{}

func (badFormat) Name() string        { return "bad" }
func (badFormat) ContentType() string { return "application/bad+json" }
func (badFormat) Append([]byte, *apierr.Error, apierr.Info) ([]byte, error) {
	panic("in Append")
}

// badLog is a slog handler that fails or panics.
type badLog struct {
	slog.Handler
	panics bool
}

func (badLog) Enabled(context.Context, slog.Level) bool { return true }
func (l badLog) Handle(context.Context, slog.Record) error {
	if l.panics {
		panic("boom")
	}
	return errors.New("disk full")
}

// LogHandler adds the IDs at the top level, whatever groups are open, and
// nothing outside a request.
func TestLogHandler(t *testing.T) {
	var b bytes.Buffer
	base := slog.New(middleware.LogHandler(slog.NewJSONHandler(&b, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
			return slog.Attr{}
		}
		return a
	}})))
	const ids = `"request_id":"R","correlation_id":"C"`
	for _, test := range []struct {
		name string
		log  func(context.Context)
		want string
	}{
		{"plain", func(ctx context.Context) { base.InfoContext(ctx, "m", "k", 1) }, `{"msg":"m","k":1,` + ids + `}`},
		{"with attributes", func(ctx context.Context) { base.With("a", 1).InfoContext(ctx, "m") }, `{"msg":"m","a":1,` + ids + `}`},
		{"in a group", func(ctx context.Context) { base.WithGroup("g").InfoContext(ctx, "m", "k", 1) }, `{"msg":"m",` + ids + `,"g":{"k":1}}`},
		{"in groups", func(ctx context.Context) {
			base.With("a", 1).WithGroup("g").With("b", 2).WithGroup("h").InfoContext(ctx, "m", "k", 1)
		}, `{"msg":"m","a":1,` + ids + `,"g":{"b":2,"h":{"k":1}}}`},
		{"in no group", func(ctx context.Context) { base.WithGroup("").InfoContext(ctx, "m") }, `{"msg":"m",` + ids + `}`},
		{"with an ID of its own", func(ctx context.Context) { base.InfoContext(ctx, "m", "request_id", "own") }, `{"msg":"m","request_id":"own"}`},
		{"outside a request", func(context.Context) { base.InfoContext(context.Background(), "m") }, `{"msg":"m"}`},
		{"not enabled", func(ctx context.Context) { base.DebugContext(ctx, "m") }, ``},
	} {
		b.Reset()
		h := middleware.New(apierr.Standard, middleware.WithLogger(nil), middleware.WithTrustedIDs(everyone))
		r := serverRequest()
		r.Header["X-Request-Id"], r.Header["X-Correlation-Id"] = []string{"R"}, []string{"C"}
		h(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { test.log(r.Context()) })).ServeHTTP(&wire{http.Header{}}, r)
		require.Equal(t, test.want, strings.TrimSuffix(b.String(), "\n"), test.name)
	}
	// One logger may serve for both: the record of the request has them once.
	b.Reset()
	middleware.New(apierr.Standard, middleware.WithLogger(base))(http.HandlerFunc(ok)).ServeHTTP(&wire{http.Header{}}, serverRequest())
	var once record
	require.NoError(t, json.Unmarshal(b.Bytes(), &once), "duplicate names are refused")
}
