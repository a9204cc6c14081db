// Package chatbase is the error contract of the Chatbase API v2: its 21 codes,
// and mappings of the built-in errors that its page does not mention.
//
//	{"error":{"code":"VALIDATION_INVALID_BODY","message":"Invalid request","details":{"message":"Required"}}}
//
// Every response carries x-request-id, every 429 a Retry-After in seconds. The
// published page gives codes and meanings without statuses. The statuses are
// those of its API reference; a comment gives the reason where that has none
// either.
package chatbase

import (
	"maps"
	"time"

	"github.com/failwell/failwell/apierr"
)

// Contract is the open form: undeclared errors are answered as they are, and a
// bare status is kept.
var Contract = apierr.Contract{
	Name:   "chatbase",
	Title:  "Chatbase API v2 errors",
	Format: apierr.Envelope{},
	Errors: catalogue(),

	// The page has no correlation ID; one more header breaks no client.
	RequestIDHeader:     "X-Request-Id",
	CorrelationIDHeader: "X-Correlation-Id",

	Challenge: `Bearer realm="chatbase"`,

	// The limit is counted over 10 seconds.
	RetryAfter: 10 * time.Second,

	Mappings: mappings(),
	StatusMappings: map[int]apierr.Mapping{
		414: {Error: ValidationInvalidBody, Details: whole("URI too long")},
		431: {Error: ValidationInvalidBody, Details: whole("Header too large")},
	},
}

// Closed is the strict form: the 21 codes and no others, at their own statuses,
// except 413.
var Closed = func() apierr.Contract {
	c := Contract
	c.Name, c.Title, c.Closed = "chatbase-closed", "Chatbase API v2 errors, closed", true
	c.Mappings = maps.Clone(c.Mappings)
	maps.Copy(c.Mappings, map[*apierr.Error]apierr.Mapping{
		// 405, 406 and 415 are not statuses of the 21 codes: each is answered at
		// the status of the error that it is mapped to.
		apierr.MethodNotAllowed:     {Error: ResourceNotFound},
		apierr.NotAcceptable:        {Error: ResourceNotFound},
		apierr.UnsupportedMediaType: {Error: ValidationInvalidJSON},
		apierr.RequestTimeout:       {Error: ValidationInvalidBody, Details: whole("Took too long to arrive")},
		// The only 409 is about conversations.
		apierr.Conflict: {Error: ValidationInvalidBody, Details: whole("Conflict")},
		// 402 and 422 are statuses of errors about credits and messages, the
		// others are in no table.
		apierr.PaymentRequired:      {Error: ValidationInvalidBody, Details: whole("Payment required")},
		apierr.Gone:                 {Error: ValidationInvalidBody, Details: whole("Gone")},
		apierr.PreconditionFailed:   {Error: ValidationInvalidBody, Details: whole("Precondition failed")},
		apierr.RangeNotSatisfiable:  {Error: ValidationInvalidBody, Details: whole("Range not satisfiable")},
		apierr.UnprocessableContent: {Error: ValidationInvalidBody, Details: whole("Unprocessable")},
		apierr.UpgradeRequired:      {Error: ValidationInvalidBody, Details: whole("Upgrade required")},
		apierr.PreconditionRequired: {Error: ValidationInvalidBody, Details: whole("Precondition required")},
		// No 5xx but 500 is declared.
		apierr.NotImplemented: {Error: InternalServerError},
		apierr.BadGateway:     {Error: InternalServerError},
		apierr.Unavailable:    {Error: InternalServerError},
		apierr.GatewayTimeout: {Error: InternalServerError},
	})
	return c
}()

// mappings returns what is answered for the built-in errors. Conflict is not
// mapped: no declared code has its meaning, so the open contract answers
// RESOURCE_CONFLICT.
func mappings() map[*apierr.Error]apierr.Mapping {
	return map[*apierr.Error]apierr.Mapping{
		// The documented client reads the details of this code and fails without
		// them, so every mapping to it has some. A handler that raises the code
		// itself adds its own.
		apierr.InvalidBody:      {Error: ValidationInvalidBody, Details: whole("Invalid")},
		apierr.InvalidParameter: {Error: ValidationInvalidBody, Details: whole("Invalid parameter")},
		apierr.MissingParameter: {Error: ValidationInvalidBody, Details: whole("Missing parameter")},
		apierr.BadRequest:       {Error: ValidationInvalidBody, Details: whole("Bad request")},
		// No code for 413: a body that is too large is an invalid one.
		apierr.BodyTooLarge: {Error: ValidationInvalidBody, Status: 413, Details: whole("Too large")},
		// No code for 408: the body did not arrive.
		apierr.RequestTimeout: {Error: ValidationInvalidBody, Status: 408, Details: whole("Took too long to arrive")},
		// No codes in general for these: the code of a bad request, at their own
		// status. CHAT_CREDITS_EXHAUSTED and the other codes of 402 and 422 are
		// about one kind of thing.
		apierr.PaymentRequired:      {Error: ValidationInvalidBody, Status: 402, Details: whole("Payment required")},
		apierr.Gone:                 {Error: ValidationInvalidBody, Status: 410, Details: whole("Gone")},
		apierr.PreconditionFailed:   {Error: ValidationInvalidBody, Status: 412, Details: whole("Precondition failed")},
		apierr.RangeNotSatisfiable:  {Error: ValidationInvalidBody, Status: 416, Details: whole("Range not satisfiable")},
		apierr.UnprocessableContent: {Error: ValidationInvalidBody, Status: 422, Details: whole("Unprocessable")},
		apierr.UpgradeRequired:      {Error: ValidationInvalidBody, Status: 426, Details: whole("Upgrade required")},
		apierr.PreconditionRequired: {Error: ValidationInvalidBody, Status: 428, Details: whole("Precondition required")},

		apierr.InvalidJSON: {Error: ValidationInvalidJSON},
		// No code for 415: a body of another type is not JSON.
		apierr.UnsupportedMediaType: {Error: ValidationInvalidJSON, Status: 415},

		apierr.Unauthenticated: {Error: AuthMissingAPIKey},
		apierr.Forbidden:       {Error: AuthInsufficientPermissions},

		apierr.NotFound: {Error: ResourceNotFound},
		// No code for 405 and 406: nothing exists under this method or in this
		// form.
		apierr.MethodNotAllowed: {Error: ResourceNotFound, Status: 405},
		apierr.NotAcceptable:    {Error: ResourceNotFound, Status: 406},

		apierr.TooManyRequests: {Error: RateLimitTooManyRequests},
		// Not CHAT_CREDITS_EXHAUSTED: a quota of requests is renewed at a known
		// time, credits are bought.
		apierr.QuotaExceeded: {Error: RateLimitTooManyRequests},

		apierr.Internal:       {Error: InternalServerError},
		apierr.NotImplemented: {Error: InternalServerError, Status: 501},
		apierr.BadGateway:     {Error: InternalServerError, Status: 502},
		apierr.Unavailable:    {Error: InternalServerError, Status: 503},
		// 503 and not 504: the server itself ran out of time.
		apierr.GatewayTimeout: {Error: InternalServerError, Status: 503},
		apierr.StreamFailed:   {Error: ChatStreamingError},
	}
}

// whole returns details about the request as a whole.
func whole(message string) map[string]any { return map[string]any{"$": message} }
