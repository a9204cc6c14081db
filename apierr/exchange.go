package apierr

import (
	"context"
	"net/http"
	"strings"
)

// Exchange is the seam: how [Write] speaks to the layer that wraps the
// handler. Package middleware implements it; most programs never name it.
//
// A layer makes itself known through the request's context: a context whose
// Value answers [ExchangeKey] with an Exchange is one. The context is used
// and not the ResponseWriter, since http.TimeoutHandler and some compressors
// hide the writer they wrap.
//
// The methods may be called by several goroutines, also after the handler has
// returned: http.TimeoutHandler abandons handlers that run on.
type Exchange interface {
	// IDs returns the request ID and the correlation ID. They may lie in the
	// exchange: who keeps one for long keeps a copy.
	IDs() (request, correlation string)

	// Promise returns the contract in force.
	Promise() *Promise

	// Map asks the user's mappers about err. nil: none of them knows it.
	Map(ctx context.Context, err error) *Error

	// ClientGone reports whether the client has left, as far as can be seen.
	// A client that has closed its sending half only looks the same.
	ClientGone() bool

	// Begin claims the answer, which is to be written to w, and says which
	// form it can still take.
	Begin(w http.ResponseWriter) Phase

	// Record tells the exchange what became of a failure. It is called once
	// for each Write, after the answer was written or dropped.
	Record(r *http.Request, f Failure)
}

// ExchangeKey is the context key of an [Exchange].
type ExchangeKey struct{}

// Phase says what can still be done for an answer. What has been committed
// cannot be taken back.
type Phase struct {
	// Form is what the answer can still be.
	Form Form
	// KeepEncoding is set where the Content-Encoding in the header is that of
	// a layer between the server and the handler, and therefore stays.
	KeepEncoding bool
}

// Form is the form that an answer can still take.
type Form uint8

const (
	// Whole: nothing was sent. Status line, header and body are free.
	Whole Form = iota
	// Event: an event stream is open. One last event, named error.
	Event
	// Line: a stream of JSON lines is open. One last line.
	Line
	// Cut: something else is under way. Nothing is sent, and the connection
	// or HTTP/2 stream is broken off so that the client sees it.
	Cut
	// Done: this exchange has had its answer. Nothing is sent.
	Done
)

// Failure is one failure and what became of it.
type Failure struct {
	// Error is what the client was told, or would have been.
	Error *Error
	// Cause is the error as it was handed to Write.
	Cause error
	// Fault is what went wrong while the answer was made: details that could
	// not be encoded, a mapper or a Format that panicked. nil: nothing.
	Fault error
	// Form is what was sent; Cut and Done sent nothing.
	Form Form
}

// exchangeFrom returns the innermost exchange of ctx, nil outside one.
func exchangeFrom(ctx context.Context) Exchange {
	ex, _ := ctx.Value(ExchangeKey{}).(Exchange)
	return ex
}

// RequestID returns the ID of the request that ctx belongs to: what the
// client reads in the response header and tells support. Empty outside a
// middleware such as middleware.New.
func RequestID(ctx context.Context) string {
	if ex := exchangeFrom(ctx); ex != nil {
		id, _ := ex.IDs()
		return strings.Clone(id)
	}
	return ""
}

// CorrelationID returns the ID that names the chain of requests, across
// services, which this request is a part of: the caller's where it sent a
// usable one, else the request ID. Empty outside a middleware.
func CorrelationID(ctx context.Context) string {
	if ex := exchangeFrom(ctx); ex != nil {
		_, id := ex.IDs()
		return strings.Clone(id)
	}
	return ""
}

// Propagate sets both IDs of ctx on the header of a request to another
// service, under the names of the contract in force. Outside a middleware it
// does nothing.
func Propagate(ctx context.Context, h http.Header) {
	ex := exchangeFrom(ctx)
	if ex == nil {
		return
	}
	request, correlation := ex.IDs()
	p := ex.Promise()
	setID(h, p.contract.RequestIDHeader, request)
	setID(h, p.contract.CorrelationIDHeader, correlation)
}

func setID(h http.Header, name, id string) {
	if name != Unsent {
		h.Set(name, id)
	}
}
