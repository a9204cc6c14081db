package apierr

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"
)

// CloseCode returns the code and the reason of a WebSocket close frame for err,
// which is resolved and mapped as [Resolve] does. ctx is the context of the
// request that was upgraded. The code is always one that an endpoint may send,
// RFC 6455 section 7.4:
//
//	1000  nil, and errors with a status under 400
//	1008  401 and 403: policy violation
//	1009  413: message too big
//	1011  other 5xx: internal error
//	1013  429 and 503: try again later
//	4000+status  other 4xx, such as 4404; this range is for private use
//
// The reason is the code and the message of the error, such as "AGENT_NOT_FOUND:
// The agent does not exist", as valid UTF-8 of at most 123 bytes, cut between
// runes; empty for nil. It has no text of an error that is not an *Error.
func CloseCode(ctx context.Context, err error) (code int, reason string) {
	e := Resolve(ctx, err)
	if e == nil {
		return closeNormal, ""
	}
	message := e.Message
	if message == "" {
		message = phrase(e.Status)
	}
	return closeCode(e.Status), cut(e.Code+": "+message, maxReason)
}

const (
	closeNormal        = 1000
	closePolicy        = 1008
	closeTooBig        = 1009
	closeInternal      = 1011
	closeTryAgainLater = 1013 // from IANA's registry, newer than the RFC
	closePrivate       = 4000

	// maxReason is the room in bytes beside the code in a control frame.
	maxReason = 123
)

func closeCode(status int) int {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return closePolicy
	case status == http.StatusRequestEntityTooLarge:
		return closeTooBig
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		return closeTryAgainLater
	case status >= 500:
		return closeInternal
	case status >= 400:
		return closePrivate + status
	}
	return closeNormal
}

// cut returns s as valid UTF-8 of at most n bytes, whole runes only.
func cut(s string, n int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= n {
		return s
	}
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
