package apierr_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

func TestCloseCode(t *testing.T) {
	own := func(status int, message string) *apierr.Error {
		return &apierr.Error{Code: "OWN", Status: status, Message: message}
	}
	for _, test := range []struct {
		err    error
		code   int
		reason string
	}{
		{nil, 1000, ""},
		{(*apierr.Error)(nil), 1000, ""},
		{own(200, "Done already"), 1000, "OWN: Done already"},
		{own(307, "Elsewhere"), 1000, "OWN: Elsewhere"},
		{apierr.Unauthenticated, 1008, "AUTH_UNAUTHENTICATED: Authentication is required"},
		{apierr.Forbidden, 1008, "AUTH_FORBIDDEN: You are not allowed to do this"},
		{apierr.BodyTooLarge, 1009, "REQUEST_BODY_TOO_LARGE: The request body is too large"},
		{&http.MaxBytesError{Limit: 1}, 1009, "REQUEST_BODY_TOO_LARGE: The request body is too large"},
		{apierr.Internal, 1011, "INTERNAL_SERVER_ERROR: An unexpected error occurred"},
		{errors.New("secret"), 1011, "INTERNAL_SERVER_ERROR: An unexpected error occurred"},
		{context.DeadlineExceeded, 1011, "GATEWAY_TIMEOUT: The request took too long to answer"},
		{apierr.TooManyRequests, 1013, "RATE_LIMIT_TOO_MANY_REQUESTS: Too many requests"},
		{apierr.Unavailable, 1013, "SERVICE_UNAVAILABLE: The service is temporarily unavailable"},
		{fmt.Errorf("secret: %w", own(404, "No such room")), 4404, "OWN: No such room"},
		{own(408, ""), 4408, "OWN: Request Timeout"},
		{own(499, "Gone"), 4499, "OWN: Gone"},
	} {
		code, reason := apierr.CloseCode(context.Background(), test.err)
		require.Equal(t, test.code, code, "%v", test.err)
		require.Equal(t, test.reason, reason)
	}
}

// Under a contract the error that it is mapped to says how the connection ends.
func TestCloseCodeUnderAContract(t *testing.T) {
	for _, test := range []struct {
		name         string
		err          error
		open, closed int
		reason       string // of the open one
	}{
		{"mapped", apierr.NotFound, 4404, 4404, "MISSING: It is not there"},
		{"mapped to another status", apierr.Unavailable, 1011, 1011, "SERVICE_UNAVAILABLE: The service is temporarily unavailable"},
		{"by a mapper", fs.ErrNotExist, 4404, 4404, "MISSING: It is not there"},
		{"declared", busy, 1013, 1013, "BUSY: It is busy"},
		{"undeclared", &apierr.Error{Code: "OWN", Status: 451, Message: "Mine"}, 4451, 4400, "OWN: Mine"},
		{"unknown", errors.New("secret"), 1011, 1011, "BROKEN: It broke"},
		{"by code", coded("MISSING"), 4404, 4404, "MISSING: It is not there"},
		{"the client gone", context.Canceled, 4499, 4499, "CLIENT_CLOSED_REQUEST: The client closed the request"},
		{"nil", nil, 1000, 1000, ""},
	} {
		for i, c := range []apierr.Contract{contract(), contract(closed)} {
			l := newLayer(t, c)
			l.gone = true
			l.mapper = func(err error) *apierr.Error {
				if errors.Is(err, fs.ErrNotExist) {
					return apierr.NotFound
				}
				return nil
			}
			code, reason := apierr.CloseCode(l, test.err)
			require.Equal(t, []int{test.open, test.closed}[i], code, test.name)
			if !c.Closed {
				require.Equal(t, test.reason, reason, test.name)
			}
		}
	}
}

// An endpoint may send these codes, RFC 6455 section 7.4, whatever the status;
// a reason is at most 123 bytes of UTF-8 whatever the message.
func TestCloseCodeIsSendable(t *testing.T) {
	sendable := []int{1000, 1008, 1009, 1011, 1013}
	for status := -1; status < 1100; status++ {
		code, _ := apierr.CloseCode(context.Background(), &apierr.Error{Code: "OWN", Status: status})
		if code < 4400 || code > 4499 {
			require.Contains(t, sendable, code, status)
		}
	}
	for _, message := range []string{strings.Repeat("é", 200), strings.Repeat("a", 117) + "\U0001F642x", strings.Repeat("\xff", 300), strings.Repeat("a", 200)} {
		for skip := range 4 {
			_, reason := apierr.CloseCode(context.Background(), &apierr.Error{Code: "OWN", Status: 400, Message: message[skip:]})
			require.LessOrEqual(t, len(reason), 123)
			require.True(t, utf8.ValidString(reason), "%q", reason)
		}
	}
	_, reason := apierr.CloseCode(context.Background(), &apierr.Error{Code: "OWN", Status: 400, Message: strings.Repeat("\xff", 121) + strings.Repeat("é", 100)})
	require.Equal(t, "OWN: \uFFFD"+strings.Repeat("é", 57), reason, "no more is lost than has to be")
	_, reason = apierr.CloseCode(context.Background(), &apierr.Error{Code: "OWN", Status: 400, Message: strings.Repeat("a", 117) + "\U0001F642x"})
	require.Equal(t, "OWN: "+strings.Repeat("a", 117), reason, "cut before the rune that does not fit")
	_, reason = apierr.CloseCode(context.Background(), &apierr.Error{Code: "OWN", Status: 400, Message: strings.Repeat("a", 200)})
	require.Len(t, reason, 123)
}
