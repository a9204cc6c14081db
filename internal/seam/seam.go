// Package seam is how package apierr speaks to the layer that wraps a handler,
// and how the other packages of the module ask that layer a question. Only this
// module can implement it, so it can grow.
//
// The layer makes itself known through the request's context and not through
// the ResponseWriter: http.TimeoutHandler and some compressors hide the writer
// that they wrap.
//
// [Exchange] is generic over the types of apierr that it names, since apierr
// imports this package. Both sides instantiate it with the same types and assert
// at compile time that their types match, so that a change on one side alone
// does not build.
package seam

import (
	"context"
	"io"
	"net/http"

	"github.com/failwell/failwell/internal/jsonprefix"
)

// Key is the context key of an [Exchange].
type Key struct{}

// Exchange is one request and its response as a layer such as middleware.New
// sees it. Contract is apierr's compiled contract, Error its error.
//
// The methods may be called by several goroutines, also after the handler has
// returned: http.TimeoutHandler abandons handlers that run on.
type Exchange[Contract, Error any] interface {
	// IDs returns the request ID and the correlation ID. The strings may share
	// the memory of the exchange: clone what is kept.
	IDs() (request, correlation string)

	// Contract returns the contract in force.
	Contract() Contract

	// Map asks the user's error mappers about err. It returns nil if none of
	// them knows err.
	Map(ctx context.Context, err error) Error

	// ClientGone reports whether the client has left, as far as can be seen.
	// A client that has closed only its sending half looks the same.
	ClientGone() bool

	// Language returns the language that the request's Accept-Language chooses
	// under the contract in force, as a BCP 47 tag: the language of messages.
	// It is empty if the contract has no translations, and then costs nothing.
	Language() string

	// LimitsBody reports whether the layer limits what is read from body: body
	// is the request's Body as the handler sees it, and is still the layer's.
	// A layer that was asked for no limit reports true, since no limit is what
	// its user wants.
	LimitsBody(body io.Reader) bool

	// BodyPrefix returns how much of a JSON document the request's body was, if
	// the handler has read it to its end, and jsonprefix.Other if not.
	BodyPrefix() jsonprefix.Is

	// Begin claims the answer, which is to be written to w, and returns what
	// can still be delivered. keepEncoding reports that the Content-Encoding in
	// w's header belongs to a layer between the server and the handler.
	Begin(w http.ResponseWriter) (d Delivery, keepEncoding bool)

	// Sending announces what is written to w next: the body of a whole answer of
	// that type, or the end of a stream, with type "". e is the error that it
	// says. body is valid during the call. It returns the writer to use in place
	// of w, which nobody else uses until Sent is called with it, and Sent must be.
	Sending(w http.ResponseWriter, e Error, contentType string, body []byte) http.ResponseWriter
	Sent(w http.ResponseWriter)

	// AtEnd calls f once, when the outermost exchange has ended, with the status
	// of the response as it was written, whether or not the client was still
	// there; 499 if the client left before, 0 if the response was aborted before.
	// ok is false, and f is not called, if the exchange is over.
	// direct reports that what is written to w reaches the exchange's writer;
	// otherwise a layer between may keep it or answer in its place.
	AtEnd(w http.ResponseWriter, f func(status int, direct bool)) (direct, ok bool)

	// Record reports a failure. It is called once for each apierr.Write, after
	// the answer was written or dropped. e is what the client received, or
	// would have received; declared reports that the contract in force, or
	// apierr itself, declares its code; cause is the error as it was passed to Write;
	// secondary is what went wrong while the answer was made, nil for nothing;
	// d is what was delivered.
	Record(r *http.Request, e Error, declared bool, cause, secondary error, d Delivery)
}

// Delivery says what can still be delivered to the client. What has been
// committed cannot be taken back.
type Delivery uint8

const (
	// NotStarted: nothing was sent. Status line, header and body are free.
	NotStarted Delivery = iota
	// EventStream: an event stream is open. One last event named error can be
	// sent.
	EventStream
	// JSONLines: a stream of JSON lines is open. One last line can be sent.
	JSONLines
	// Abort: another body is under way. Nothing can be sent; the connection or
	// HTTP/2 stream is aborted, so that the client sees that the body is
	// incomplete.
	Abort
	// ThroughLayer: w is the writer of a layer around the handler, which may pass
	// on, change or drop what is written to it. It gets a whole answer, as
	// NotStarted does; whether that is the answer of the exchange shows when the
	// layer commits a response.
	ThroughLayer
	// Answered: the exchange has had its answer. Nothing is sent.
	Answered
)

// From returns the innermost exchange of ctx, nil where there is none.
func From[Contract, Error any](ctx context.Context) Exchange[Contract, Error] {
	ex, _ := ctx.Value(Key{}).(Exchange[Contract, Error])
	return ex
}
