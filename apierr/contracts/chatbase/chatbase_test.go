package chatbase_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

func TestContractsHaveNoFaults(t *testing.T) {
	require.NoError(t, chatbase.Contract.Check())
	require.NoError(t, chatbase.Closed.Check())
}

func TestSource(t *testing.T) {
	s := contracttest.ReadSource(t, "chatbase")
	require.Len(t, chatbase.Contract.Declared(), len(s.Codes))
	contracttest.RequireCodes(t, s, chatbase.Contract)
	contracttest.RequireBuiltins(t, s, chatbase.Contract)
}

func TestAnswers(t *testing.T) {
	contracttest.Golden(t, "answers", contracttest.Table(t, chatbase.Contract))
	contracttest.RequireNeutrals(t, chatbase.Contract)
	contracttest.RequireNeutrals(t, chatbase.Closed)
}

// The documented client reads the details of VALIDATION_INVALID_BODY without
// asking whether they are there: no mapping goes without. The code raised as
// it stands has what its handler gave it.
func TestInvalidBodyAlwaysHasDetails(t *testing.T) {
	for _, raise := range []*apierr.Error{
		apierr.InvalidBody, apierr.InvalidParameter, apierr.MissingParameter, apierr.BadRequest,
		apierr.BodyTooLarge, apierr.RequestTimeout,
	} {
		for _, c := range []apierr.Contract{chatbase.Contract, chatbase.Closed} {
			body := contracttest.Body(t, contracttest.Answer(t, c, raise))
			require.Equal(t, "VALIDATION_INVALID_BODY", body["code"])
			require.Contains(t, body["details"], "$", raise.Code)
		}
	}
}

func TestStandIns(t *testing.T) {
	missing := apierr.Violation{Path: "message", Rule: "required", Message: "Required"}
	own := &apierr.Error{Code: "WIDGET_STUCK", Status: 418, Message: "The widget is stuck"}
	for _, test := range []struct {
		raise        error
		open, closed string // body
		status       [2]int
	}{
		{apierr.InvalidBody.WithViolations(missing),
			`{"error":{"code":"VALIDATION_INVALID_BODY","message":"Invalid request","details":{"message":"Required"}}}`, ``, [2]int{400, 400}},
		{chatbase.ValidationInvalidBody.WithViolations(missing),
			`{"error":{"code":"VALIDATION_INVALID_BODY","message":"Invalid request","details":{"message":"Required"}}}`, ``, [2]int{400, 400}},
		{apierr.BodyTooLarge,
			`{"error":{"code":"VALIDATION_INVALID_BODY","message":"Invalid request","details":{"$":"Too large"}}}`, ``, [2]int{413, 413}},
		{apierr.UnsupportedMediaType,
			`{"error":{"code":"VALIDATION_INVALID_JSON","message":"The request body is not valid JSON"}}`, ``, [2]int{415, 400}},
		{apierr.MethodNotAllowed,
			`{"error":{"code":"RESOURCE_NOT_FOUND","message":"The resource does not exist"}}`, ``, [2]int{405, 404}},
		{apierr.GatewayTimeout,
			`{"error":{"code":"INTERNAL_SERVER_ERROR","message":"An unexpected error occurred"}}`, ``, [2]int{503, 500}},
		{own,
			`{"error":{"code":"WIDGET_STUCK","message":"The widget is stuck"}}`,
			`{"error":{"code":"VALIDATION_INVALID_BODY","message":"Invalid request","details":{"$":"Bad request"}}}`, [2]int{418, 400}},
	} {
		if test.closed == "" {
			test.closed = test.open
		}
		w := contracttest.Answer(t, chatbase.Contract, test.raise)
		require.Equal(t, test.open, w.Body.String())
		require.Equal(t, test.status[0], w.Code)
		w = contracttest.Answer(t, chatbase.Closed, test.raise)
		require.Equal(t, test.closed, w.Body.String())
		require.Equal(t, test.status[1], w.Code)
	}
}

func TestHeaders(t *testing.T) {
	h := contracttest.Answer(t, chatbase.Contract, chatbase.RateLimitTooManyRequests).Header()
	require.Equal(t, "10", h.Get("Retry-After"))
	require.Equal(t, contracttest.RequestID, h.Get("x-request-id"))
	h = contracttest.Answer(t, chatbase.Closed, chatbase.AuthInvalidAPIKey).Header()
	require.Equal(t, `Bearer realm="chatbase"`, h.Get("WWW-Authenticate"))
}
