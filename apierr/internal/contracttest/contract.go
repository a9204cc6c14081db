package contracttest

import (
	"fmt"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

// Table is the declared errors as lines of code, id and status, and the
// answer to each as it is raised.
func Table(t *testing.T, c apierr.Contract) string {
	t.Helper()
	var b strings.Builder
	for _, e := range c.Declared() {
		id := "-"
		if e.ID != 0 {
			id = strconv.Itoa(e.ID)
		}
		w := Answer(t, c, e)
		fmt.Fprintf(&b, "%d %s id %s\n%s\n", w.Code, e.Code, id, w.Body)
	}
	return b.String()
}

// RequireCodes requires every code of the source, with its ID and status, in
// the order of the source's groups; what follows them is ours and has no ID.
func RequireCodes(t *testing.T, s Source, c apierr.Contract) {
	t.Helper()
	require.NotEmpty(t, s.Codes)
	codes := s.byGroup()
	all := c.Declared()
	require.GreaterOrEqual(t, len(all), len(codes))
	for i, e := range all {
		require.NotEmpty(t, e.Message, e.Code)
		require.NotEmpty(t, e.Doc, e.Code)
		if i < len(codes) {
			require.Equal(t, codes[i], Code{e.Code, e.ID, e.Status, codes[i].Group})
		} else {
			require.Zero(t, e.ID, e.Code)
		}
	}
}

// raised is the neutral error that code raises for a builtin failure. The
// other builtins are raised by errors of the contract.
var raised = map[string]*apierr.Error{
	"route_not_found":        apierr.NotFound,
	"method_not_allowed":     apierr.MethodNotAllowed,
	"missing_credentials":    apierr.Unauthenticated,
	"forbidden":              apierr.Forbidden,
	"invalid_json":           apierr.InvalidJSON,
	"missing_parameter":      apierr.MissingParameter,
	"validation_failed":      apierr.InvalidBody,
	"body_too_large":         apierr.BodyTooLarge,
	"unsupported_media_type": apierr.UnsupportedMediaType,
	"request_timeout":        apierr.RequestTimeout,
	"rate_limited":           apierr.TooManyRequests,
	"panic":                  apierr.Internal,
	"unmapped_error":         apierr.Internal,
	"not_implemented":        apierr.NotImplemented,
	"bad_gateway":            apierr.BadGateway,
	"unavailable":            apierr.Unavailable,
	"handler_timeout":        apierr.GatewayTimeout,
	"stream_failed_midway":   apierr.StreamFailed,
}

// RequireBuiltins requires the source's answer to every failure of its own.
func RequireBuiltins(t *testing.T, s Source, c apierr.Contract) {
	t.Helper()
	require.NotEmpty(t, s.Builtins)
	for name, b := range s.Builtins {
		e := raised[name]
		if e == nil { // no neutral word for it: it is declared, and raised itself
			e = c.Lookup(b.Code)
		}
		require.NotNil(t, e, name)
		w := Answer(t, c, e)
		body := Body(t, w)
		require.Equal(t, b.Code, body["code"], name)
		if b.Status != 0 {
			require.Equal(t, b.Status, w.Code, name)
		}
		if b.ID != 0 {
			require.EqualValues(t, b.ID, body["id"], name)
		} else {
			require.NotContains(t, body, "id", name)
		}
		if b.Details {
			require.NotEmpty(t, body["details"], name)
		}
		for _, h := range b.Headers {
			require.NotEmpty(t, w.Header().Get(h), name)
		}
	}
}

// RequireNeutrals requires that every neutral error is answered as RFC 9110
// asks, and by a closed contract with nothing but its own errors.
func RequireNeutrals(t *testing.T, c apierr.Contract) {
	t.Helper()
	for _, e := range apierr.Standard.Errors {
		w := Answer(t, c, e)
		body := Body(t, w)
		code, _ := body["code"].(string)
		require.NotEmpty(t, body["message"], e.Code)
		require.GreaterOrEqual(t, w.Code, 400, e.Code)
		if c.Closed {
			require.NotNil(t, c.Lookup(code), "%s is answered as %s, which is not declared", e.Code, code)
		}
		RequireHeaders(t, w, e.Code)
	}
}

// RequireHeaders requires what every answer of its status has to have.
func RequireHeaders(t *testing.T, w *httptest.ResponseRecorder, what string) {
	t.Helper()
	switch w.Code {
	case 401:
		require.NotEmpty(t, w.Header().Get("WWW-Authenticate"), what)
	case 405:
		require.Contains(t, w.Header(), "Allow", what)
	case 429:
		n, err := strconv.Atoi(w.Header().Get("Retry-After"))
		require.NoError(t, err, what)
		require.Positive(t, n, what)
	}
}

// Body returns the member error of an answer.
func Body(t *testing.T, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var body struct {
		Error map[string]any `json:"error"`
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &body, json.RejectUnknownMembers(true)), w.Body.String())
	require.NotEmpty(t, body.Error)
	return body.Error
}
