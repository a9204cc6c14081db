package middleware

import (
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/failwell/failwell/apierr"
)

// Outcome is what became of one request: what the log is told, for metrics and
// traces.
type Outcome struct {
	// Method is the request's, at most 32 bytes of it.
	Method string
	// Route is the pattern that matched. Empty: none did, or none is known.
	Route string
	// Path is the escaped path, at most 512 bytes of it.
	Path string
	// Status is what was sent, 499 where the client had gone before it could
	// be, 101 for a connection that was hijacked without a status, 0 for one
	// that was broken off before there was a status.
	Status int
	// Bytes of the body, before any compression outside New.
	Bytes int64
	// Duration from the time New had the request until the handler and the
	// answer were done.
	Duration time.Duration
	// RequestID and CorrelationID are what the client was told.
	RequestID, CorrelationID string
	// Error is what the client was told of a failure, or would have been if
	// the response had not been under way. nil: nothing failed, or a handler
	// sent a failure of its own.
	Error *apierr.Error
	// Cause is the failure as it was raised. It is not for clients.
	Cause error
	// SecondaryError is what went wrong while the failure was being reported:
	// details that could not be encoded, a mapper that panicked. nil: nothing.
	SecondaryError error
	// Stack is where the handler panicked, a frame a line. Empty: it did not.
	Stack string
	// ClientGone says that the client left before the answer was complete.
	ClientGone bool
	// Cut says that the answer was broken off, and the client can see it.
	Cut bool
	// Hijacked says that the handler took over the connection.
	Hijacked bool
}

const (
	maxMethod = 32
	maxPath   = 512
)

// outcome fills o, which the caller keeps off the heap.
func (ex *exchange) outcome(o *Outcome, n notes, took time.Duration) {
	r, cut := &ex.request, ex.cut.Load()
	*o = Outcome{
		Method:        clip(r.Method, maxMethod),
		Path:          clip(r.URL.EscapedPath(), maxPath),
		Status:        int(ex.writer.status),
		Bytes:         ex.writer.bytes,
		Duration:      took,
		RequestID:     strings.Clone(ex.id[0]),
		CorrelationID: ex.correlation[0],
		Error:         n.failure,
		Cause:         n.cause,
		Stack:         n.stack,
		Cut:           cut,
		Hijacked:      ex.writer.hijacked,
	}
	if ex.correlation == &ex.id {
		o.CorrelationID = o.RequestID
	}
	gone := n.failure != nil && n.failure.Code == apierr.ClientGone.Code
	o.ClientGone = gone || ex.ClientGone()
	switch {
	case o.Status != 0:
	case gone:
		o.Status = apierr.ClientGone.Status
	case o.Hijacked:
		o.Status = http.StatusSwitchingProtocols
	case !cut:
		o.Status = http.StatusOK
	}
	o.Route, o.SecondaryError = ex.routeOf(n.route, r, n.secondary)
}

// routeOf is the pattern by WithRoute, else as it was told, else as the
// outermost router set it.
func (ex *exchange) routeOf(told string, r *http.Request, before error) (route string, secondary error) {
	if told == "" {
		told = r.Pattern
	}
	if ex.route == nil {
		return told, before
	}
	defer func() {
		if v := recover(); v != nil {
			route, secondary = told, join(before, panicOf("the function of WithRoute", v))
		}
	}()
	if route := ex.route(r); route != "" {
		return route, before
	}
	return told, before
}

// clip cuts s to n bytes, on a rune, and does not hold on to the rest.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.Clone(s[:n])
}
