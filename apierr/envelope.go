package apierr

// Envelope is the [Format] of a JSON object around an error:
//
//	{"error":{"code":"RESOURCE_NOT_FOUND","message":"The resource does not exist"}}
//
// The member details is absent when there is nothing in it, never null. With
// Violations it is a map of field path to message, in their order and before
// the Details; the first violation of a path wins, also over a key of Details.
//
// The zero value is this form; it is safe for use by several goroutines.
type Envelope struct{}

// Name returns "envelope".
func (Envelope) Name() string { return "envelope" }

// ContentType returns "application/json".
func (Envelope) ContentType() string { return "application/json" }

// Append implements [Format].
func (Envelope) Append(dst []byte, e *Error, info Info) ([]byte, error) {
	dst = append(dst, `{"error":{"code":`...)
	dst = appendString(dst, e.Code)
	dst = append(dst, `,"message":`...)
	dst = appendString(dst, e.Message)
	var err error
	if len(e.Details) > 0 || len(e.Violations) > 0 {
		dst = append(dst, `,"details":`...)
		dst, err = appendDetails(dst, e)
	}
	return append(dst, `}}`...), err
}
