package telemetry_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/telemetry"
)

// error.type separates a panic from a bad client: only failures of the server
// have it.
func ExampleInstrument() {
	reader := sdkmetric.NewManualReader() // in production an exporter's
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("boom") })
	handler := middleware.New(apierr.Standard,
		telemetry.Instrument(telemetry.WithMeterProvider(meters)),
		middleware.WithCorrelationID(telemetry.TraceID),
		middleware.WithLogger(nil),
	)(mux)
	for _, path := range []string{"/nowhere", "/panic"} {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}

	var all metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &all); err != nil {
		fmt.Println(err)
	}
	for _, m := range all.ScopeMetrics[0].Metrics {
		if data, ok := m.Data.(metricdata.Histogram[float64]); ok {
			for _, p := range data.DataPoints {
				for _, kv := range p.Attributes.ToSlice() {
					fmt.Printf("%s=%s ", kv.Key, kv.Value.String())
				}
				fmt.Println(p.Count)
			}
		}
	}
	// Unordered output:
	// failwell.error.code=RESOURCE_NOT_FOUND http.request.method=GET http.response.status_code=404 network.protocol.version=1.1 url.scheme=http 1
	// error.type=INTERNAL_SERVER_ERROR http.request.method=GET http.response.status_code=500 http.route=/panic network.protocol.version=1.1 url.scheme=http 1
}
