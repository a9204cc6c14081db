package telemetry

import (
	"context"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/failwell/failwell/middleware"
)

// ScopeName is the instrumentation scope of the metrics, spans and log records.
const ScopeName = "github.com/failwell/failwell/middleware/telemetry"

// Instrument returns the option that records each request of a
// middleware.New as metrics, a span and, for a failure that has a cause or a
// stack, a log record. The package comment lists what is recorded. Providers and
// propagator are those of OpenTelemetry's globals at the time of the call unless
// options name others; the globals may be set later.
//
// The outermost New records; one inside it does not.
func Instrument(opts ...Option) middleware.Option {
	c := newConfig(opts)
	in := &instrument{
		config:     c,
		metrics:    newMetrics(c.meters),
		tracer:     c.tracers.Tracer(ScopeName, trace.WithSchemaURL(schemaURL)),
		exceptions: newExceptions(c.loggers),
	}
	return middleware.WithStart(in.start)
}

type instrument struct {
	*config
	*metrics
	tracer     trace.Tracer
	exceptions exceptions
}

// request is one request under way.
type request struct {
	*instrument
	ctx     context.Context // of the handler
	start   time.Time
	span    trace.Span
	own     bool   // the span was started here, and is ended here
	method  string // one of the known ones, or other
	version string // of the protocol, "": unknown
	secure  bool   // the connection has TLS
}

// start is the function of middleware.WithStart.
func (in *instrument) start(r *http.Request) (context.Context, func(middleware.Outcome)) {
	q := &request{
		instrument: in, ctx: r.Context(), start: time.Now(),
		method: in.methodOf(r), version: versionOf(r), secure: r.TLS != nil,
	}
	q.begin(r)
	in.active.Add(q.ctx, 1, in.underWay(q)...) // last: nothing that panics follows
	return q.ctx, q.end
}

// end is called with what middleware.New knows after the answer.
func (q *request) end(o middleware.Outcome) {
	q.active.Add(q.ctx, -1, q.underWay(q)...)
	errorType := errorTypeOf(&o)
	q.record(q, &o, errorType)
	q.exceptions.report(q.ctx, &o, errorType)
	q.finish(&o, errorType)
}
