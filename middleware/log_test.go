package middleware_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
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
				require.Positive(t, rec["duration_ms"])
				require.NotEmpty(t, rec["request_id"])
				require.NotEmpty(t, rec["correlation_id"])
				require.NotEmpty(t, rec["time"])
			})
		})
	}
}

// The cause of a panic is the panic, whatever the contract answers with.
func TestRecordOfPanic_ClosedContract(t *testing.T) {
	oops := &apierr.Error{Code: "OOPS", Status: 500, Message: "Something went wrong"}
	c := apierr.Contract{Name: "closed", Closed: true, Errors: []*apierr.Error{oops}, Mappings: map[*apierr.Error]apierr.Mapping{
		apierr.BadRequest: {Error: oops}, apierr.Internal: {Error: oops},
	}}
	for name, test := range map[string]struct {
		handler http.Handler
		cause   string
	}{
		"a panic":                   {panics("boom"), "panic: boom"},
		"a panic in a stream":       {begun(events, "data: x\n\n", true, panics("boom")), "panic: boom"},
		"an unknown error":          {returns(errors.New("db down")), "db down"},
		"Internal with a cause":     {returns(apierr.Internal.Wrap(errors.New("db down"))), "db down"},
		"another error of failwell": {returns(apierr.Unavailable.Wrap(errors.New("db down"))), "SERVICE_UNAVAILABLE: " + apierr.Unavailable.Message + ": db down"},
	} {
		logged := newRecords()
		s := serveBare(t, 1, middleware.New(c, logTo(logged))(test.handler), logged)
		s.get("/")
		rec := s.one(t)
		require.Equal(t, "OOPS", rec["code"], name)
		require.Equal(t, test.cause, rec["cause"], name)
	}
}

// The record of a rejected request names the fields at fault and their rules,
// and neither values nor parameters nor messages.
func TestViolations(t *testing.T) {
	broken := func(v ...apierr.Violation) http.Handler { return returns(apierr.InvalidBody.WithViolations(v...)) }
	secret := apierr.Violation{Path: "email", Rule: "email", Param: "secret", Message: "secret is no address"}
	var many []apierr.Violation
	for i := range 40 {
		many = append(many, apierr.Violation{Path: fmt.Sprintf("items[%d].name", i), Rule: "required"})
	}
	long := apierr.Violation{Path: strings.Repeat("é", 1000), Rule: strings.Repeat("r", 1000), In: strings.Repeat("i", 1000)}
	for _, test := range []struct {
		name    string
		handler http.Handler
		want    []any // nil: no attribute
	}{
		{"none", broken(), nil},
		{"another failure", returns(apierr.Conflict), nil},
		{"one", broken(secret), []any{"email email"}},
		{"two", broken(secret, apierr.Violation{Path: "age", Rule: "min", Param: "18"}), []any{"email email", "age min"}},
		{"of the query", broken(apierr.Violation{In: "query", Path: "limit", Rule: "max"}), []any{"query limit max"}},
		{"of the whole body", broken(apierr.Violation{Path: "$", Rule: "type"}), []any{"$ type"}},
		{"16", broken(many[:16]...), all(many[:16])},
		{"17", broken(many[:17]...), append(all(many[:16]), "1 more")},
		{"40", broken(many...), append(all(many[:16]), "24 more")},
		{"long", broken(long), []any{strings.Repeat("i", 64) + " " + strings.Repeat("é", 64) + " " + strings.Repeat("r", 64)}},
		{"hostile", broken(apierr.Violation{Path: "a\nlevel=ERROR", Rule: "unknown"}), []any{"a\nlevel=ERROR unknown"}},
		{"wrapped", returns(fmt.Errorf("binding: %w", apierr.InvalidBody.WithViolations(secret))), []any{"email email"}},
		{"under another contract", inside()(broken(secret)), []any{"email email"}},
		{"after the response has begun", begun(events, "data: x\n\n", true, broken(secret)), []any{"email email"}},
	} {
		onWire(t, test.handler, func(t *testing.T, s *site) {
			s.get("/")
			rec := s.one(t)
			require.NotContains(t, fmt.Sprint(rec), "secret", test.name)
			if test.want == nil {
				require.NotContains(t, rec, "violations", test.name)
			} else {
				require.Equal(t, test.want, rec["violations"], test.name)
			}
		})
	}
}

func all(violations []apierr.Violation) (rules []any) {
	for _, v := range violations {
		rules = append(rules, v.Path+" "+v.Rule)
	}
	return rules
}

// The table of attributes in the package comment is the truth: every attribute
// of a record is in it with its type, and a record exists for every line of it.
func TestAttributeTable(t *testing.T) {
	var comment string
	for _, file := range packageFiles(t) {
		comment += file.Doc.Text()
	}
	documented := map[string]string{}
	for _, line := range regexp.MustCompile(`(?m)^\t([a-z_]+) +(string|int|float|bool|list)\b`).FindAllStringSubmatch(comment, -1) {
		documented[line[1]] = line[2]
	}
	require.Len(t, documented, 17)
	hijacks := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	})
	s := serve(t, 1, muxOf(map[string]http.Handler{
		"/ok":       http.HandlerFunc(ok),
		"/hijack":   hijacks,
		"/panic":    begun("text/csv", "a,b\n", true, panics("boom")),
		"/broken":   returns(apierr.InvalidBody.WithViolations(apierr.Violation{Path: "a", Rule: "b"})),
		"/twice":    returns(apierr.Conflict.With("f", func() {}).Wrap(io.EOF)),
		"/short":    writes(200, "x", "Content-Length", "2"),
		"/cut-body": reads,
	}))
	for _, path := range []string{"/ok", "/hijack", "/panic", "/broken", "/twice", "/short"} {
		s.do("POST", path, "") // not GET, which the client may send twice
	}
	left := s.raw("POST /cut-body HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n[1,")
	left.Close()
	found := map[string]bool{}
	for range 7 {
		for key, value := range s.log.next(t) {
			if key == "time" || key == "level" || key == "msg" {
				continue
			}
			found[key] = true
			switch value.(type) {
			case string:
				require.Equal(t, "string", documented[key], key)
			case bool:
				require.Equal(t, "bool", documented[key], key)
			case []any:
				require.Equal(t, "list", documented[key], key)
			case float64:
				require.Contains(t, []string{"int", "float"}, documented[key], key)
			}
		}
	}
	require.Len(t, found, len(documented), "%v", found)
}

func muxOf(handlers map[string]http.Handler) http.Handler {
	mux := http.NewServeMux()
	for path, h := range handlers {
		mux.Handle(path, h)
	}
	return mux
}

// A skipped request has no record unless it fails. The observer sees it.
func TestSkipLog(t *testing.T) {
	skip := func(*http.Request) bool { return true }
	for _, test := range []struct {
		name    string
		handler http.Handler
		skip    func(*http.Request) bool
		opts    []middleware.Option
		level   string // of the record, "": none
	}{
		{"a success", http.HandlerFunc(ok), skip, nil, ""},
		{"nothing said", silent, skip, nil, ""},
		{"a redirect", writes(302, "", "Location", "/"), skip, nil, ""},
		{"not skipped", http.HandlerFunc(ok), func(*http.Request) bool { return false }, nil, "INFO"},
		{"by the path", http.HandlerFunc(ok), func(r *http.Request) bool { return r.URL.Path == "/healthz" }, nil, ""},
		{"by the ID", http.HandlerFunc(ok), func(r *http.Request) bool { return apierr.RequestID(r.Context()) != "" }, nil, ""},
		{"by the route", muxWith("GET /healthz", http.HandlerFunc(ok)), func(r *http.Request) bool { return r.Pattern == "GET /healthz" }, nil, ""},
		{"a 4xx", returns(apierr.NotFound), skip, nil, "INFO"},
		{"a 5xx", returns(apierr.Unavailable), skip, nil, "ERROR"},
		{"a failure of its own", writes(404, "{}", "Content-Type", "application/json"), skip, nil, "INFO"},
		{"a panic", panics("boom"), skip, nil, "ERROR"},
		{"an abort", panics(http.ErrAbortHandler), skip, nil, "WARN"},
		{"a failure in a stream", begun(events, "data: x\n\n", true, returns(apierr.Conflict)), skip, nil, "INFO"},
		{"a short body", writes(200, "x", "Content-Length", "2"), skip, nil, "WARN"},
		{"a secondary error", http.HandlerFunc(ok), skip, []middleware.Option{middleware.WithRoute(func(*http.Request) string { panic("boom") })}, "WARN"},
		{"slow", http.HandlerFunc(ok), skip, []middleware.Option{middleware.WithSlow(1)}, "WARN"},
		{"a level of warn", http.HandlerFunc(ok), skip, []middleware.Option{middleware.WithLevel(func(middleware.Outcome) slog.Level { return slog.LevelWarn })}, "WARN"},
		{"a panic of the function", http.HandlerFunc(ok), func(*http.Request) bool { panic("boom") }, nil, "WARN"},
		{"in a New, whose function is not asked", inside(middleware.WithSkipLog(skip))(http.HandlerFunc(ok)), func(*http.Request) bool { return false }, nil, "INFO"},
	} {
		t.Run(test.name, func(t *testing.T) {
			observed := 0
			opts := append([]middleware.Option{
				middleware.WithSkipLog(test.skip),
				middleware.WithObserver(func(context.Context, middleware.Outcome) { observed++ }),
			}, test.opts...)
			onWire(t, test.handler, func(t *testing.T, s *site) {
				observed = 0
				s.get("/healthz")
				s.Close() // waits for the handler
				require.Equal(t, 1, observed)
				if test.level == "" {
					require.Empty(t, s.log.come)
					return
				}
				require.Equal(t, test.level, s.one(t)["level"])
			}, opts...)
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
		{"of the user", levels(returns(apierr.Internal), debug), "DEBUG"},
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

// The observer is called once for each request, with the content of the record.
func TestObserver(t *testing.T) {
	var observed []middleware.Outcome
	observe := middleware.WithObserver(func(ctx context.Context, o middleware.Outcome) {
		require.Equal(t, o.RequestID, apierr.RequestID(ctx))
		observed = append(observed, o)
	})
	cause := errors.New("row 7")
	mux := muxWith("GET /x", returns(apierr.Conflict.Wrap(cause)))
	onWire(t, mux, func(t *testing.T, s *site) {
		observed = nil
		r := s.get("/x")
		rec := s.one(t)
		require.Len(t, observed, 2, "both observers, in order")
		o := observed[0]
		require.Equal(t, o, observed[1])
		require.Positive(t, o.Duration)
		require.Equal(t, apierr.Conflict.Code, o.Error.Code)
		require.ErrorIs(t, o.Cause, cause)
		require.Equal(t, rec["request_id"], o.RequestID)
		logged, err := time.Parse(time.RFC3339Nano, rec["time"].(string))
		require.NoError(t, err)
		require.True(t, logged.Equal(o.Time), "the time of the record")
		o.Duration, o.Time, o.Error, o.Cause = 0, time.Time{}, nil, nil
		require.Equal(t, middleware.Outcome{
			Method: "GET", Route: "/x", Path: "/x", Status: 409, Bytes: int64(len(r.body)), Declared: true,
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
