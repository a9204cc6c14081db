// Package privatecause finds what a log says about a failure beyond the error
// that the client received.
package privatecause

import "github.com/failwell/failwell/apierr"

// Of returns the private part of cause, which was answered with the error
// answered: an Error's own cause where both have one code, nil where that has
// none, and any other cause as it is. A nil cause has no private part.
func Of(cause error, answered *apierr.Error) error {
	if e, ok := cause.(*apierr.Error); ok && answered != nil && e.Code == answered.Code {
		return e.Unwrap()
	}
	return cause
}
