package tour

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/client"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
)

// What a user does about an error, by the errors that the contracts declare.
var (
	signIn = []error{
		apierr.Unauthenticated, chatbase.AuthMissingAPIKey, chatbase.AuthInvalidAPIKey, chatbase.AuthExpiredAPIKey,
		avatarium.MissingAPIKey, avatarium.InvalidAPIKey, avatarium.ExpiredAPIKey, polyai.AuthUserUnauthorised, polyai.AuthUserInvalidToken,
	}
	upgrade = []error{apierr.PaymentRequired, chatbase.ChatCreditsExhausted, chatbase.ChatAgentCreditsExhausted, avatarium.QuotaExceeded}
	correct = []error{
		apierr.InvalidBody, apierr.InvalidJSON, apierr.InvalidParameter, apierr.MissingParameter, chatbase.ValidationInvalidBody,
		avatarium.InvalidRequest, avatarium.MissingParameter, avatarium.InvalidParameter, polyai.GetConversationsFilterParseError,
	}
)

func isOneOf(err error, list []error) bool {
	return slices.ContainsFunc(list, func(target error) bool { return errors.Is(err, target) })
}

// advice is what a user is shown of an error, and does about it.
func advice(err error) string {
	var remote *client.RemoteError
	if !errors.As(err, &remote) {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return "incomplete: do not use it"
		}
		return "cannot be reached: " + err.Error()
	}
	message := remote.Remote.Message
	switch {
	case isOneOf(err, signIn):
		return "sign in: " + message
	case isOneOf(err, upgrade):
		return "upgrade: " + message
	case remote.Remote.Status == http.StatusTooManyRequests:
		return fmt.Sprintf("wait %v: %s", remote.Remote.RetryAfter, message)
	case isOneOf(err, correct):
		return "correct it: " + strings.Join(append([]string{message}, fields(remote.Remote)...), "; ")
	case remote.Remote.Status < 500:
		return message
	}
	return fmt.Sprintf("report %s (%s): %s", cmp.Or(remote.RequestID, remote.CorrelationID, "it"), remote.Remote.Code, message)
}

// fields are the broken rules, which the contracts have in three ways.
func fields(e *apierr.Error) (list []string) {
	for _, v := range e.Violations {
		list = append(list, v.Path+": "+cmp.Or(v.Message, v.Rule))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Details)) {
		list = append(list, fmt.Sprintf("%s: %v", name, e.Details[name]))
	}
	return list
}

// identified returns err, the error of a stream, with the request ID of its
// response: a stream has no header.
func identified(err error, resp *http.Response) error {
	var remote *client.RemoteError
	if errors.As(err, &remote) {
		remote.RequestID = cmp.Or(remote.RequestID, resp.Header.Get("X-Request-Id"))
		remote.CorrelationID = cmp.Or(remote.CorrelationID, resp.Header.Get("X-PolyAI-Correlation-Id"))
	}
	return err
}
