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
	contracttest.RequireFailures(t, s, chatbase.Contract)
}

func TestAnswers(t *testing.T) {
	contracttest.Golden(t, "answers", contracttest.Table(t, chatbase.Contract))
}

// No built-in error is answered with a code about one kind of resource.
func TestGeneralCodes(t *testing.T) {
	for _, c := range []apierr.Contract{chatbase.Contract, chatbase.Closed} {
		contracttest.RequireGeneralCodes(t, c,
			"VALIDATION_INVALID_BODY", "VALIDATION_INVALID_JSON", "AUTH_MISSING_API_KEY", "AUTH_INSUFFICIENT_PERMISSIONS",
			"RESOURCE_NOT_FOUND", "RATE_LIMIT_TOO_MANY_REQUESTS", "INTERNAL_SERVER_ERROR", "CHAT_STREAMING_ERROR")
		contracttest.RequireStatus(t, c, chatbase.ValidationInvalidBody, 402, 410, 412, 414, 416, 422, 426, 428, 431)
	}
}

// The documented client reads the details of VALIDATION_INVALID_BODY without
// checking that there are any: every mapping to it has some. A handler that
// raises the code itself adds its own.
func TestInvalidBodyAlwaysHasDetails(t *testing.T) {
	for _, raise := range []*apierr.Error{
		apierr.InvalidBody, apierr.InvalidParameter, apierr.MissingParameter, apierr.BadRequest,
		apierr.BodyTooLarge, apierr.RequestTimeout, apierr.PaymentRequired, apierr.Gone, apierr.PreconditionFailed,
		apierr.RangeNotSatisfiable, apierr.UnprocessableContent, apierr.UpgradeRequired, apierr.PreconditionRequired,
	} {
		for _, c := range []apierr.Contract{chatbase.Contract, chatbase.Closed} {
			body := contracttest.Body(t, contracttest.Answer(t, c, raise))
			require.Equal(t, "VALIDATION_INVALID_BODY", body["code"])
			require.Contains(t, body["details"], "$", raise.Code)
		}
	}
	for _, c := range []apierr.Contract{chatbase.Contract, chatbase.Closed} {
		x := contracttest.NewExchange(t, c)
		for status := 400; status < 600; status++ {
			body := contracttest.Body(t, x.Answer(nil, x.Contract().ForStatus(status)))
			if body["code"] == "VALIDATION_INVALID_BODY" {
				require.Contains(t, body["details"], "$", status)
			}
		}
	}
}

func TestMappings(t *testing.T) {
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
		{apierr.Conflict,
			`{"error":{"code":"RESOURCE_CONFLICT","message":"The request conflicts with the state of the resource"}}`,
			`{"error":{"code":"VALIDATION_INVALID_BODY","message":"Invalid request","details":{"$":"Conflict"}}}`, [2]int{409, 400}},
		{apierr.PaymentRequired,
			`{"error":{"code":"VALIDATION_INVALID_BODY","message":"Invalid request","details":{"$":"Payment required"}}}`, ``, [2]int{402, 400}},
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
