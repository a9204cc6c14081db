package telemetry

import (
	"net/http"

	"go.opentelemetry.io/otel/trace"
)

// TraceID returns the trace ID of the request in hexadecimal, for
// middleware.WithCorrelationID, so that the correlation ID of a request is its
// trace:
//
//	middleware.New(contract, telemetry.Instrument(), middleware.WithCorrelationID(telemetry.TraceID))
//
// The trace is that of the span which [Instrument], or a layer outside New, has
// started. Without one the result is empty, and the request has the correlation
// ID that it would have without the option.
func TraceID(r *http.Request) string {
	if span := trace.SpanContextFromContext(r.Context()); span.HasTraceID() {
		return span.TraceID().String()
	}
	return ""
}
