package apierr

// Format turns an [Error] into the bytes of a body. Implement its three short
// methods for a form that [Envelope] and [Problem] do not have; the example
// shows one.
//
// A Format is used by several goroutines at once and must not keep or change e.
type Format interface {
	// Name names the form in a contract's document: "envelope", "problem".
	Name() string

	// ContentType is sent as the Content-Type of every answer.
	ContentType() string

	// Append appends the body for e and returns the longer slice, as append
	// does. Under [Write], e is complete: it has a message, in the language of
	// info, all of its Details can be encoded as JSON, and its RetryAfter is
	// what the Retry-After header says, 0 if there is none. If Append returns an
	// error or panics, Write calls it again for e without Details and
	// Violations, and sends a fixed body if that fails too.
	Append(dst []byte, e *Error, info Info) ([]byte, error)
}

// Info is what a body can say about the request, besides the error.
type Info struct {
	// RequestID and CorrelationID are empty outside middleware.New.
	RequestID, CorrelationID string

	// Path is the escaped path of the request, as the client sent it.
	Path string

	// DocURL is the page about the error: the contract's DocURL with the code in
	// it. Empty: the contract has none.
	DocURL string

	// Language is the language that was chosen for the client, as a BCP 47 tag.
	// Empty: the contract has no Translations.
	Language string

	title string // the declared message in Language; empty: it is not translated
}
