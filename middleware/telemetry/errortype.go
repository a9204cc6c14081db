package telemetry

import (
	"net/http"
	"strconv"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// other is the value of the conventions for what is not of a known few.
const other = "_OTHER"

// errorTypeOf returns the error.type of a request that the server has failed:
// the declared code, the status of a failure that the handler has formatted
// itself, or _OTHER. It is empty for all others.
func errorTypeOf(o *middleware.Outcome) string {
	switch {
	case !isServerFailure(o):
		return ""
	case o.Error != nil && o.Declared:
		return o.Error.Code
	case o.Error == nil && o.Status >= http.StatusInternalServerError && o.Status <= 599:
		return strconv.Itoa(o.Status)
	}
	return other
}

// isServerFailure reports whether the server has failed the request: by a panic,
// a 5xx, also one that was delivered in a stream, or an answer that was cut. A
// client that has left cuts answers, and makes layers answer 5xx; that is no
// failure of the server, unless the handler panicked.
func isServerFailure(o *middleware.Outcome) bool {
	switch {
	case o.Stack != "":
		return true
	case o.ClientGone:
		return false
	}
	return isCut(o) || o.Status >= 500 || o.Error != nil && o.Error.Status >= 500
}

// isCut reports whether the client received an incomplete answer because the
// server aborted it, or wrote less than it had declared, or too late.
func isCut(o *middleware.Outcome) bool { return o.Cut || o.WriteError != nil }

// clientCodeOf returns the code of a failure that is not the server's, empty
// where there is none. What a layer makes of a client that has left is not the
// code.
func clientCodeOf(o *middleware.Outcome, errorType string) string {
	switch {
	case errorType != "":
		return ""
	case o.ClientGone && (o.Error == nil || o.Error.Status >= 500):
		return apierr.ClientGone.Code
	case o.Error == nil:
		return ""
	case o.Declared:
		return o.Error.Code
	}
	return other
}

// statusSent returns the status that was sent, 0 for none. A 499 is what the
// record has for a client that left before there was a status.
func statusSent(o *middleware.Outcome) int {
	if o.ClientGone && o.Status == apierr.ClientGone.Status {
		return 0
	}
	return o.Status
}
