package middleware

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/responsewriter"
)

// Option changes a default of [New]. A nil Option panics at start-up, and so do
// nil functions, negative sizes and negative durations, unless the comment of an
// option gives them a meaning. The functions of options are called by the
// goroutines of all requests at once; where one of them panics, the request is
// answered without it, and the record has a secondary_error.
type Option interface{ apply(*config) }

type option func(*config)

func (o option) apply(c *config) { o(c) }

// DefaultMaxBody is the most bytes of a request body that can be read unless
// [WithMaxBody] or [MaxBody] say otherwise: 1 MiB.
const DefaultMaxBody = 1 << 20

// config is the result of the options of one New. It is not changed after New.
type config struct {
	contract          *apierr.CompiledContract
	requestHeader     string // canonical; apierr.NoHeader: none
	correlationHeader string
	noExpose          bool
	logger            *slog.Logger // nil: no log
	observer          func(context.Context, Outcome)
	starts            []start
	records           bool // there is a logger, an observer or a start
	level             func(Outcome) slog.Level
	skipLog           func(*http.Request) bool // nil: nothing is skipped
	slow              time.Duration
	maxBody           int64
	timeout           time.Duration
	mappers           []func(context.Context, error) *apierr.Error
	trusted           func(*http.Request) bool
	makeRequestID     func(*http.Request) string
	makeCorrelationID func(*http.Request) string
	intercept         func(r *http.Request, status int, h http.Header) bool // nil: DefaultIntercept
	texts             func(status int, text string) string                  // nil: the default
	route             func(*http.Request) string
	traceContext      bool
	seen              [2]atomic.Pointer[responsewriter.TypeSet] // of the writers seen last: HTTP/1, HTTP/2
}

// WithLogger sends the one record of each request to l. By default it is
// slog.Default() at the time New is called. nil: no log.
func WithLogger(l *slog.Logger) Option {
	return option(func(c *config) { c.logger = l })
}

// WithLevel chooses the level of a request's record. By default, and for nil,
// it is [DefaultLevel]. A request that took as long as [WithSlow] says, or
// longer, is logged at warn at least, whatever level returns.
func WithLevel(level func(Outcome) slog.Level) Option {
	return option(func(c *config) {
		if level == nil {
			level = DefaultLevel
		}
		c.level = level
	})
}

// WithSlow logs requests that took d or longer at warn at least. By default,
// and for 0, no request is slow.
func WithSlow(d time.Duration) Option {
	mustNotBeNegative("middleware.WithSlow", d)
	return option(func(c *config) { c.slow = d })
}

// WithSkipLog leaves the record out for requests for which skip returns true:
// health checks, or a sample of all requests. A failure is logged all the same:
// a status of 400 or more, an abort, an answer that did not arrive whole, and
// what is logged at warn or above. skip is called after the handler, with the
// request that New handed on. The observer sees every request. By default no
// record is left out.
func WithSkipLog(skip func(*http.Request) bool) Option {
	mustNotBeNil("middleware.WithSkipLog", skip == nil)
	return option(func(c *config) { c.skipLog = skip })
}

// WithObserver calls observe once for each request, after the answer, with the
// content of the record. Given several times, all are called in order. It runs
// on the goroutine of the request, and delays the end of the answer: start
// another goroutine for what takes long.
func WithObserver(observe func(context.Context, Outcome)) Option {
	mustNotBeNil("middleware.WithObserver", observe == nil)
	return option(func(c *config) {
		before := c.observer
		if before == nil {
			c.observer = observe
			return
		}
		c.observer = func(ctx context.Context, o Outcome) {
			before(ctx, o)
			observe(ctx, o)
		}
	})
}

// WithStart calls start once for each request, before the handler, and the
// function that it returns once after the answer, as WithObserver says: for a
// span, or a count of the requests that are under way. A New inside another one
// does not call its own.
//
// The context that start returns is from then on the request's, for the handler
// and for the functions of all other options but [WithRequestID] and
// [WithTrustedIDs], and has the record's attributes of a slog.Handler that reads
// it. It must be derived from the request's own; what cancels it is taken for a
// cancellation of the request. nil leaves the context as it is, and nil in
// place of the function calls nothing at the end.
//
// start receives the request with the header that the client has sent. Its
// context has the request ID, and the correlation ID as it is without
// WithCorrelationID, whose function sees the context that start returned:
// Outcome has the final ones. start must not read the body, nor use the
// request after it has returned.
//
// Given several times, the functions are called in order, each with the context
// of the one before; those they returned are called in reverse order, after the
// observers and before the record is written.
func WithStart(start func(*http.Request) (context.Context, func(Outcome))) Option {
	mustNotBeNil("middleware.WithStart", start == nil)
	return option(func(c *config) { c.starts = append(c.starts, start) })
}

// unset leaves the limit of the body to the New around this one.
const unset = -1

// WithMaxBody limits the bytes of a request body. The default is
// [DefaultMaxBody], and for a New inside another one the limit that holds
// there. 0: no limit. The limit holds from the first read of the body on; until
// then [MaxBody] on a route can raise or lower it. A body whose Content-Length
// is larger is refused before a byte of it is read, and before a client that
// waits for "100 Continue" sends it.
func WithMaxBody(bytes int64) Option {
	mustNotBeNegative("middleware.WithMaxBody", bytes)
	return option(func(c *config) { c.maxBody = bytes })
}

// WithTimeout sets a deadline on the context of each request. The default, and
// 0, is none. Nothing is interrupted: a handler that observes its context
// returns, and where it has not answered, or a reverse proxy has answered 502
// for its upstream, New answers [apierr.GatewayTimeout]. For handlers that
// ignore their context there is http.TimeoutHandler, inside New.
func WithTimeout(d time.Duration) Option {
	mustNotBeNegative("middleware.WithTimeout", d)
	return option(func(c *config) { c.timeout = d })
}

// WithErrorMapper maps the errors of other packages to errors for clients. The
// mapper returns nil for an error that it does not know. Given several times,
// the mappers are called in order until one returns an error. An [apierr.Error]
// in the tree of an error is found before any mapper is called; the original
// error stays as the private cause. A mapper that panics makes the error
// Internal.
func WithErrorMapper(m func(context.Context, error) *apierr.Error) Option {
	mustNotBeNil("middleware.WithErrorMapper", m == nil)
	return option(func(c *config) { c.mappers = append(c.mappers, m) })
}

// WithRequestID takes the request ID from requestID, for an application that
// makes its own. It is called once for each request, before the handler, with
// the request as it came in, and takes precedence over [WithTrustedIDs]. An ID
// that is empty, or is not 1 to 128 bytes of A-Za-z0-9._:+=/@~-, is not used:
// the request gets the ID that it would have without the option. By default New
// makes a UUID of version 7. A New inside another one has the IDs of that.
func WithRequestID(requestID func(*http.Request) string) Option {
	mustNotBeNil("middleware.WithRequestID", requestID == nil)
	return option(func(c *config) { c.makeRequestID = requestID })
}

// WithCorrelationID takes the correlation ID from correlationID: from a span
// that a layer outside New has started, or from the header of a gateway. It is
// called as [WithRequestID] says, takes precedence over the request's own
// correlation header and over [WithTraceContext], and its result is checked in
// the same way. By default the correlation ID is that of the header, else the
// request ID.
func WithCorrelationID(correlationID func(*http.Request) string) Option {
	mustNotBeNil("middleware.WithCorrelationID", correlationID == nil)
	return option(func(c *config) { c.makeCorrelationID = correlationID })
}

// WithTrustedIDs accepts the request ID in the header of requests for which
// trusted returns true: those of a gateway that makes IDs, for example. An ID
// from a trusted request must still be safe, as under [WithRequestID]. By
// default, and for nil, no request is trusted and New makes every ID.
func WithTrustedIDs(trusted func(*http.Request) bool) Option {
	return option(func(c *config) { c.trusted = trusted })
}

// WithTraceContext takes the correlation ID from a valid W3C traceparent
// header, as its trace-id, where the request has no correlation ID.
func WithTraceContext() Option {
	return option(func(c *config) { c.traceContext = true })
}

// WithIntercept decides which failures that were not written by apierr.Write
// are held back and replaced by the contract's error for their status. By default,
// and for nil, it is [DefaultIntercept].
//
// It is called once for each response with a status of 400 or more. r is the
// request that New handed on. h is a copy of the header when the status was
// written; if the handler has set no Content-Type, h has the one that was found in
// the body, as DefaultIntercept says. It is not called for a response that a New
// further in has let pass. On routes under [Intercept], the function given there
// is called instead. If it panics, the default decides.
func WithIntercept(intercept func(r *http.Request, status int, h http.Header) bool) Option {
	return option(func(c *config) { c.intercept = intercept })
}

// WithTextMessages returns the message of a 4xx that replaces plain text. text is
// what the handler wrote, without white space around it, at most 1 KiB of it. If
// the result is empty, the client receives the declared message, and the text goes
// to the log. It is not called for a 5xx, whose text is never shown.
//
// By default, and for nil, the message is the text if it is one printable line of
// at most 256 characters and says more than the status phrase. Text that is JSON,
// markup, or recognisably an error of Go ("json: cannot unmarshal", "dial tcp",
// "sql:", a path to a .go file) goes to the log. To show nothing:
//
//	middleware.WithTextMessages(func(int, string) string { return "" })
//
// It must be safe for use by several goroutines. If it panics, the declared
// message is left.
func WithTextMessages(message func(status int, text string) string) Option {
	return option(func(c *config) { c.texts = message })
}

// WithRoute names the route of a request for the log and the observer, where
// [Route] and [SetRoute] do not serve. It is called once, after the handler,
// with the request that New handed on. By default, and for nil or an empty
// result, the route is the pattern of the innermost router that reported one.
func WithRoute(route func(*http.Request) string) Option {
	return option(func(c *config) { c.route = route })
}

// mustNotBeNegative panics at start-up for a size in bytes or a duration under 0.
func mustNotBeNegative[N int64 | time.Duration](what string, n N) {
	if n < 0 {
		panic(fmt.Sprintf("%s: %v is negative", what, n))
	}
}

// mustNotBeNil panics at start-up for a function that is nil.
func mustNotBeNil(what string, isNil bool) {
	if isNil {
		panic(what + ": the function is nil")
	}
}
