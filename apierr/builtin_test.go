package apierr_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

// The codes and statuses of the built-in errors are what clients of Standard
// program against.
func TestBuiltinErrors(t *testing.T) {
	want := []struct {
		e      *apierr.Error
		code   string
		status int
	}{
		{apierr.BadRequest, "BAD_REQUEST", 400},
		{apierr.InvalidJSON, "VALIDATION_INVALID_JSON", 400},
		{apierr.InvalidBody, "VALIDATION_INVALID_BODY", 400},
		{apierr.InvalidParameter, "VALIDATION_INVALID_PARAMETER", 400},
		{apierr.MissingParameter, "VALIDATION_MISSING_PARAMETER", 400},
		{apierr.Unauthenticated, "AUTH_UNAUTHENTICATED", 401},
		{apierr.PaymentRequired, "PAYMENT_REQUIRED", 402},
		{apierr.Forbidden, "AUTH_FORBIDDEN", 403},
		{apierr.NotFound, "RESOURCE_NOT_FOUND", 404},
		{apierr.MethodNotAllowed, "METHOD_NOT_ALLOWED", 405},
		{apierr.NotAcceptable, "NOT_ACCEPTABLE", 406},
		{apierr.RequestTimeout, "REQUEST_TIMEOUT", 408},
		{apierr.Conflict, "RESOURCE_CONFLICT", 409},
		{apierr.Gone, "RESOURCE_GONE", 410},
		{apierr.PreconditionFailed, "PRECONDITION_FAILED", 412},
		{apierr.BodyTooLarge, "REQUEST_BODY_TOO_LARGE", 413},
		{apierr.Standard.Lookup("REQUEST_URI_TOO_LONG"), "REQUEST_URI_TOO_LONG", 414},
		{apierr.UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", 415},
		{apierr.RangeNotSatisfiable, "RANGE_NOT_SATISFIABLE", 416},
		{apierr.UnprocessableContent, "UNPROCESSABLE_CONTENT", 422},
		{apierr.UpgradeRequired, "UPGRADE_REQUIRED", 426},
		{apierr.PreconditionRequired, "PRECONDITION_REQUIRED", 428},
		{apierr.TooManyRequests, "RATE_LIMIT_TOO_MANY_REQUESTS", 429},
		{apierr.QuotaExceeded, "RATE_LIMIT_QUOTA_EXCEEDED", 429},
		{apierr.Standard.Lookup("REQUEST_HEADER_TOO_LARGE"), "REQUEST_HEADER_TOO_LARGE", 431},
		{apierr.Internal, "INTERNAL_SERVER_ERROR", 500},
		{apierr.NotImplemented, "NOT_IMPLEMENTED", 501},
		{apierr.BadGateway, "BAD_GATEWAY", 502},
		{apierr.Unavailable, "SERVICE_UNAVAILABLE", 503},
		{apierr.GatewayTimeout, "GATEWAY_TIMEOUT", 504},
		{apierr.StreamFailed, "STREAM_FAILED", 500},
	}
	p, err := apierr.Standard.Compile()
	require.NoError(t, err)
	require.Len(t, apierr.Standard.Errors, len(want))
	for i, w := range want {
		require.Same(t, w.e, apierr.Standard.Errors[i])
		require.Equal(t, w.code, w.e.Code)
		require.Equal(t, w.status, w.e.Status)
		require.NotEmpty(t, w.e.Message, w.code)
		require.NotEmpty(t, w.e.Doc, w.code)
		// The first of a status is what a bare status is answered with.
		if first := i == 0 || want[i-1].status != w.status; first && w.e != apierr.StreamFailed {
			require.Same(t, w.e, p.ForStatus(w.status))
		}

		rec := httptest.NewRecorder()
		apierr.Write(rec, httptest.NewRequest("GET", "/", nil), w.e)
		require.Equal(t, w.status, rec.Code)
		require.JSONEq(t, `{"error":{"code":"`+w.code+`","message":"`+w.e.Message+`"}}`, rec.Body.String())
	}
	require.Equal(t, 499, apierr.ClientGone.Status)
	require.Nil(t, apierr.Standard.Lookup(apierr.ClientGone.Code), "it is never sent")
}

// Every status from 400 to 599 has an answer with that status under Standard.
func TestForStatusUnderStandard(t *testing.T) {
	p, err := apierr.Standard.Compile()
	require.NoError(t, err)
	for status := 400; status < 600; status++ {
		e := p.ForStatus(status)
		require.Equal(t, status, e.Status)
		require.NotEmpty(t, e.Code)
		require.NotEmpty(t, e.Message)
	}
	require.Equal(t, "HTTP_451", p.ForStatus(451).Code)
	require.Equal(t, http.StatusText(http.StatusUnavailableForLegalReasons), p.ForStatus(451).Message)
	require.Equal(t, "Error 599", p.ForStatus(599).Message)
	require.Equal(t, "RESOURCE_NOT_FOUND", p.ForStatus(404).Code)
}
