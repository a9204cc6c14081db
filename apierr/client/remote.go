package client

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/failwell/failwell/apierr"
)

// RemoteError is a failure that another service reported.
//
// errors.Is(err, AgentNotFound) compares codes, as between two [apierr.Error]. A
// RemoteError does not unwrap to Remote: errors.As finds no *apierr.Error in it,
// since a handler would pass that on to its own client.
type RemoteError struct {
	// Remote is the error as the contract declares it, with the status, message,
	// details and Retry-After of the response. Numbers in the details are
	// float64. It is never nil.
	Remote *apierr.Error

	// RequestID and CorrelationID are those of the response, from the header or
	// else from the body. The end of a stream has only its body: the header of the
	// response has them too. Empty: the response has none, or one that is not
	// printable ASCII of at most 256 bytes.
	RequestID, CorrelationID string

	// Intermediary reports that the body is not an error of the contract: the
	// response is of a proxy or a load balancer, is truncated, or names an error
	// that the contract does not have. Remote is then the contract's error for the
	// status, with nothing of the body.
	Intermediary bool

	// Body is the beginning of the body as it arrived, at most 4 KiB, for a log.
	Body []byte
}

// maxKept is the most bytes of a body that a RemoteError keeps.
const maxKept = 4 << 10

// maxText is the most bytes of a message in Error.
const maxText = 1 << 10

// Error returns the status, code, message and request ID, or else the correlation
// ID, without control characters and without Body.
func (e *RemoteError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "remote: %d %s", e.Remote.Status, e.Remote.Code)
	if m := printable(e.Remote.Message); m != "" {
		b.WriteString(": " + m)
	}
	switch {
	case e.RequestID != "":
		b.WriteString(" (request " + e.RequestID + ")")
	case e.CorrelationID != "":
		b.WriteString(" (correlation " + e.CorrelationID + ")")
	}
	return b.String()
}

// printable returns s on one line and within maxText bytes.
func printable(s string) string {
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "") + "…"
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, s)
}

// Is reports whether target is an [apierr.Error] with the code of Remote.
func (e *RemoteError) Is(target error) bool {
	t, ok := target.(*apierr.Error)
	return ok && e.Remote.Is(t)
}

// APIError returns [apierr.BadGateway], which the client of a handler receives if
// the handler returns e. e is the private cause of that answer.
func (e *RemoteError) APIError() *apierr.Error { return apierr.BadGateway }
