package apierr

// Format turns an [Error] into the bytes of a body. A type of one's own needs
// three short methods, as the example shows; [Envelope] and [Problem] are those
// of this package.
//
// A Format is used by many goroutines at once and must not keep or change e.
type Format interface {
	// Name names the form in a contract's document: "envelope", "problem".
	Name() string

	// ContentType is sent as the Content-Type of every answer.
	ContentType() string

	// Append appends the body that tells e and returns the longer slice, as
	// append does. On an error, or a panic, Write asks once more for e
	// without its Details and Violations, and after that sends a fixed body.
	Append(dst []byte, e *Error, info Info) ([]byte, error)
}

// Info is what a body can say of the request besides the error.
type Info struct {
	// RequestID and CorrelationID are empty outside a middleware.
	RequestID, CorrelationID string
	// Path is the escaped path of the request, as the client sent it.
	Path string
}
