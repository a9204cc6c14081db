package polyai_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

func TestContractsHaveNoFaults(t *testing.T) {
	require.NoError(t, polyai.Contract.Check())
	require.NoError(t, polyai.Closed.Check())
}

func TestSource(t *testing.T) {
	s := contracttest.ReadSource(t, "polyai")
	require.Len(t, s.Codes, 64)
	contracttest.RequireCodes(t, s, polyai.Contract)
	contracttest.RequireFailures(t, s, polyai.Contract)
	contracttest.RequireFailures(t, s, polyai.Closed) // the table has the status of every failure
}

func TestAnswers(t *testing.T) {
	contracttest.Golden(t, "answers", contracttest.Table(t, polyai.Contract))
}

// No built-in error is answered with a code about one kind of resource.
func TestGeneralCodes(t *testing.T) {
	general := []string{"SCHEMA_VALIDATION_FAILED", "AUTH_USER_UNAUTHORISED", "USER_ACCESS_FORBIDDEN"}
	for _, e := range polyai.Contract.Declared()[64:] {
		general = append(general, e.Code)
	}
	for _, c := range []apierr.Contract{polyai.Contract, polyai.Closed} {
		contracttest.RequireGeneralCodes(t, c, general...)
		contracttest.RequireStatus(t, c, polyai.SchemaValidationFailed, 402, 414, 416, 426, 428, 431)
		contracttest.RequireStatus(t, c, polyai.Gone, 410)
		contracttest.RequireStatus(t, c, polyai.PreconditionFailed, 412)
		contracttest.RequireStatus(t, c, polyai.UnprocessableEntity, 422)
	}
}

func TestCodesAreVerbatim(t *testing.T) {
	noID, mixed := 0, 0
	for _, e := range polyai.Contract.Declared()[:64] {
		if e.ID == 0 {
			noID++
		}
		if strings.ToUpper(e.Code) != e.Code {
			mixed++
		}
	}
	require.Equal(t, 9, noID)
	require.Equal(t, 7, mixed)
	require.Equal(t, 200, contracttest.Answer(t, polyai.Contract, polyai.DeploymentsEnvironmentAlreadyPublished).Code)
}

// The envelope has these members and no details, whatever was raised.
func TestMembers(t *testing.T) {
	name := apierr.Violation{Path: "name", Rule: "required", Message: "Required"}
	age := apierr.Violation{Path: "age", Rule: "min", Param: "18", Message: "Must be at least 18"}
	for _, test := range []struct {
		raise error
		want  string
	}{
		{polyai.FlowNotFound.With("flow", "f1"), `"code":"FLOW_NOT_FOUND","id":8001,"message":"The flow does not exist."`},
		{polyai.ChatConversationEnded, `"code":"ChatConversationEnded","message":"The conversation has ended."`},
		{apierr.InvalidBody.WithViolations(name), `"code":"SCHEMA_VALIDATION_FAILED","id":1,"message":"name: Required"`},
		{apierr.InvalidBody.WithViolations(name, age, age), `"code":"SCHEMA_VALIDATION_FAILED","id":1,"message":"name: Required (and 2 more)"`},
		{apierr.NotFound, `"code":"NOT_FOUND","message":"The requested resource does not exist."`},
		{errors.New("secret"), `"code":"INTERNAL_SERVER_ERROR","message":"An unexpected error occurred."`},
	} {
		w := contracttest.Answer(t, polyai.Contract, test.raise)
		require.Equal(t, `{"error":{`+test.want+`,"correlation_id":"`+contracttest.CorrelationID+`"}}`, w.Body.String())
		require.Equal(t, contracttest.CorrelationID, w.Header().Get("X-Polyai-Correlation-Id"))
		require.Empty(t, w.Header().Get("X-Request-Id"))
	}
}

func TestClosedFolds(t *testing.T) {
	for _, test := range []struct {
		raise  *apierr.Error
		code   string
		status int
	}{
		{apierr.NotAcceptable, "SCHEMA_VALIDATION_FAILED", 400},
		{apierr.Conflict, "SCHEMA_VALIDATION_FAILED", 409},
		{apierr.Gone, "GONE", 410},
		{&apierr.Error{Code: "OWN", Status: 412}, "PRECONDITION_FAILED", 412},
		{&apierr.Error{Code: "OWN", Status: 404}, "NOT_FOUND", 404},
		{&apierr.Error{Code: "OWN", Status: 418}, "SCHEMA_VALIDATION_FAILED", 400},
		{&apierr.Error{Code: "OWN", Status: 507}, "INTERNAL_SERVER_ERROR", 500},
	} {
		w := contracttest.Answer(t, polyai.Closed, test.raise)
		require.Equal(t, test.code, contracttest.Body(t, w)["code"])
		require.Equal(t, test.status, w.Code)
	}
}

func TestHeaders(t *testing.T) {
	h := contracttest.Answer(t, polyai.Contract, polyai.AuthUserInvalidToken).Header()
	require.Equal(t, `ApiKey realm="polyai", header="x-api-key"`, h.Get("WWW-Authenticate"))
	require.Equal(t, "1", contracttest.Answer(t, polyai.Contract, apierr.TooManyRequests).Header().Get("Retry-After"))
}

// What the package comment says of 408.
func TestPongTimeoutCloseCode(t *testing.T) {
	code, reason := apierr.CloseCode(context.Background(), polyai.RequestTimeout)
	require.Equal(t, 4408, code)
	require.Equal(t, "REQUEST_TIMEOUT: The request took too long.", reason)
}
