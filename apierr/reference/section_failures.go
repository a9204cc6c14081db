package reference

import (
	"strconv"

	"github.com/failwell/failwell/apierr"
)

// failure is what can go wrong at any endpoint, and the built-in error for it.
type failure struct {
	what   string
	raised error
	answer answer
}

// builtins answers the failures that have a built-in error.
func (b *builder) builtins() []failure {
	required, invalid := violations[0], violations[1]
	list := []failure{
		{what: "The body is no JSON", raised: apierr.InvalidJSON},
		{what: "A field of the body is missing", raised: apierr.InvalidBody.WithViolations(required)},
		{what: "A field of the body is invalid", raised: apierr.InvalidBody.WithViolations(invalid)},
		{what: "A parameter is missing", raised: apierr.MissingParameter.WithViolations(required)},
		{what: "A parameter is invalid", raised: apierr.InvalidParameter.WithViolations(invalid)},
		{what: "The credentials are missing or invalid", raised: apierr.Unauthenticated},
		{what: "The credentials do not allow the operation", raised: apierr.Forbidden},
		{what: "The path does not exist", raised: apierr.NotFound},
		{what: "The path does not have the method", raised: apierr.MethodNotAllowed},
		{what: "The request does not arrive in time", raised: apierr.RequestTimeout},
		{what: "The body is too large", raised: apierr.BodyTooLarge},
		{what: "The body has another content type", raised: apierr.UnsupportedMediaType},
		{what: "The rate limit is used up", raised: apierr.TooManyRequests},
		{what: "The quota of a period is used up", raised: apierr.QuotaExceeded},
		{what: "The server fails: a panic or an unknown error", raised: apierr.Internal},
		{what: "A service that the server depends on fails", raised: apierr.BadGateway},
		{what: "The server cannot answer now", raised: apierr.Unavailable},
		{what: "The answer takes too long", raised: apierr.GatewayTimeout},
	}
	for i := range list {
		list[i].answer = respond(b.compiled, b.page.Path, list[i].raised)
	}
	return list
}

// failures says how the built-in failures are answered.
func (b *builder) failures() section {
	t := table{Columns: []string{"Failure", "Status", "Code"}}
	for _, f := range b.builtins() {
		t.Rows = append(t.Rows, []line{
			words(f.what), {code(strconv.Itoa(f.answer.Status))}, {b.ref(f.answer.Error.Code)},
		})
	}
	return standard(titleFailures,
		text("These failures are answered in the same form, whether or not an endpoint knows of them:"), rows(t))
}
