// Package avatarium is the error contract of the Avatarium API: its 13 codes,
// in lower case, and what it maps the failures to that its page does not
// speak of.
//
//	{"error":{"code":"missing_parameter","message":"avatar_id is required","details":{"field":"avatar_id","reason":"missing"}}}
//
// The details and the message tell the first broken rule. The page's example
// has this failure as invalid_request, its table as missing_parameter; the
// table is followed. X-Request-Id and X-Correlation-Id are on every response,
// though the page names no header.
package avatarium

import (
	"maps"
	"time"

	"github.com/failwell/failwell/apierr"
)

// Contract is the open form: errors of your own pass as they are, and a bare
// status keeps its number.
var Contract = apierr.Contract{
	Name:   "avatarium",
	Title:  "Avatarium API errors",
	Format: envelope,
	Errors: []*apierr.Error{Forbidden, NotFound, MethodNotAllowed, InternalError, ServiceUnavailable},

	Sections: sections(),
	DetailsSchemas: map[*apierr.Error]string{
		MissingParameter: fieldAndReason,
		InvalidParameter: fieldAndReason,
	},

	Challenge: `Bearer realm="avatarium"`,

	// The page does not say how long; its client waits a second first.
	RetryAfter: time.Second,

	Mappings: mappings(),
}

// Closed is the strict form: the 13 codes, and of ours those without which a
// status of the source's table could not be answered. Its statuses are those
// of the table, but for 413.
var Closed = func() apierr.Contract {
	c := Contract
	c.Name, c.Title, c.Closed = "avatarium-closed", "Avatarium API errors, closed", true
	c.Errors = []*apierr.Error{
		Forbidden,          // no other 403
		NotFound,           // every other 404 names a kind of thing
		InternalError,      // no other 500
		ServiceUnavailable, // every other 503 blames a provider
	}
	c.Mappings = maps.Clone(c.Mappings)
	maps.Copy(c.Mappings, map[*apierr.Error]apierr.Mapping{
		// 405, 406, 408, 409, 415 and 501 are not in the table: a wrong method
		// is a resource that is not there, the others fold within their class.
		apierr.MethodNotAllowed:     {Error: NotFound},
		apierr.NotAcceptable:        {Error: InvalidRequest},
		apierr.RequestTimeout:       {Error: InvalidRequest},
		apierr.Conflict:             {Error: InvalidRequest},
		apierr.UnsupportedMediaType: {Error: InvalidRequest},
		apierr.NotImplemented:       {Error: InternalError},
	})
	return c
}()

// quotaRetryAfter is in no source; see QuotaExceeded.
const quotaRetryAfter = time.Hour

// fieldAndReason is the schema of the details.
const fieldAndReason = `{
	"type": "object",
	"properties": {
		"field": {"type": "string", "description": "The first field at fault."},
		"reason": {"type": "string", "description": "The rule that it breaks, as missing."}
	},
	"required": ["field", "reason"],
	"additionalProperties": false
}`

var envelope = apierr.Envelope{
	Members: []apierr.Member{{Name: "error", Members: []apierr.Member{
		{Name: "code", From: apierr.FromCode},
		{Name: "message", From: apierr.FromMessage},
		// The first violation; the details of an error without any.
		{Name: "details", Members: []apierr.Member{
			{Name: "field", From: apierr.FromPath},
			{Name: "reason", From: apierr.FromRule},
		}},
		{Name: "details", From: apierr.FromDetails},
	}}},
	Rules:     map[string]string{"required": "missing"},
	Violation: "{path}: {message}",
	Required:  "{path} is required",
}

// mappings says what the contract answers where its page is silent. Conflict
// is not here: no code means it, so the open contract lets RESOURCE_CONFLICT
// pass.
func mappings() map[*apierr.Error]apierr.Mapping {
	return map[*apierr.Error]apierr.Mapping{
		apierr.BadRequest:       {Error: InvalidRequest},
		apierr.InvalidJSON:      {Error: InvalidRequest},
		apierr.InvalidBody:      {Error: InvalidParameter, Required: MissingParameter},
		apierr.InvalidParameter: {Error: InvalidParameter, Required: MissingParameter},
		apierr.MissingParameter: {Error: MissingParameter},
		// Not in the table of statuses; RFC 9110 asks for them, and a client
		// can act on them.
		apierr.NotAcceptable:        {Error: InvalidRequest, Status: 406},
		apierr.RequestTimeout:       {Error: InvalidRequest, Status: 408},
		apierr.BodyTooLarge:         {Error: InvalidRequest, Status: 413},
		apierr.UnsupportedMediaType: {Error: InvalidRequest, Status: 415},

		apierr.Unauthenticated:  {Error: MissingAPIKey},
		apierr.Forbidden:        {Error: Forbidden},
		apierr.NotFound:         {Error: NotFound},
		apierr.MethodNotAllowed: {Error: MethodNotAllowed},

		apierr.TooManyRequests: {Error: RateLimitExceeded},
		apierr.QuotaExceeded:   {Error: QuotaExceeded},

		apierr.Internal:       {Error: InternalError},
		apierr.NotImplemented: {Error: InternalError, Status: 501},
		// Failures of third parties are 503 here, not 502.
		apierr.BadGateway:     {Error: ServiceUnavailable},
		apierr.Unavailable:    {Error: ServiceUnavailable},
		apierr.GatewayTimeout: {Error: ServiceUnavailable},
		apierr.StreamFailed:   {Error: InternalError},
	}
}
