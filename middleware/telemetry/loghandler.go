package telemetry

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel/trace"

	"github.com/failwell/failwell/internal/contextattrs"
)

// LogHandler returns a handler that adds the trace and the span of the context
// to every record, in hexadecimal as trace_id and span_id at the top level, and
// passes it to h. Records without a span pass unchanged, and so do records that
// have a trace_id. The handler is safe for use by several goroutines if h is. It
// belongs around the handler of the record too:
//
//	logger := slog.New(telemetry.LogHandler(middleware.LogHandler(slog.NewJSONHandler(os.Stderr, nil))))
//	middleware.New(contract, telemetry.Instrument(), middleware.WithLogger(logger))
func LogHandler(h slog.Handler) slog.Handler {
	return contextattrs.New(h, func(ctx context.Context) (ids [2]slog.Attr, ok bool) {
		span := trace.SpanContextFromContext(ctx)
		if !span.IsValid() {
			return ids, false
		}
		return [2]slog.Attr{slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String())}, true
	})
}
