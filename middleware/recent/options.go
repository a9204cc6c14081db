package recent

import (
	"context"
	"runtime"
	"strings"

	"github.com/failwell/failwell/internal/text"
)

// Option changes a default of [New]. A nil Option or a nil function panics at
// start-up. The functions of options are called by the goroutines of all
// requests at once, for failures only.
type Option interface{ apply(*config) }

type option func(*config)

func (o option) apply(c *config) { o(c) }

// config is the result of the options. It is not changed after New.
type config struct {
	redact  []func(*Failure)
	traceID func(context.Context) string // nil: none
}

// WithRedact calls redact for each failure before it is kept, to remove or
// replace what the readers of the page must not see: personal data in a path or
// in the text of a cause. By default nothing is changed. Given several times,
// all are called in order. redact may change every field, and must not keep the
// pointer.
//
// If redact panics, the request is not affected. The failure is kept without
// its path, correlation ID, trace ID, violations, cause, stack and other texts,
// and its SecondaryError says why.
func WithRedact(redact func(*Failure)) Option {
	mustNotBeNil("recent.WithRedact: the function", redact == nil)
	return option(func(c *config) { c.redact = append(c.redact, redact) })
}

// WithTraceID takes the trace ID of a failure from the context of its request,
// which has the span that middleware.WithStart or a layer outside New has put
// there. With OpenTelemetry it is
//
//	func(ctx context.Context) string { return trace.SpanContextFromContext(ctx).TraceID().String() }
//
// An empty result and one of zeros alone mean that there is no trace; at most 128
// bytes of any other are kept. By default failures have no trace ID. If traceID
// panics, the failure has none either, and its SecondaryError says why. Given
// several times, the last counts.
func WithTraceID(traceID func(context.Context) string) Option {
	mustNotBeNil("recent.WithTraceID: the function", traceID == nil)
	return option(func(c *config) { c.traceID = traceID })
}

func (c *config) addTraceID(ctx context.Context, f *Failure) {
	defer func() {
		if v := recover(); v != nil {
			f.addSecondary("recent: the function of WithTraceID panicked: " + text.OfPanic(v))
		}
	}()
	if id := c.traceID(ctx); strings.Trim(id, "0") != "" { // of zeros: W3C Trace Context section 3.2.2.3
		f.TraceID = id
	}
}

// redacted returns f as the functions of WithRedact leave it.
func (c *config) redacted(f Failure) (redacted Failure) {
	defer func() {
		if v := recover(); v != nil {
			redacted = f.withoutTexts()
			redacted.SecondaryError = "recent: the function of WithRedact panicked" + safeText(v)
		}
	}()
	changed := f // on the heap: redact has its address
	changed.Violations = brokenRules(f.Violations)
	for _, redact := range c.redact {
		redact(&changed)
	}
	return changed
}

// safeText returns the text of the runtime's own panics, which quote no strings.
// That of others may quote what was to be redacted.
func safeText(v any) string {
	if err, ok := v.(runtime.Error); ok {
		return ": " + text.OfError(err)
	}
	return ""
}

// mustNotBeNil panics at start-up for an option or a function that is nil.
func mustNotBeNil(what string, isNil bool) {
	if isNil {
		panic(what + " is nil")
	}
}
