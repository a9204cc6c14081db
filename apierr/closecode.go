package apierr

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"
)

// CloseCode tells err as the code and the reason of a WebSocket close frame.
// The code is always one that an endpoint may send, RFC 6455 section 7.4:
//
//	1000  nil, and what is answered with a status under 400
//	1008  401 and 403: the peer may not
//	1009  413: too large
//	1011  5xx: the server failed
//	1013  429 and 503: try again later
//	4000+status  the other client errors, as 4404; this range is for private use
//
// The reason is the code and the message of the error, as in "AGENT_NOT_FOUND:
// The agent does not exist", valid UTF-8 and at most 123 bytes long, cut at a
// rune; empty for nil. err is resolved as [Write] does it, without mappers:
// of an unknown error nothing is told but that it is internal. No contract is
// asked for mappings; raise its own errors on its WebSockets.
func CloseCode(err error) (code int, reason string) {
	if isNil(err) {
		return closeNormal, ""
	}
	e, _, _ := resolve(context.Background(), nil, standard, err)
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
	closeTryAgainLater = 1013 // registered after the RFC, in IANA's list
	closePrivate       = 4000

	// maxReason is what a control frame of 125 bytes leaves beside the code.
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
