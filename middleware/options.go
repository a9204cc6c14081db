package middleware

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/responsewriter"
)

// Option changes what [New] does by default. A nil Option panics at start-up,
// and so do nil functions, negative sizes and negative durations, unless the
// comment of an option gives them a meaning.
type Option interface{ apply(*config) }

type option func(*config)

func (o option) apply(c *config) { o(c) }

// DefaultMaxBody is the most bytes of a request body that are read unless
// [WithMaxBody] or [MaxBody] say otherwise: 1 MiB.
const DefaultMaxBody = 1 << 20

// config is what the options of one New come to. It is not changed after New.
type config struct {
	contract          *apierr.CompiledContract
	requestHeader     string // canonical; apierr.NoHeader: none
	correlationHeader string
	noExpose          bool
	logger            *slog.Logger // nil: no log
	observer          func(context.Context, Outcome)
	level             func(Outcome) slog.Level
	slow              time.Duration
	maxBody           int64
	timeout           time.Duration
	mappers           []func(context.Context, error) *apierr.Error
	trusted           func(*http.Request) bool
	intercept         func(r *http.Request, status int, h http.Header) bool // nil: DefaultIntercept
	texts             func(status int, text string) string                  // nil: the default
	route             func(*http.Request) string
	traceContext      bool
	seen              [2]atomic.Pointer[responsewriter.TypeSet] // of the writers seen last: HTTP/1, HTTP/2
}

// WithLogger sends the one record of each request to l. By default it is
// slog.Default() at the time New is called; nil: no log.
func WithLogger(l *slog.Logger) Option {
	return option(func(c *config) { c.logger = l })
}

// WithLevel chooses the level of a request's record. By default, and for nil,
// it is [DefaultLevel]. A request slower than [WithSlow] says is logged at
// warn at least, whatever level returns.
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

// WithObserver calls observe once for each request, after the answer, with
// what the log is told. Given several times, all are called in order. It runs
// on the request's goroutine: whatever takes long belongs on another one. Its
// panics are logged.
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

// unset leaves the limit of the body to the New around this one.
const unset = -1

// WithMaxBody limits the bytes of a request body. The default is
// [DefaultMaxBody], and for a New inside another one the limit that holds
// there; 0: no limit. The limit holds when the body is first read:
// until then [MaxBody] on a route can raise or lower it. A body that says in
// Content-Length that it is larger is refused before a byte of it is read,
// and before a client that waits for "100 Continue" sends it.
func WithMaxBody(bytes int64) Option {
	mustNotBeNegative("middleware.WithMaxBody", bytes)
	return option(func(c *config) { c.maxBody = bytes })
}

// WithTimeout puts a deadline on the context of each request. The default,
// and 0, is none. Nothing is interrupted: a handler that looks at its context
// returns, and what it has not answered is answered as
// [apierr.GatewayTimeout]. For handlers that look at nothing there is
// http.TimeoutHandler, inside New.
func WithTimeout(d time.Duration) Option {
	mustNotBeNegative("middleware.WithTimeout", d)
	return option(func(c *config) { c.timeout = d })
}

// WithErrorMapper tells what the errors of other packages are to clients. The
// mapper returns nil for an error that is not its own. Given several times,
// the mappers are asked in order. An [apierr.Error] in the tree of an error is
// found before any mapper is asked; the original error stays as the private
// cause. A mapper that panics makes the error Internal.
func WithErrorMapper(m func(context.Context, error) *apierr.Error) Option {
	mustNotBeNil("middleware.WithErrorMapper", m == nil)
	return option(func(c *config) { c.mappers = append(c.mappers, m) })
}

// WithTrustedIDs says of which requests the request ID may be taken over: of
// a gateway that makes IDs of its own, say. An ID from a trusted request must
// still be safe, as the correlation ID must. By default, and for nil, no
// request is trusted and every ID is made here.
func WithTrustedIDs(trusted func(*http.Request) bool) Option {
	return option(func(c *config) { c.trusted = trusted })
}

// WithTraceContext takes the correlation ID from a valid W3C traceparent
// header, as its trace-id, where no correlation ID came in.
func WithTraceContext() Option {
	return option(func(c *config) { c.traceContext = true })
}

// WithIntercept decides which failures that were not written by apierr.Write
// are held back and replaced by the contract's error for their status. It is
// called once for each response with a status of 400 or more, with the request
// that New handed on, and with a copy of the header as it was when the status
// was written: its Content-Type is what was found in the body where the handler
// has set none, as [DefaultIntercept] says. It is not called for what a New
// further in has let pass, and on routes under [Intercept] the function given
// there is called instead. By default, and for nil, it is DefaultIntercept. If it
// panics, the default decides.
func WithIntercept(intercept func(r *http.Request, status int, h http.Header) bool) Option {
	return option(func(c *config) { c.intercept = intercept })
}

// WithTextMessages decides what of the text of a 4xx that is replaced becomes
// the message. text is what the handler wrote, without white space around it,
// at most 1 KiB of it; an empty result leaves the declared message, and the text
// goes to the log. It is not called for a 5xx, whose text is never shown.
//
// By default, and for nil, a client reads one line of printable text of at most
// 256 characters that is neither JSON nor markup, nor recognisably an error of
// Go's own making ("json: cannot unmarshal", "dial tcp", "sql:", a path to a .go
// file), and that says more than the status phrase. To show nothing:
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
// answer, the route is the pattern of the innermost router that told it.
func WithRoute(route func(*http.Request) string) Option {
	return option(func(c *config) { c.route = route })
}
