package telemetry_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/telemetry"
)

const (
	clientTrace = "0af7651916cd43dd8448eb211c80319c"
	clientSpan  = "b7ad6b7169203331"
	traceparent = "00-" + clientTrace + "-" + clientSpan + "-01"
)

func request(method, target string, header ...string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

// What a span has before the handler runs, for samplers, and what a client can
// put into it.
func TestSpanOfRequest(t *testing.T) {
	long := strings.Repeat("x", 1000)
	for _, test := range []struct {
		name    string
		request *http.Request
		change  func(*http.Request)
		want    map[string]string // "": must not be there
	}{
		{"the request", request("GET", "http://example.com:8080/users/7", "User-Agent", "agent/1.0"), nil, map[string]string{
			"http.request.method": "GET", "http.request.method_original": "", "url.scheme": "http", "url.path": "/users/7", "url.query": "",
			"server.address": "example.com", "server.port": "8080", "network.protocol.version": "1.1",
			"network.peer.address": "192.0.2.1", "network.peer.port": "1234", "client.address": "192.0.2.1", "user_agent.original": "agent/1.0",
		}},
		{"no query", request("GET", "/users?key=secret"), nil, map[string]string{"url.path": "/users", "url.query": "", "url.full": ""}},
		{"an escaped path", request("GET", "/a%2Fb%0A"), nil, map[string]string{"url.path": "/a%2Fb%0A"}},
		{"TLS", request("GET", "https://example.com/"), nil, map[string]string{"url.scheme": "https", "server.port": ""}},
		{"HTTP/1.0", request("GET", "/"), func(r *http.Request) { r.ProtoMajor, r.ProtoMinor = 1, 0 }, map[string]string{"network.protocol.version": "1.0"}},
		{"HTTP/1.7", request("GET", "/"), func(r *http.Request) { r.ProtoMajor, r.ProtoMinor = 1, 7 }, map[string]string{"network.protocol.version": "1.1"}},
		{"HTTP/2", request("GET", "/"), func(r *http.Request) { r.ProtoMajor, r.ProtoMinor = 2, 0 }, map[string]string{"network.protocol.version": "2"}},
		{"HTTP/3", request("GET", "/"), func(r *http.Request) { r.ProtoMajor, r.ProtoMinor = 3, 0 }, map[string]string{"network.protocol.version": "3"}},
		{"HTTP/9", request("GET", "/"), func(r *http.Request) { r.ProtoMajor, r.ProtoMinor = 9, 0 }, map[string]string{"network.protocol.version": ""}},
		{"an unknown method", request("BREW", "/"), nil, map[string]string{"http.request.method": "_OTHER", "http.request.method_original": "BREW"}},
		{"a method in lower case", request("get", "/"), nil, map[string]string{"http.request.method": "_OTHER", "http.request.method_original": "get"}},
		{"QUERY", request("QUERY", "/"), nil, map[string]string{"http.request.method": "QUERY"}},
		{"headers of proxies", request("GET", "/", "X-Forwarded-For", "6.6.6.6", "Forwarded", "for=6.6.6.6;host=evil;proto=https", "X-Forwarded-Host", "evil", "X-Forwarded-Proto", "https"), nil, map[string]string{
			"client.address": "192.0.2.1", "server.address": "example.com", "url.scheme": "http",
		}},
		{"IPv6", request("GET", "/"), func(r *http.Request) { r.Host, r.RemoteAddr = "[::1]:80", "[2001:db8::1]:99" }, map[string]string{
			"server.address": "::1", "server.port": "80", "network.peer.address": "2001:db8::1", "network.peer.port": "99",
		}},
		{"IPv6 without a port", request("GET", "/"), func(r *http.Request) { r.Host = "[::1]" }, map[string]string{"server.address": "::1", "server.port": ""}},
		{"a port that is none", request("GET", "/"), func(r *http.Request) { r.Host = "example.com:99999" }, map[string]string{"server.address": "example.com", "server.port": ""}},
		{"a Unix socket", request("GET", "/"), func(r *http.Request) { r.RemoteAddr = "@" }, map[string]string{"network.peer.address": "@", "network.peer.port": ""}},
		{"no addresses", request("GET", "/"), func(r *http.Request) { r.Host, r.RemoteAddr = "", "" }, map[string]string{"server.address": "", "network.peer.address": "", "client.address": ""}},
		{"no agent", request("GET", "/"), nil, map[string]string{"user_agent.original": ""}},
		{"all too long", request(long, "/"+long, "User-Agent", long), func(r *http.Request) { r.Host = long }, map[string]string{
			"http.request.method_original": long[:32], "url.path": "/" + long[:511], "user_agent.original": long[:256], "server.address": long[:255],
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.change != nil {
				test.change(test.request)
			}
			seen := map[string]string{}
			b := newBackend(t, sdktrace.WithSampler(sampler(func(p sdktrace.SamplingParameters) { seen = attrs(p.Attributes) })))
			call(http.HandlerFunc(ok), test.request, b.instrument())
			for key, want := range test.want {
				require.Equal(t, want, seen[key], key)
				require.Equal(t, want, attrs(b.span(t).Attributes())[key], key)
			}
		})
	}
}

// sampler samples everything and shows what it was asked about.
type sampler func(sdktrace.SamplingParameters)

func (s sampler) Description() string { return "all" }
func (s sampler) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	s(p)
	return sdktrace.AlwaysSample().ShouldSample(p)
}

// The name has no path: a client could make any number of names.
func TestSpanName(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/users/{id}", ok)
	for _, test := range []struct {
		request *http.Request
		want    string
	}{
		{request("GET", "/users/7"), "GET /users/{id}"},
		{request("GET", "/nowhere/7"), "GET"},
		{request("BREW", "/users/7"), "HTTP /users/{id}"},
		{request("BREW", "/nowhere/7"), "HTTP"},
	} {
		b := newBackend(t)
		call(mux, test.request, b.instrument())
		require.Equal(t, test.want, b.span(t).Name())
	}
}

// The trace of the client is continued, unless the endpoint is public: then it is
// linked.
func TestSpanParent(t *testing.T) {
	public := telemetry.WithPublicEndpoint(func(*http.Request) bool { return true })
	for _, test := range []struct {
		name   string
		header []string
		opts   []telemetry.Option
		parent bool // the client's span
		links  int
	}{
		{"no trace", nil, nil, false, 0},
		{"a trace", []string{"Traceparent", traceparent}, nil, true, 0},
		{"a broken one", []string{"Traceparent", "00-xyz"}, nil, false, 0},
		{"a public endpoint", []string{"Traceparent", traceparent}, []telemetry.Option{public}, false, 1},
		{"a public endpoint, no trace", nil, []telemetry.Option{public}, false, 0},
		{"an endpoint that is not public", []string{"Traceparent", traceparent}, []telemetry.Option{telemetry.WithPublicEndpoint(func(*http.Request) bool { return false })}, true, 0},
		{"a propagator that reads nothing", []string{"Traceparent", traceparent}, []telemetry.Option{telemetry.WithPropagator(propagation.Baggage{})}, false, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBackend(t)
			var handled trace.SpanContext
			call(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { handled = trace.SpanContextFromContext(r.Context()) }),
				request("GET", "/", test.header...), b.instrument(test.opts...))
			span := b.span(t)
			require.Equal(t, span.SpanContext(), handled, "the handler is in the span")
			require.Equal(t, test.parent, span.Parent().IsValid())
			require.Equal(t, test.parent, span.SpanContext().TraceID().String() == clientTrace)
			if test.parent {
				require.Equal(t, clientSpan, span.Parent().SpanID().String())
			}
			require.Len(t, span.Links(), test.links)
			for _, link := range span.Links() {
				require.Equal(t, clientSpan, link.SpanContext.SpanID().String())
			}
		})
	}
}

// A trace that the client has not sampled is not sampled, and is propagated.
func TestSpanUnsampled(t *testing.T) {
	b := newBackend(t)
	var handled trace.SpanContext
	call(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { handled = trace.SpanContextFromContext(r.Context()) }),
		request("GET", "/", "Traceparent", strings.TrimSuffix(traceparent, "1")+"0"), b.instrument())
	require.Empty(t, b.spans.Ended())
	require.Equal(t, clientTrace, handled.TraceID().String())
	require.EqualValues(t, 1, b.duration(t).Count, "metrics are not sampled")
}

// Without spans there are metrics, and without metrics spans.
func TestProvidersThatDoNothing(t *testing.T) {
	b := newBackend(t)
	var handled trace.SpanContext
	call(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { handled = trace.SpanContextFromContext(r.Context()) }),
		request("GET", "/", "Traceparent", traceparent), b.instrument(telemetry.WithTracerProvider(tracenoop.NewTracerProvider())))
	require.Equal(t, clientSpan, handled.SpanID().String(), "the trace of the client goes on")
	require.Empty(t, b.spans.Ended())
	require.EqualValues(t, 1, b.duration(t).Count)

	b = newBackend(t)
	call(http.HandlerFunc(ok), request("GET", "/"), b.instrument(telemetry.WithMeterProvider(noop.NewMeterProvider())))
	require.Empty(t, b.metrics(t))
	require.Equal(t, "GET", b.span(t).Name())
}

// Where otelhttp stands outside New, its span is completed and no other is
// started.
func TestInsideOtelhttp(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ok/{id}", ok)
	mux.Handle("GET /taken", returns(taken))
	mux.Handle("GET /busy", returns(busy.Wrap(errors.New("the pool is empty"))))
	mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("boom") })
	mux.HandleFunc("GET /export", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		http.NewResponseController(w).Flush()
		returns(lost).ServeHTTP(w, r)
	})
	for _, test := range []struct {
		path, name string
		status     codes.Code
		want       map[string]string
	}{
		{"/ok/7", "GET /ok/{id}", codes.Unset, map[string]string{"http.route": "/ok/{id}", "http.response.status_code": "200", "error.type": "", "failwell.error.code": ""}},
		{"/nowhere", "GET", codes.Unset, map[string]string{"http.route": "", "http.response.status_code": "404", "failwell.error.code": "RESOURCE_NOT_FOUND"}},
		{"/taken", "GET /taken", codes.Unset, map[string]string{"http.response.status_code": "409", "error.type": "", "failwell.error.code": "NAME_TAKEN"}},
		{"/busy", "GET /busy", codes.Error, map[string]string{"http.response.status_code": "503", "error.type": "BUSY", "failwell.error.code": "BUSY"}},
		{"/panic", "GET /panic", codes.Error, map[string]string{"http.response.status_code": "500", "error.type": "INTERNAL_SERVER_ERROR"}},
		{"/export", "GET /export", codes.Error, map[string]string{"http.response.status_code": "200", "error.type": "EXPORT_LOST"}},
	} {
		t.Run(test.path, func(t *testing.T) {
			b := newBackend(t)
			h := middleware.New(contract, silently, b.instrument(), middleware.WithCorrelationID(telemetry.TraceID))(mux)
			h = otelhttp.NewHandler(h, "", otelhttp.WithTracerProvider(b.tracers), otelhttp.WithMeterProvider(noop.NewMeterProvider()), otelhttp.WithPropagators(propagation.TraceContext{}))
			w := httptest.NewRecorder()
			h.ServeHTTP(w, request("GET", test.path, "Traceparent", traceparent))
			span := b.span(t)
			require.Equal(t, clientSpan, span.Parent().SpanID().String())
			require.Equal(t, test.name, span.Name())
			require.Equal(t, test.status, span.Status().Code)
			require.Empty(t, span.Events())
			got := attrs(span.Attributes())
			for key, want := range test.want {
				require.Equal(t, want, got[key], key)
			}
			require.Equal(t, w.Header().Get("X-Request-Id"), got["failwell.request.id"])
			require.Equal(t, clientTrace, w.Header().Get("X-Correlation-Id"))
			require.Equal(t, clientTrace, got["failwell.correlation.id"])
			require.EqualValues(t, 1, b.duration(t).Count, "the only metric")
		})
	}
}

// A span that is not the request's is its parent; one of a server that is not
// sampled is the request's all the same.
func TestSpanOutside(t *testing.T) {
	for _, test := range []struct {
		name string
		kind trace.SpanKind
		opts []sdktrace.TracerProviderOption
		own  bool // a span of the request is started
		want int  // spans that end with the request
	}{
		{"of a server", trace.SpanKindServer, nil, false, 0},
		{"of a server, unsampled", trace.SpanKindServer, []sdktrace.TracerProviderOption{sdktrace.WithSampler(sdktrace.NeverSample())}, false, 0},
		{"of the program", trace.SpanKindInternal, nil, true, 1},
		{"of a consumer", trace.SpanKindConsumer, nil, true, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBackend(t, test.opts...)
			ctx, outside := b.tracers.Tracer("test").Start(context.Background(), "outside", trace.WithSpanKind(test.kind))
			var handled trace.SpanContext
			call(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { handled = trace.SpanContextFromContext(r.Context()) }),
				request("GET", "/").WithContext(ctx), b.instrument())
			require.Len(t, b.spans.Ended(), test.want)
			require.Equal(t, !test.own, handled.Equal(outside.SpanContext()))
			require.Equal(t, outside.SpanContext().TraceID(), handled.TraceID())
			outside.End()
		})
	}
}

// A trace that a layer outside has read from the request is the parent, and no
// span to complete.
func TestSpanRemoteOutside(t *testing.T) {
	b := newBackend(t)
	r := request("GET", "/", "Traceparent", traceparent)
	r = r.WithContext(propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header)))
	call(http.HandlerFunc(ok), r, b.instrument(telemetry.WithPropagator(propagation.Baggage{})))
	require.Equal(t, clientSpan, b.span(t).Parent().SpanID().String())
}

// The trace of the request is its correlation ID.
func TestTraceID(t *testing.T) {
	correlated := middleware.WithCorrelationID(telemetry.TraceID)
	b := newBackend(t)
	w := call(http.HandlerFunc(ok), request("GET", "/"), b.instrument(), correlated)
	require.Equal(t, b.span(t).SpanContext().TraceID().String(), w.Header().Get("X-Correlation-Id"), "of the span that was just started")

	w = call(http.HandlerFunc(ok), request("GET", "/", "Traceparent", traceparent), newBackend(t).instrument(), correlated)
	require.Equal(t, clientTrace, w.Header().Get("X-Correlation-Id"))

	w = call(http.HandlerFunc(ok), request("GET", "/", "X-Correlation-Id", "order-7"), correlated)
	require.Equal(t, "order-7", w.Header().Get("X-Correlation-Id"), "without a span, as without the option")
	require.Empty(t, telemetry.TraceID(request("GET", "/")))
}

// A New inside another one records nothing.
func TestNewInNew(t *testing.T) {
	outer, inner := newBackend(t), newBackend(t)
	call(middleware.New(contract, inner.instrument())(returns(taken)), request("GET", "/"), outer.instrument())
	require.Equal(t, "NAME_TAKEN", attrs(outer.span(t).Attributes())["failwell.error.code"])
	require.Empty(t, inner.spans.Ended())
	require.Empty(t, inner.durations(t))
}
