package telemetry_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/telemetry"
)

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// backend keeps what the SDK is given.
type backend struct {
	spans   *tracetest.SpanRecorder
	tracers *sdktrace.TracerProvider
	reader  *sdkmetric.ManualReader
	meters  *sdkmetric.MeterProvider
	records *records
	loggers *sdklog.LoggerProvider
}

func newBackend(t testing.TB, opts ...sdktrace.TracerProviderOption) *backend {
	b := &backend{spans: tracetest.NewSpanRecorder(), reader: sdkmetric.NewManualReader(), records: new(records)}
	b.tracers = sdktrace.NewTracerProvider(append(opts, sdktrace.WithSpanProcessor(b.spans))...)
	b.meters = sdkmetric.NewMeterProvider(sdkmetric.WithReader(b.reader))
	b.loggers = sdklog.NewLoggerProvider(sdklog.WithProcessor(b.records))
	t.Cleanup(func() {
		ctx := context.Background()
		require.NoError(t, b.tracers.Shutdown(ctx))
		require.NoError(t, b.meters.Shutdown(ctx))
		require.NoError(t, b.loggers.Shutdown(ctx))
	})
	return b
}

// instrument is Instrument with the providers of b.
func (b *backend) instrument(opts ...telemetry.Option) middleware.Option {
	return telemetry.Instrument(append([]telemetry.Option{
		telemetry.WithTracerProvider(b.tracers),
		telemetry.WithMeterProvider(b.meters),
		telemetry.WithLoggerProvider(b.loggers),
		telemetry.WithPropagator(propagation.TraceContext{}),
	}, opts...)...)
}

// metrics returns the data of all scopes by the names of the instruments.
func (b *backend) metrics(t testing.TB) map[string]metricdata.Metrics {
	t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(t, b.reader.Collect(context.Background(), &all))
	found := map[string]metricdata.Metrics{}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			found[m.Name] = m
		}
	}
	return found
}

const (
	durationName = "http.server.request.duration"
	activeName   = "http.server.active_requests"
)

// durations returns the data points of http.server.request.duration.
func (b *backend) durations(t testing.TB) []metricdata.HistogramDataPoint[float64] {
	t.Helper()
	m, ok := b.metrics(t)[durationName]
	if !ok {
		return nil
	}
	return m.Data.(metricdata.Histogram[float64]).DataPoints
}

// duration returns the only data point of http.server.request.duration.
func (b *backend) duration(t testing.TB) metricdata.HistogramDataPoint[float64] {
	t.Helper()
	points := b.durations(t)
	require.Len(t, points, 1)
	return points[0]
}

// span returns the only span that has ended.
func (b *backend) span(t testing.TB) sdktrace.ReadOnlySpan {
	t.Helper()
	require.Len(t, b.spans.Ended(), 1)
	return b.spans.Ended()[0]
}

// attrs returns attributes by key, their values as text.
func attrs(kvs []attribute.KeyValue) map[string]string {
	m := make(map[string]string, len(kvs))
	for _, kv := range kvs {
		m[string(kv.Key)] = kv.Value.String()
	}
	return m
}

// records is a log processor that keeps what it is given.
type records struct {
	mu  sync.Mutex
	off bool
	all []sdklog.Record
}

func (r *records) Enabled(context.Context, sdklog.EnabledParameters) bool { return !r.off }
func (r *records) Shutdown(context.Context) error                         { return nil }
func (r *records) ForceFlush(context.Context) error                       { return nil }
func (r *records) OnEmit(_ context.Context, rec *sdklog.Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, rec.Clone())
	return nil
}

func (r *records) taken() []sdklog.Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all
}

func recordAttrs(rec sdklog.Record) map[string]string {
	var kvs []attribute.KeyValue
	rec.WalkAttributes(func(kv attribute.KeyValue) bool { kvs = append(kvs, kv); return true })
	return attrs(kvs)
}

// contract is the contract of the tests.
var (
	taken = &apierr.Error{Code: "NAME_TAKEN", Status: 409, Message: "The name is taken"}
	busy  = &apierr.Error{Code: "BUSY", Status: 503, Message: "Try again later"}
	lost  = &apierr.Error{Code: "EXPORT_LOST", Status: 500, Message: "The export is lost"}

	contract = apierr.Contract{Name: "tests", Errors: []*apierr.Error{taken, busy, lost}}
)

var silently = middleware.WithLogger(nil)

// returns is a handler that fails with err.
func returns(err error) http.Handler {
	return apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return err })
}

// serve serves h on the loopback; the returned function waits until the requests
// have ended.
func serve(t testing.TB, h http.Handler, configure func(*http.Server)) (url string, wait func()) {
	t.Helper()
	var under sync.WaitGroup
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		under.Add(1)
		defer under.Done()
		h.ServeHTTP(w, r)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	if configure != nil {
		configure(s.Config)
	}
	s.Start()
	t.Cleanup(s.Close)
	return s.URL, func() { s.Close(); under.Wait() }
}

// call sends one request through a New with the options, without a server.
func call(h http.Handler, r *http.Request, opts ...middleware.Option) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	middleware.New(contract, append([]middleware.Option{silently}, opts...)...)(h).ServeHTTP(w, r)
	return w
}

// ok answers with a success.
func ok(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") }

// instrumented wraps h in a New whose requests b records.
func instrumented(b *backend, h http.Handler, opts ...telemetry.Option) http.Handler {
	return middleware.New(contract, silently, b.instrument(opts...))(h)
}

func pointAttrs(p metricdata.HistogramDataPoint[float64]) map[string]string {
	return attrs(p.Attributes.ToSlice())
}
