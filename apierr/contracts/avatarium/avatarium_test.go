package avatarium_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

func TestContractsHaveNoFaults(t *testing.T) {
	require.NoError(t, avatarium.Contract.Check())
	require.NoError(t, avatarium.Closed.Check())
}

func TestSource(t *testing.T) {
	s := contracttest.ReadSource(t, "avatarium")
	require.Len(t, s.Codes, 13)
	contracttest.RequireCodes(t, s, avatarium.Contract)
	contracttest.RequireCodes(t, s, avatarium.Closed)
	contracttest.RequireFailures(t, s, avatarium.Contract)
}

func TestAnswers(t *testing.T) {
	contracttest.Golden(t, "answers", contracttest.Table(t, avatarium.Contract))
}

// No built-in error is answered with a code about one kind of resource.
func TestGeneralCodes(t *testing.T) {
	for _, c := range []apierr.Contract{avatarium.Contract, avatarium.Closed} {
		contracttest.RequireGeneralCodes(t, c,
			"invalid_request", "invalid_parameter", "missing_parameter", "missing_api_key", "forbidden", "not_found",
			"method_not_allowed", "rate_limit_exceeded", "quota_exceeded", "internal_error", "service_unavailable")
		contracttest.RequireStatus(t, c, avatarium.InvalidRequest, 402, 410, 412, 414, 416, 422, 426, 428, 431)
	}
}

func TestViolations(t *testing.T) {
	required := apierr.Violation{Path: "avatar_id", Rule: "required", Message: "Required"}
	long := apierr.Violation{Path: "content", Rule: "max", Param: "10", Message: "Must be at most 10 characters"}
	whole := apierr.Violation{Path: "$", Rule: "required", Message: "Required"}
	for _, test := range []struct {
		raise error
		want  string
	}{
		{apierr.InvalidBody.WithViolations(required, long),
			`"code":"missing_parameter","message":"avatar_id is required","details":{"field":"avatar_id","reason":"missing"}`},
		{apierr.InvalidBody.WithViolations(long, required),
			`"code":"invalid_parameter","message":"content: Must be at most 10 characters","details":{"field":"content","reason":"max"}`},
		{apierr.InvalidParameter.WithViolations(required),
			`"code":"missing_parameter","message":"avatar_id is required","details":{"field":"avatar_id","reason":"missing"}`},
		{apierr.InvalidBody.WithViolations(whole),
			`"code":"missing_parameter","message":"body is required","details":{"field":"$","reason":"missing"}`},
		{avatarium.InvalidRequest, `"code":"invalid_request","message":"The request is malformed"`},
		{apierr.InvalidJSON, `"code":"invalid_request","message":"The request is malformed"`},
	} {
		require.Equal(t, `{"error":{`+test.want+`}}`, contracttest.Answer(t, avatarium.Contract, test.raise).Body.String())
	}
}

func TestClosedFolds(t *testing.T) {
	for _, test := range []struct {
		raise  *apierr.Error
		code   string
		status int
	}{
		{apierr.MethodNotAllowed, "not_found", 404},
		{apierr.NotAcceptable, "invalid_request", 400},
		{apierr.RequestTimeout, "invalid_request", 400},
		{apierr.Conflict, "invalid_request", 400},
		{apierr.Gone, "invalid_request", 400},
		{apierr.PreconditionFailed, "invalid_request", 400},
		{apierr.BodyTooLarge, "invalid_request", 413},
		{apierr.UnsupportedMediaType, "invalid_request", 400},
		{apierr.NotImplemented, "internal_error", 500},
		{apierr.BadGateway, "service_unavailable", 503},
		{apierr.GatewayTimeout, "service_unavailable", 503},
		{&apierr.Error{Code: "own", Status: 405}, "not_found", 404},
		{&apierr.Error{Code: "own", Status: 403}, "forbidden", 403},
		{&apierr.Error{Code: "own", Status: 429}, "rate_limit_exceeded", 429},
	} {
		w := contracttest.Answer(t, avatarium.Closed, test.raise)
		require.Equal(t, test.code, contracttest.Body(t, w)["code"], test.raise.Code)
		require.Equal(t, test.status, w.Code, test.raise.Code)
	}
}

// A bare status is kept by the open contract; the closed one folds it.
func TestBareStatuses(t *testing.T) {
	for _, test := range []struct {
		c      apierr.Contract
		status int
		code   string
		sent   int
	}{
		{avatarium.Contract, 405, "method_not_allowed", 405},
		{avatarium.Contract, 502, "service_unavailable", 502},
		{avatarium.Contract, 418, "HTTP_418", 418},
		{avatarium.Closed, 405, "not_found", 404},
		{avatarium.Closed, 502, "service_unavailable", 503},
		{avatarium.Closed, 418, "invalid_request", 400},
		{avatarium.Closed, 599, "internal_error", 500},
	} {
		p, err := test.c.Compile()
		require.NoError(t, err)
		e := p.ForStatus(test.status)
		require.Equal(t, test.code, e.Code)
		require.Equal(t, test.sent, e.Status)
	}
}

func TestHeaders(t *testing.T) {
	h := contracttest.Answer(t, avatarium.Contract, avatarium.MissingAPIKey).Header()
	require.Equal(t, `Bearer realm="avatarium"`, h.Get("WWW-Authenticate"))
	require.Equal(t, contracttest.RequestID, h.Get("X-Request-Id"))
	require.Equal(t, contracttest.CorrelationID, h.Get("X-Correlation-Id"))
	require.Equal(t, "1", contracttest.Answer(t, avatarium.Contract, apierr.TooManyRequests).Header().Get("Retry-After"))
	require.Equal(t, "3600", contracttest.Answer(t, avatarium.Contract, apierr.QuotaExceeded).Header().Get("Retry-After"))
	require.Empty(t, contracttest.Answer(t, avatarium.Contract, avatarium.AIProviderError).Header().Get("Retry-After"))
}
