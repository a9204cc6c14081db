package telemetry

import (
	"fmt"
	"net/http"
	"slices"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Option changes a default of [Instrument]. A nil Option panics at start-up, and
// so does a nil argument of an option. Functions of options are called by the
// goroutines of all requests at once.
type Option interface{ apply(*config) }

type option func(*config)

func (o option) apply(c *config) { o(c) }

type config struct {
	tracers    trace.TracerProvider
	meters     metric.MeterProvider
	loggers    log.LoggerProvider
	propagator propagation.TextMapPropagator
	public     func(*http.Request) bool // nil: no endpoint is
	known      map[string]bool          // the methods
	silent     bool                     // there are no spans
}

func newConfig(opts []Option) *config {
	c := &config{
		tracers:    otel.GetTracerProvider(),
		meters:     otel.GetMeterProvider(),
		loggers:    otel.GetLoggerProvider(),
		propagator: otel.GetTextMapPropagator(),
		known:      setOf(standardMethods),
	}
	for i, opt := range opts {
		if opt == nil {
			panic(fmt.Sprintf("telemetry.Instrument: option %d is nil", i+1))
		}
		opt.apply(c)
	}
	_, c.silent = c.tracers.(noop.TracerProvider)
	return c
}

// WithTracerProvider makes the spans with p. By default it is the global one.
// With that of go.opentelemetry.io/otel/trace/noop there are no spans, and the
// trace of the client is propagated all the same.
func WithTracerProvider(p trace.TracerProvider) Option {
	mustNotBeNil("telemetry.WithTracerProvider", "provider", p == nil)
	return option(func(c *config) { c.tracers = p })
}

// WithMeterProvider makes the metrics with p. By default it is the global one.
// With that of go.opentelemetry.io/otel/metric/noop there are no metrics.
func WithMeterProvider(p metric.MeterProvider) Option {
	mustNotBeNil("telemetry.WithMeterProvider", "provider", p == nil)
	return option(func(c *config) { c.meters = p })
}

// WithLoggerProvider makes the log records of exceptions with p. By default it is
// the global one, which makes none until a program has set it. With that of
// go.opentelemetry.io/otel/log/noop there are none.
func WithLoggerProvider(p log.LoggerProvider) Option {
	mustNotBeNil("telemetry.WithLoggerProvider", "provider", p == nil)
	return option(func(c *config) { c.loggers = p })
}

// WithPropagator reads the trace of the client from the request's header with p.
// By default it is the global propagator, which reads nothing until a program
// has set it.
func WithPropagator(p propagation.TextMapPropagator) Option {
	mustNotBeNil("telemetry.WithPropagator", "propagator", p == nil)
	return option(func(c *config) { c.propagator = p })
}

// WithPublicEndpoint starts a new trace for the requests for which public
// returns true, and links it to the trace of the client instead of continuing
// it. A client that nobody trusts can then neither choose the trace nor have it
// sampled. By default every trace is continued. If public panics, the request
// has no telemetry, and its record a secondary_error.
func WithPublicEndpoint(public func(*http.Request) bool) Option {
	mustNotBeNil("telemetry.WithPublicEndpoint", "function", public == nil)
	return option(func(c *config) { c.public = public })
}

// WithKnownMethods replaces the methods that are recorded as they are; all others
// are recorded as _OTHER, since a client may invent any number of them. Methods
// are case-sensitive. By default they are those of RFC 9110 section 9, PATCH of
// RFC 5789, and QUERY. An empty list panics at start-up.
func WithKnownMethods(methods ...string) Option {
	if len(methods) == 0 || slices.Contains(methods, "") {
		panic("telemetry.WithKnownMethods: a method is missing")
	}
	return option(func(c *config) { c.known = setOf(methods) })
}

// standardMethods are the methods that the conventions know.
var standardMethods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete,
	http.MethodConnect, http.MethodOptions, http.MethodTrace, http.MethodPatch, "QUERY",
}

func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// mustNotBeNil panics at start-up for an argument that is nil.
func mustNotBeNil(option, what string, isNil bool) {
	if isNil {
		panic(option + ": the " + what + " is nil")
	}
}
