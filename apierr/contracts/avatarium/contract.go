// Package avatarium is the error contract of the Avatarium API: its 13 codes, in
// lower case, five more for statuses of its table that have none, and mappings
// of the built-in errors that its page does not mention.
//
//	{"error":{"code":"missing_parameter","message":"avatar_id is required","details":{"field":"avatar_id","reason":"missing"}}}
//
// The details and the message are about the first broken rule. The page's
// example answers this failure with invalid_request, its table with
// missing_parameter; the contract follows the table. X-Request-Id and
// X-Correlation-Id are on every response, though the page names no header.
package avatarium

import (
	"maps"
	"slices"
	"time"

	"github.com/failwell/failwell/apierr"
)

// Contract is the open form: undeclared errors are answered as they are, and a
// bare status is kept.
var Contract = apierr.Contract{
	Name:   "avatarium",
	Title:  "Avatarium API errors",
	Format: envelope,
	Errors: append(catalogue(), Forbidden, NotFound, MethodNotAllowed, InternalError, ServiceUnavailable),

	Challenge: `Bearer realm="avatarium"`,

	// The page gives no time; its client waits a second first.
	RetryAfter: time.Second,

	Mappings: mappings(),
	StatusMappings: map[int]apierr.Mapping{
		414: {Error: InvalidRequest},
		431: {Error: InvalidRequest},
	},
}

// Closed is the strict form: the 13 codes, and of the added ones those without
// which a status of the source's table has no code. Its statuses are those of
// the table, except 413.
var Closed = func() apierr.Contract {
	c := Contract
	c.Name, c.Title, c.Closed = "avatarium-closed", "Avatarium API errors, closed", true
	c.Errors = slices.Concat(catalogue(), []*apierr.Error{
		Forbidden,          // no other 403
		NotFound,           // every other 404 names a kind of thing
		InternalError,      // no other 500
		ServiceUnavailable, // every other 503 blames a provider
	})
	c.Mappings = maps.Clone(c.Mappings)
	maps.Copy(c.Mappings, map[*apierr.Error]apierr.Mapping{
		// The table has 400, 401, 403, 404 and 429 of the client errors, 500 and
		// 503 of the others: a wrong method is a resource that does not exist,
		// all others are answered within their class.
		apierr.MethodNotAllowed:     {Error: NotFound},
		apierr.NotAcceptable:        {Error: InvalidRequest},
		apierr.RequestTimeout:       {Error: InvalidRequest},
		apierr.Conflict:             {Error: InvalidRequest},
		apierr.UnsupportedMediaType: {Error: InvalidRequest},
		apierr.PaymentRequired:      {Error: InvalidRequest},
		apierr.Gone:                 {Error: InvalidRequest},
		apierr.PreconditionFailed:   {Error: InvalidRequest},
		apierr.RangeNotSatisfiable:  {Error: InvalidRequest},
		apierr.UnprocessableContent: {Error: InvalidRequest},
		apierr.UpgradeRequired:      {Error: InvalidRequest},
		apierr.PreconditionRequired: {Error: InvalidRequest},
		apierr.NotImplemented:       {Error: InternalError},
	})
	return c
}()

// quotaRetryAfter is not from the source; see QuotaExceeded.
const quotaRetryAfter = time.Hour

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

// mappings returns what is answered for the built-in errors. Conflict is not
// mapped: no code has its meaning, so the open contract answers
// RESOURCE_CONFLICT.
func mappings() map[*apierr.Error]apierr.Mapping {
	return map[*apierr.Error]apierr.Mapping{
		apierr.BadRequest:       {Error: InvalidRequest},
		apierr.InvalidJSON:      {Error: InvalidRequest},
		apierr.InvalidBody:      {Error: InvalidParameter, Required: MissingParameter},
		apierr.InvalidParameter: {Error: InvalidParameter, Required: MissingParameter},
		apierr.MissingParameter: {Error: MissingParameter},
		// Not in the table of statuses; RFC 9110 defines them, and a client can
		// act on them.
		apierr.NotAcceptable:        {Error: InvalidRequest, Status: 406},
		apierr.RequestTimeout:       {Error: InvalidRequest, Status: 408},
		apierr.BodyTooLarge:         {Error: InvalidRequest, Status: 413},
		apierr.UnsupportedMediaType: {Error: InvalidRequest, Status: 415},
		apierr.PaymentRequired:      {Error: InvalidRequest, Status: 402},
		apierr.Gone:                 {Error: InvalidRequest, Status: 410},
		apierr.PreconditionFailed:   {Error: InvalidRequest, Status: 412},
		apierr.RangeNotSatisfiable:  {Error: InvalidRequest, Status: 416},
		apierr.UnprocessableContent: {Error: InvalidRequest, Status: 422},
		apierr.UpgradeRequired:      {Error: InvalidRequest, Status: 426},
		apierr.PreconditionRequired: {Error: InvalidRequest, Status: 428},

		apierr.Unauthenticated:  {Error: MissingAPIKey},
		apierr.Forbidden:        {Error: Forbidden},
		apierr.NotFound:         {Error: NotFound},
		apierr.MethodNotAllowed: {Error: MethodNotAllowed},

		apierr.TooManyRequests: {Error: RateLimitExceeded},
		apierr.QuotaExceeded:   {Error: QuotaExceeded},

		apierr.Internal:       {Error: InternalError},
		apierr.NotImplemented: {Error: InternalError, Status: 501},
		// The source answers failures of third parties with 503, not 502.
		apierr.BadGateway:     {Error: ServiceUnavailable},
		apierr.Unavailable:    {Error: ServiceUnavailable},
		apierr.GatewayTimeout: {Error: ServiceUnavailable},
		apierr.StreamFailed:   {Error: InternalError},
	}
}
