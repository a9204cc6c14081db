// Package chatbase is the error contract of the Chatbase API v2: its 21 codes
// and what it maps the failures to that its page does not speak of.
//
//	{"error":{"code":"VALIDATION_INVALID_BODY","message":"Invalid request","details":{"message":"Required"}}}
//
// Every response carries x-request-id, every 429 a Retry-After in seconds.
// The published page gives codes and meanings, no statuses; those here are the
// ones that its API reference shows, and where that is silent too a comment
// says why.
package chatbase

import (
	"maps"
	"time"

	"github.com/failwell/failwell/apierr"
)

// Contract is the open form: errors of your own pass as they are, and a bare
// status keeps its number.
var Contract = apierr.Contract{
	Name:   "chatbase",
	Title:  "Chatbase API v2 errors",
	Format: apierr.Envelope{},

	Sections: sections(),
	DetailsSchemas: map[*apierr.Error]string{
		ValidationInvalidBody: `{"type":"object","description":"What is wrong, by field.","additionalProperties":{"type":"string"}}`,
	},

	// The page promises no correlation ID; a header more breaks no client.
	RequestIDHeader:     "X-Request-Id",
	CorrelationIDHeader: "X-Correlation-Id",

	Challenge: `Bearer realm="chatbase"`,

	// The limit is counted over 10 seconds.
	RetryAfter: 10 * time.Second,

	Mappings: mappings(),
}

// Closed is the strict form: nothing but the 21 codes, at their own statuses,
// but for 413.
var Closed = func() apierr.Contract {
	c := Contract
	c.Name, c.Title, c.Closed = "chatbase-closed", "Chatbase API v2 errors, closed", true
	c.Mappings = maps.Clone(c.Mappings)
	maps.Copy(c.Mappings, map[*apierr.Error]apierr.Mapping{
		// 405, 406 and 415 are not among the statuses of the 21: each folds
		// into the error that it is mapped to, at that error's own status.
		apierr.MethodNotAllowed:     {Error: ResourceNotFound},
		apierr.NotAcceptable:        {Error: ResourceNotFound},
		apierr.UnsupportedMediaType: {Error: ValidationInvalidJSON},
		apierr.RequestTimeout:       {Error: ValidationInvalidBody, Details: whole("Took too long to arrive")},
		// The only 409, though it speaks of conversations.
		apierr.Conflict: {Error: ChatConversationNotOngoing},
		// No 5xx but 500 is declared.
		apierr.NotImplemented: {Error: InternalServerError},
		apierr.BadGateway:     {Error: InternalServerError},
		apierr.Unavailable:    {Error: InternalServerError},
		apierr.GatewayTimeout: {Error: InternalServerError},
	})
	return c
}()

// mappings says what the contract answers where its page is silent. Conflict is
// the one built-in error that is not here: no declared code means it, so the
// open contract lets RESOURCE_CONFLICT pass.
func mappings() map[*apierr.Error]apierr.Mapping {
	return map[*apierr.Error]apierr.Mapping{
		// The documented client reads details with this code and takes their
		// absence for a fault: whatever is mapped to it has some. A handler
		// that raises the code itself says what it has to say.
		apierr.InvalidBody:      {Error: ValidationInvalidBody, Details: whole("Invalid")},
		apierr.InvalidParameter: {Error: ValidationInvalidBody, Details: whole("Invalid parameter")},
		apierr.MissingParameter: {Error: ValidationInvalidBody, Details: whole("Missing parameter")},
		apierr.BadRequest:       {Error: ValidationInvalidBody, Details: whole("Bad request")},
		// No code for 413: the nearest is a body that is not as it should be.
		apierr.BodyTooLarge: {Error: ValidationInvalidBody, Status: 413, Details: whole("Too large")},
		// A body that did not arrive; no code for 408.
		apierr.RequestTimeout: {Error: ValidationInvalidBody, Status: 408, Details: whole("Took too long to arrive")},

		apierr.InvalidJSON: {Error: ValidationInvalidJSON},
		// No code for 415: what is of another type is not JSON.
		apierr.UnsupportedMediaType: {Error: ValidationInvalidJSON, Status: 415},

		apierr.Unauthenticated: {Error: AuthMissingAPIKey},
		apierr.Forbidden:       {Error: AuthInsufficientPermissions},

		apierr.NotFound: {Error: ResourceNotFound},
		// No code for 405 and 406: nothing is there under this method, or in
		// this form.
		apierr.MethodNotAllowed: {Error: ResourceNotFound, Status: 405},
		apierr.NotAcceptable:    {Error: ResourceNotFound, Status: 406},

		apierr.TooManyRequests: {Error: RateLimitTooManyRequests},
		// Not CHAT_CREDITS_EXHAUSTED: a quota of requests says when to come
		// back, credits are bought.
		apierr.QuotaExceeded: {Error: RateLimitTooManyRequests},

		apierr.Internal:       {Error: InternalServerError},
		apierr.NotImplemented: {Error: InternalServerError, Status: 501},
		apierr.BadGateway:     {Error: InternalServerError, Status: 502},
		apierr.Unavailable:    {Error: InternalServerError, Status: 503},
		// 503 and not 504: it is the server's own time that ran out.
		apierr.GatewayTimeout: {Error: InternalServerError, Status: 503},
		apierr.StreamFailed:   {Error: ChatStreamingError},
	}
}

// whole are details that speak of the request as a whole.
func whole(message string) map[string]any { return map[string]any{"$": message} }
