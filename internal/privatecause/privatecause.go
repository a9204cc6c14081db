// Package privatecause finds what a log says about a failure beyond the error
// that the client received.
package privatecause

import "github.com/failwell/failwell/apierr"

// Of returns the private part of cause, which was answered with the error
// answered. A nil cause has no private part. Of an Error with the code of
// answered it is that Error's own cause, nil if it has none. Internal and
// StreamFailed, which the library wraps around panics and which say nothing
// themselves, are left out under a contract that maps them to another code too,
// unless they are all there is. Any other cause is returned as it is.
func Of(cause error, answered *apierr.Error) error {
	e, ok := cause.(*apierr.Error)
	if !ok || e == nil || answered == nil {
		return cause
	}
	own := e.Unwrap()
	if e.Code == answered.Code || own != nil && isGeneral(e) {
		return own
	}
	return cause
}

// isGeneral reports whether e says that something failed and not what.
func isGeneral(e *apierr.Error) bool {
	return e.Code == apierr.Internal.Code && e.Message == apierr.Internal.Message ||
		e.Code == apierr.StreamFailed.Code && e.Message == apierr.StreamFailed.Message
}
