package middleware_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// showIDs answers with the IDs of the context and of the request's header.
var showIDs = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	io.WriteString(w, strings.Join([]string{apierr.RequestID(ctx), apierr.CorrelationID(ctx), strings.Join(r.Header["X-Correlation-Id"], "|")}, "\n"))
})

func everyone(*http.Request) bool { return true }

// An ID that came in is taken whole or not at all. What is refused appears
// nowhere.
func TestIncomingIDs(t *testing.T) {
	for _, test := range []struct {
		name  string
		lines []string // of the header
		taken bool
	}{
		{"none", nil, false},
		{"one byte", []string{"a"}, true},
		{"every byte that may be", []string{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:+=/@~-"}, true},
		{"a UUID", []string{"0198c0de-0000-7000-8000-000000000000"}, true},
		{"128 bytes", []string{strings.Repeat("x", 128)}, true},
		{"129 bytes", []string{strings.Repeat("x", 129)}, false},
		{"8 KiB", []string{strings.Repeat("x", 8<<10)}, false},
		{"empty", []string{""}, false},
		{"two lines", []string{"a", "b"}, false},
		{"the same twice", []string{"a", "a"}, false},
		{"an empty second line", []string{"a", ""}, false},
		{"a space within", []string{"a b"}, false},
		{"a comma", []string{"a,b"}, false},
		{"quotes", []string{`"a"`}, false},
		{"an angle", []string{"<script>"}, false},
		{"a percent", []string{"%0d%0a"}, false},
		{"a semicolon", []string{"a;b"}, false},
		{"UTF-8", []string{"é"}, false},
		{"bytes that are no UTF-8", []string{"a\xff"}, false},
		{"CR and LF", []string{"a\r\nX-Evil: 1"}, false},
		{"a tab", []string{"a\tb"}, false},
		{"NUL", []string{"a\x00"}, false},
		{"DEL", []string{"a\x7f"}, false},
		{"braces", []string{"${jndi:ldap://x}"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			logged := newRecords()
			h := middleware.New(apierr.Standard, middleware.WithTrustedIDs(everyone), logTo(logged))(showIDs)
			for _, name := range []string{"X-Request-Id", "X-Correlation-Id"} {
				r, w := serverRequest(), httptest.NewRecorder()
				if test.lines != nil {
					r.Header[name] = test.lines
				}
				h.ServeHTTP(w, r)
				shown := strings.SplitN(w.Body.String(), "\n", 3)
				request, correlation := shown[0], shown[1]
				require.Equal(t, []string{request}, w.Header()["X-Request-Id"])
				require.Equal(t, []string{correlation}, w.Header()["X-Correlation-Id"])
				got := map[string]string{"X-Request-Id": request, "X-Correlation-Id": correlation}[name]
				if test.taken {
					require.Equal(t, test.lines[0], got)
				} else {
					require.NoError(t, uuid.Validate(got))
					require.Equal(t, request, correlation)
				}
				if name == "X-Request-Id" {
					require.Equal(t, request, correlation)
				}
				require.Equal(t, correlation, shown[2], "the request carries New's ID, not the client's")
				rec := logged.next(t)
				require.Equal(t, request, rec["request_id"])
				require.Equal(t, correlation, rec["correlation_id"])
			}
		})
	}
}

// On the wire both IDs are there exactly once, however the request ends and
// whatever else sets them.
func TestIDsOnEveryResponse(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["X-Request-Id"] = []string{"upstream-1", "upstream-2"}
		w.Header().Set("X-Correlation-Id", "upstream")
	}))
	defer upstream.Close()
	target, _ := url.Parse(upstream.URL)
	h := byPath{
		"/ok":      http.HandlerFunc(ok),
		"/nothing": http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
		"/204":     writes(204, ""),
		"/304":     writes(304, ""),
		"/302":     writes(302, "", "Location", "/"),
		"/stream":  begun(events, "data: x\n\n", true, returns(apierr.Conflict)),
		"/held":    writes(404, ""),
		"/json":    writes(404, "{}", "Content-Type", "application/json"),
		"/error":   returns(apierr.Conflict),
		"/panic":   panics("boom"),
		"/proxy":   httputil.NewSingleHostReverseProxy(target),
		"/set":     writes(200, "x", "X-Request-Id", "mine", "X-Request-Id", "also mine"),
		"/own":     returns(apierr.Conflict.WithHeader("X-Request-Id", "mine")),
		"/twice":   middleware.New(apierr.Standard)(http.HandlerFunc(ok)),
	}
	onWire(t, h, func(t *testing.T, s *site) {
		seen := map[string]bool{}
		for path := range h {
			r := s.get(path, "X-Request-Id", "client", "X-Correlation-Id", "chain-1")
			require.Len(t, r.Header["X-Request-Id"], 1, path)
			id := r.Header["X-Request-Id"][0]
			require.NoError(t, uuid.Validate(id), path)
			require.Equal(t, uuid.Version(7), uuid.MustParse(id).Version())
			require.Equal(t, uuid.RFC4122, uuid.MustParse(id).Variant())
			require.False(t, seen[id])
			seen[id] = true
			require.Equal(t, []string{"chain-1"}, r.Header["X-Correlation-Id"], path)
		}
	})
}

func TestHeaderNames(t *testing.T) {
	named := func(request, correlation string) apierr.Contract {
		return apierr.Contract{Name: "named", RequestIDHeader: request, CorrelationIDHeader: correlation}
	}
	for _, test := range []struct {
		request, correlation string
		want                 []string // both headers, "" where there is none
	}{
		{"", "", []string{"X-Request-Id", "X-Correlation-Id"}},
		{"x-trace", "x-chain", []string{"X-Trace", "X-Chain"}},
		{apierr.NoHeader, "", []string{"", "X-Correlation-Id"}},
		{"", apierr.NoHeader, []string{"X-Request-Id", ""}},
		{apierr.NoHeader, apierr.NoHeader, []string{"", ""}},
	} {
		w, r := httptest.NewRecorder(), serverRequest()
		r.Header["-"] = []string{"dash"}
		h := middleware.New(named(test.request, test.correlation), middleware.WithLogger(nil), middleware.WithTrustedIDs(everyone))
		h(showIDs).ServeHTTP(w, r)
		ids := strings.SplitN(w.Body.String(), "\n", 3)
		require.NoError(t, uuid.Validate(ids[0]))
		require.NoError(t, uuid.Validate(ids[1]))
		have := 0
		for i, name := range test.want {
			if name != "" {
				have++
				require.Equal(t, []string{ids[i]}, w.Header()[name])
			}
		}
		require.Len(t, w.Header(), have)
	}
}

func TestTrustedIDs(t *testing.T) {
	for _, test := range []struct {
		name      string
		trusted   func(*http.Request) bool
		taken     bool
		secondary string
	}{
		{"nobody by default", nil, false, ""},
		{"trusted", everyone, true, ""},
		{"not trusted", func(*http.Request) bool { return false }, false, ""},
		{"a panic is no trust", func(*http.Request) bool { panic("boom") }, false, "middleware: the function of WithTrustedIDs panicked: boom"},
	} {
		onWire(t, showIDs, func(t *testing.T, s *site) {
			r := s.get("/", "X-Request-Id", "gateway-1")
			require.Equal(t, 200, r.StatusCode)
			require.Equal(t, test.taken, r.Header.Get("X-Request-Id") == "gateway-1", test.name)
			rec := s.one(t)
			require.Equal(t, r.Header.Get("X-Request-Id"), rec["request_id"])
			if test.secondary != "" {
				require.Equal(t, test.secondary, rec["secondary_error"])
				require.Equal(t, "WARN", rec["level"])
			}
		}, middleware.WithTrustedIDs(test.trusted))
	}
}

// The functions of WithRequestID and WithCorrelationID come before everything
// that a request says, and their results are checked like everything else.
func TestIDsOfOptions(t *testing.T) {
	const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
	always := func(id string) func(*http.Request) string { return func(*http.Request) string { return id } }
	request := func(id string) middleware.Option { return middleware.WithRequestID(always(id)) }
	correlation := func(id string) middleware.Option { return middleware.WithCorrelationID(always(id)) }
	trusted := middleware.WithTrustedIDs(everyone)
	boom := func(*http.Request) string { panic("boom") }
	const made = "made" // by New
	for _, test := range []struct {
		name                 string
		opts                 []middleware.Option
		request, correlation string
		secondary            string
	}{
		{"none", nil, made, "chain", ""},
		{"a request ID", []middleware.Option{request("app-1")}, "app-1", "chain", ""},
		{"a request ID before a trusted one", []middleware.Option{request("app-1"), trusted}, "app-1", "chain", ""},
		{"no request ID, a trusted one", []middleware.Option{request(""), trusted}, "client", "chain", ""},
		{"an unsafe request ID", []middleware.Option{request("a b")}, made, "chain", ""},
		{"an unsafe request ID, a trusted one", []middleware.Option{request("a\r\nX: 1"), trusted}, "client", "chain", ""},
		{"a long request ID", []middleware.Option{request(strings.Repeat("x", 129))}, made, "chain", ""},
		{"the last of two", []middleware.Option{request("app-1"), request("app-2")}, "app-2", "chain", ""},
		{"a request ID that panics", []middleware.Option{middleware.WithRequestID(boom)}, made, "chain", "WithRequestID panicked: boom"},
		{"a correlation ID", []middleware.Option{correlation("span-1")}, made, "span-1", ""},
		{"a correlation ID before the trace", []middleware.Option{correlation("span-1"), middleware.WithTraceContext()}, made, "span-1", ""},
		{"no correlation ID", []middleware.Option{correlation("")}, made, "chain", ""},
		{"an unsafe correlation ID", []middleware.Option{correlation("<script>")}, made, "chain", ""},
		{"a correlation ID that panics", []middleware.Option{middleware.WithCorrelationID(boom)}, made, "chain", "WithCorrelationID panicked: boom"},
		{"both", []middleware.Option{request("app-1"), correlation("span-1")}, "app-1", "span-1", ""},
		{"from the request", []middleware.Option{middleware.WithRequestID(func(r *http.Request) string { return "id-" + r.Header.Get("X-Correlation-Id") })}, "id-chain", "chain", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, showIDs, func(t *testing.T, s *site) {
				r := s.get("/", "X-Request-Id", "client", "X-Correlation-Id", "chain", "Traceparent", "00-"+trace+"-00f067aa0ba902b7-01")
				require.Equal(t, 200, r.StatusCode)
				id := r.Header.Get("X-Request-Id")
				if test.request == made {
					require.NoError(t, uuid.Validate(id))
				} else {
					require.Equal(t, test.request, id)
				}
				want := test.correlation
				require.Equal(t, []string{want}, r.Header["X-Correlation-Id"])
				require.Equal(t, strings.Join([]string{id, want, want}, "\n"), r.body)
				rec := s.one(t)
				require.Equal(t, id, rec["request_id"])
				require.Equal(t, want, rec["correlation_id"])
				if test.secondary == "" {
					require.NotContains(t, rec, "secondary_error")
					return
				}
				require.Contains(t, rec["secondary_error"], test.secondary)
				require.Equal(t, "WARN", rec["level"])
			}, test.opts...)
		})
	}
}

// The outermost New alone decides about IDs.
func TestIDsOfOptionsInside(t *testing.T) {
	never := func(*http.Request) string { t.Error("called"); return "inner" }
	h := inside(middleware.WithRequestID(never), middleware.WithCorrelationID(never))(showIDs)
	onWire(t, h, func(t *testing.T, s *site) {
		require.Equal(t, "outer\nchain\nchain", s.get("/").body)
	}, middleware.WithRequestID(func(*http.Request) string { return "outer" }), middleware.WithCorrelationID(func(*http.Request) string { return "chain" }))
}

// A request that goes on to another server carries the IDs of New, once each,
// and nothing of what the client sent for them.
func TestForwardedIDs(t *testing.T) {
	for _, test := range []struct {
		name   string
		header http.Header // as the layers outside New leave it
		want   string      // the correlation ID; "": the request ID
	}{
		{"none", http.Header{}, ""},
		{"of the client", http.Header{"X-Request-Id": {"client"}, "X-Correlation-Id": {"chain"}}, "chain"},
		{"hostile", http.Header{"X-Request-Id": {"${jndi:x}"}, "X-Correlation-Id": {"<script>"}}, ""},
		{"twice", http.Header{"X-Request-Id": {"a", "b"}, "X-Correlation-Id": {"a", "b"}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got http.Header
			upstream := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header }))
			defer upstream.Close()
			target, err := url.Parse(upstream.URL)
			require.NoError(t, err)
			proxy := httputil.NewSingleHostReverseProxy(target)
			for name, h := range map[string]http.Handler{"proxy": proxy, "proxy in a New": inside()(proxy)} {
				w, r := httptest.NewRecorder(), serverRequest()
				r.Header = test.header.Clone()
				middleware.New(apierr.Standard, middleware.WithLogger(nil))(h).ServeHTTP(w, r)
				want := test.want
				if want == "" {
					want = w.Header().Get("X-Request-Id")
				}
				require.NoError(t, uuid.Validate(w.Header().Get("X-Request-Id")), name)
				require.Equal(t, w.Header()["X-Request-Id"], got["X-Request-Id"], name)
				require.Equal(t, []string{want}, got["X-Correlation-Id"], name)
				require.Equal(t, []string{want}, w.Header()["X-Correlation-Id"], name)
			}
		})
	}
}

// The header names of a New inside another are overwritten too, and a contract
// that has no header leaves the client's alone.
func TestForwardedIDsOfNames(t *testing.T) {
	var got http.Header
	see := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header })
	r := serverRequest()
	r.Header = http.Header{"X-V2-Id": {"hostile"}, "X-Request-Id": {"hostile"}, "X-Correlation-Id": {"chain"}}
	w := httptest.NewRecorder()
	middleware.New(apierr.Standard, middleware.WithLogger(nil))(middleware.New(v2)(see)).ServeHTTP(w, r)
	id := w.Header()["X-V2-Id"]
	require.Len(t, id, 1)
	require.Equal(t, http.Header{"X-V2-Id": id, "X-Request-Id": id, "X-Correlation-Id": {"chain"}}, got)

	r.Header = http.Header{"X-V2-Id": {"hostile"}, "X-Correlation-Id": {"theirs"}}
	middleware.New(v2, middleware.WithLogger(nil))(see).ServeHTTP(httptest.NewRecorder(), r)
	require.Equal(t, []string{"theirs"}, got["X-Correlation-Id"])
	require.NotEqual(t, []string{"hostile"}, got["X-V2-Id"])

	r.Header = nil
	middleware.New(apierr.Standard, middleware.WithLogger(nil))(see).ServeHTTP(httptest.NewRecorder(), r)
	require.Empty(t, got)
}

// W3C Trace Context, section 3.2.
func TestTraceContext(t *testing.T) {
	const (
		trace  = "4bf92f3577b34da6a3ce929d0e0e4736"
		parent = "00f067aa0ba902b7"
	)
	for _, test := range []struct {
		name, traceparent string
		taken             bool
	}{
		{"valid", "00-" + trace + "-" + parent + "-01", true},
		{"not sampled", "00-" + trace + "-" + parent + "-00", true},
		{"a later version", "01-" + trace + "-" + parent + "-01", true},
		{"a later version with more", "01-" + trace + "-" + parent + "-01-what", true},
		{"a later version with more, unparted", "01-" + trace + "-" + parent + "-01what", false},
		{"version 00 with more", "00-" + trace + "-" + parent + "-01-what", false},
		{"version ff", "ff-" + trace + "-" + parent + "-01", false},
		{"capitals", "00-" + strings.ToUpper(trace) + "-" + parent + "-01", false},
		{"no hexadecimal", "00-" + strings.Repeat("g", 32) + "-" + parent + "-01", false},
		{"a trace of zeros", "00-" + strings.Repeat("0", 32) + "-" + parent + "-01", false},
		{"a parent of zeros", "00-" + trace + "-" + strings.Repeat("0", 16) + "-01", false},
		{"flags that are none", "00-" + trace + "-" + parent + "-0x", false},
		{"short", "00-" + trace + "-" + parent, false},
		{"other parting", "00_" + trace + "_" + parent + "_01", false},
		{"empty", "", false},
		{"hostile", "00-" + trace + "-" + parent + "-01\r\nX: y", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			correlation := func(header http.Header, opts ...middleware.Option) string {
				w, r := httptest.NewRecorder(), serverRequest()
				r.Header = header.Clone() // New overwrites the ID headers
				middleware.New(apierr.Standard, append(opts, middleware.WithLogger(nil))...)(showIDs).ServeHTTP(w, r)
				require.Equal(t, w.Header().Get("X-Request-Id") != trace, true)
				return w.Header().Get("X-Correlation-Id")
			}
			sent := http.Header{"Traceparent": {test.traceparent}}
			require.Equal(t, test.taken, correlation(sent, middleware.WithTraceContext()) == trace)
			require.NotEqual(t, trace, correlation(sent), "by option only")
			sent["X-Correlation-Id"] = []string{"own"}
			require.Equal(t, "own", correlation(sent, middleware.WithTraceContext()))
			twice := http.Header{"Traceparent": {test.traceparent, test.traceparent}}
			require.NotEqual(t, trace, correlation(twice, middleware.WithTraceContext()))
		})
	}
}

// Propagate hands both IDs on under the names of the contract in force.
func TestPropagate(t *testing.T) {
	got := http.Header{}
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { apierr.Propagate(r.Context(), got) })
	w, r := httptest.NewRecorder(), serverRequest()
	r.Header.Set("X-Correlation-Id", "chain")
	middleware.New(apierr.Standard, middleware.WithLogger(nil))(h).ServeHTTP(w, r)
	require.Equal(t, http.Header{"X-Request-Id": w.Header()["X-Request-Id"], "X-Correlation-Id": {"chain"}}, got)
	clear(got)
	inner := middleware.New(apierr.Contract{Name: "inner", RequestIDHeader: "X-In", CorrelationIDHeader: apierr.NoHeader})
	middleware.New(apierr.Standard, middleware.WithLogger(nil))(inner(h)).ServeHTTP(httptest.NewRecorder(), r)
	require.Len(t, got, 1)
	require.NoError(t, uuid.Validate(got.Get("X-In")))
	h.ServeHTTP(w, r) // outside New nothing happens
}

func logTo(r *records) middleware.Option { return middleware.WithLogger(r.logger()) }
