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

// Table returns the declared errors as lines of status, code and ID, each
// followed by the body that answers it.
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

// RequireCodes requires every code of the source, with its ID and status, in the
// order of the source's groups; the added codes follow them and have no ID.
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

// raised has the built-in errors for the failures of the sources. For the other
// failures the contract's own errors are raised.
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

// RequireFailures requires the source's answers to failures that its page may not
// mention.
func RequireFailures(t *testing.T, s Source, c apierr.Contract) {
	t.Helper()
	require.NotEmpty(t, s.Failures)
	for name, b := range s.Failures {
		e := raised[name]
		if e == nil { // no built-in error for it: its declared error is raised
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

// RequireGeneralCodes requires that built-in errors, bare statuses and, if c is
// closed, undeclared errors are answered with one of the codes, which are not
// about one kind of resource, or with a code that c does not declare.
func RequireGeneralCodes(t *testing.T, c apierr.Contract, codes ...string) {
	t.Helper()
	x := NewExchange(t, c)
	check := func(err *apierr.Error) {
		t.Helper()
		code, _ := Body(t, x.Answer(nil, err))["code"].(string)
		if c.Lookup(code) != nil {
			require.Contains(t, codes, code, "%s, %d", err.Code, err.Status)
		}
	}
	for _, e := range apierr.Standard.Errors {
		check(e)
	}
	for status := 400; status < 600; status++ {
		check(x.Contract().ForStatus(status))
		if c.Closed {
			check(&apierr.Error{Code: "OWN", Status: status})
		}
	}
}

// RequireStatus requires the code of general, and the status, for built-in errors
// and bare statuses that a contract has no code for.
func RequireStatus(t *testing.T, c apierr.Contract, general *apierr.Error, statuses ...int) {
	t.Helper()
	x := NewExchange(t, c)
	for _, status := range statuses {
		answers := []*apierr.Error{x.Contract().ForStatus(status)}
		for _, e := range apierr.Standard.Errors {
			if e.Status == status && status != 414 && status != 431 { // those are not exported
				answers = append(answers, e)
			}
		}
		for _, e := range answers {
			w := x.Answer(nil, e)
			require.Equal(t, general.Code, Body(t, w)["code"], status)
			if c.Closed {
				require.Equal(t, general.Status, w.Code, status)
			} else {
				require.Equal(t, status, w.Code)
			}
		}
	}
}

// Body returns the member error of an answer's body.
func Body(t *testing.T, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var body struct {
		Error map[string]any `json:"error"`
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &body, json.RejectUnknownMembers(true)), w.Body.String())
	require.NotEmpty(t, body.Error)
	return body.Error
}
