package middleware

import (
	"net/http"
	"strings"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/text"
)

// Outcome is what New knows of one request after its answer: the content of the
// log record, for metrics and traces too. Do not change what its pointers
// refer to: the log reads it after the observer.
type Outcome struct {
	// Method is the request's, at most 32 bytes of it.
	Method string
	// Route is the pattern that matched, in the router's own syntax without
	// method and host. Empty: none did, or none is known.
	Route string
	// Path is the escaped path, at most 512 bytes of it.
	Path string
	// Status is what was sent. It is 499 where the client had left before
	// anything was sent, 101 for a connection that was hijacked without a
	// status, and 0 for an answer that was aborted, or reset by the server's
	// write deadline on HTTP/2, before there was a status.
	Status int
	// Bytes of the body, before any compression outside New.
	Bytes int64
	// Duration is the time from the call of New's handler until the handler has
	// returned and New has answered.
	Duration time.Duration
	// Time is when the request ended: the time of the log record.
	Time time.Time
	// RequestID and CorrelationID are those of the response header.
	RequestID, CorrelationID string
	// Error is the error that the client received, or would have received if
	// the response had not begun. nil: nothing failed, or a handler sent a
	// failure of its own that New did not replace.
	Error *apierr.Error
	// Declared reports that the code of Error is one that its contract declares,
	// or that of a built-in error. Such codes are few, and so fit for the label of
	// a metric. Other codes come from errors made while serving, and from statuses
	// without an error, as HTTP_418; their number has no bound.
	Declared bool
	// Cause is the failure as it was raised. It is not for clients.
	Cause error
	// WriteError is why the answer cannot have arrived whole: the first failed
	// write, a body shorter than its Content-Length, or an answer after the
	// deadline of Server.WriteTimeout or SetWriteDeadline. nil: nothing is
	// known of it, also for an aborted answer.
	WriteError error
	// SecondaryError is what went wrong while the failure was being reported:
	// details that could not be encoded, a mapper that panicked. nil: nothing.
	SecondaryError error
	// Stack is where the handler panicked, a frame a line. Empty: it did not.
	Stack string
	// ClientGone reports that the client left before the answer was complete.
	ClientGone bool
	// Cut reports that New or the handler aborted the answer, which the client
	// can see.
	Cut bool
	// Hijacked reports that the handler took over the connection.
	Hijacked bool
}

const (
	maxMethod = 32
	maxPath   = 512
)

// outcome fills o, which the caller keeps off the heap. gone reports that the
// client has left.
func (ex *exchange) outcome(o *Outcome, n *notes, now time.Time, gone bool) {
	r, w, cut := &ex.request, &ex.writer, ex.cut.Load()
	*o = Outcome{
		Method:        text.Clip(r.Method, maxMethod),
		Path:          text.Clip(r.URL.EscapedPath(), maxPath),
		Bytes:         w.bytes,
		Duration:      now.Sub(epoch) - ex.start,
		Time:          now,
		RequestID:     strings.Clone(ex.id[0]),
		CorrelationID: ex.correlation[0],
		Error:         n.failure,
		Declared:      n.declared,
		Cause:         n.cause,
		WriteError:    ex.writeError(n, now),
		Stack:         n.stack,
		Cut:           cut,
		Hijacked:      w.hijacked,
	}
	if ex.correlation == &ex.id {
		o.CorrelationID = o.RequestID
	}
	failedGone := n.failure != nil && n.failure.Code == apierr.ClientGone.Code
	o.ClientGone = gone || failedGone || o.WriteError != nil && disconnects(o.WriteError)
	switch {
	case w.canceled && o.ClientGone: // what was written went nowhere
		o.Status = apierr.ClientGone.Status
	case w.canceled && o.WriteError == errOverdue:
		o.Status = 0
	case w.status != 0:
		o.Status = int(w.status)
	case failedGone:
		o.Status = apierr.ClientGone.Status
	case o.Hijacked:
		o.Status = http.StatusSwitchingProtocols
	case !cut:
		o.Status = http.StatusOK
	}
	o.Route, o.SecondaryError = ex.routeOf(n, r)
}

// routeOf returns the pattern of WithRoute, else the one that a router or a
// layer reported, else that of the request as New handed it on, else that of
// the request that apierr.Write had.
func (ex *exchange) routeOf(n *notes, r *http.Request) (route string, secondary error) {
	route, secondary = n.route, n.secondary
	if route == "" {
		route = patternOf(r)
	}
	if route == "" {
		route = n.routeWritten
	}
	if ex.route == nil {
		return route, secondary
	}
	defer func() {
		if v := recover(); v != nil {
			secondary = join(secondary, panicOf("the function of WithRoute", v))
		}
	}()
	if own := ex.route(r); own != "" {
		route = withoutMethod(own)
	}
	return route, secondary
}
