package telemetry_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/telemetry"
)

// wire is a ResponseWriter that keeps nothing and has the optional interfaces of
// net/http's HTTP/1 one, so that no recorder is in the numbers.
type wire struct {
	discard
}

func (w *wire) Flush()                              {}
func (w *wire) WriteString(s string) (int, error)   { return len(s), nil }
func (w *wire) ReadFrom(r io.Reader) (int64, error) { return io.Copy(io.Discard, r) }

var jsonType = []string{"application/json"}

// item answers as the handlers of the stack benchmark do.
func item(w http.ResponseWriter, _ *http.Request) {
	w.Header()["Content-Type"] = jsonType
	io.WriteString(w, `{"ok":"true"}`)
}

// serverRequest is a request with a context as deep as the server's.
func serverRequest() *http.Request {
	r := httptest.NewRequest("GET", "/item", nil)
	ctx := context.WithValue(context.Background(), http.ServerContextKey, &http.Server{})
	ctx = context.WithValue(ctx, http.LocalAddrContextKey, net.Addr(&net.TCPAddr{}))
	r = r.WithContext(ctx)
	r.Header.Set("User-Agent", "bench/1.0")
	r.Header.Set("Traceparent", traceparent)
	return r
}

// layers are what is measured: otelhttp, and New with Instrument; New alone shows
// the part of Instrument. Each pair has the same providers.
func layers(t testing.TB) (names []string, handlers map[string]http.Handler) {
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()))
	t.Cleanup(func() { require.NoError(t, meters.Shutdown(context.Background())) })
	sampled := sdktrace.NewTracerProvider()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /item", item)
	handlers = map[string]http.Handler{
		"bare": mux,
		"New":  middleware.New(contract, silently)(mux),
	}
	names = []string{"bare", "New"}
	for _, tracers := range []struct {
		name     string
		provider trace.TracerProvider
	}{{"metrics", noop.NewTracerProvider()}, {"metrics and spans", sampled}} {
		handlers["otelhttp, "+tracers.name] = otelhttp.NewHandler(mux, "", otelhttp.WithTracerProvider(tracers.provider),
			otelhttp.WithMeterProvider(meters), otelhttp.WithPropagators(propagation.TraceContext{}))
		handlers["New and Instrument, "+tracers.name] = middleware.New(contract, silently, telemetry.Instrument(telemetry.WithTracerProvider(tracers.provider),
			telemetry.WithMeterProvider(meters), telemetry.WithPropagator(propagation.TraceContext{})))(mux)
		names = append(names, "otelhttp, "+tracers.name, "New and Instrument, "+tracers.name)
	}
	return names, handlers
}

func BenchmarkBesideOtelhttp(b *testing.B) {
	names, handlers := layers(b)
	for _, name := range names {
		b.Run(name, func(b *testing.B) {
			h, w, template, r := handlers[name], &wire{discard{make(http.Header, 8)}}, serverRequest(), new(http.Request)
			b.ReportAllocs()
			for b.Loop() {
				*r = *template
				clear(w.header)
				h.ServeHTTP(w, r)
			}
		})
	}
}

// New and Instrument together make fewer allocations than otelhttp alone.
func TestAllocations(t *testing.T) {
	names, handlers := layers(t)
	allocs := map[string]float64{}
	for _, name := range names {
		h, w, template, r := handlers[name], &wire{discard{make(http.Header, 8)}}, serverRequest(), new(http.Request)
		allocs[name] = testing.AllocsPerRun(200, func() {
			*r = *template
			clear(w.header)
			h.ServeHTTP(w, r)
		})
		t.Logf("%-40s %.0f", name, allocs[name])
	}
	for _, with := range []string{"metrics", "metrics and spans"} {
		require.Less(t, allocs["New and Instrument, "+with], allocs["otelhttp, "+with])
	}
}
