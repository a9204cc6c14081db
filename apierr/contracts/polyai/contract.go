// Package polyai is the error contract of the PolyAI API: 64 codes, most with
// a numeric ID, and what it maps the failures to that its page does not
// speak of.
//
//	{"error":{"code":"SCHEMA_VALIDATION_FAILED","id":1,"message":"name: Required (and 2 more)","correlation_id":"…"}}
//
// Codes are taken as the source writes them: seven are not in capitals. Nine
// have no ID; their bodies have no member id. There are no details: the first
// broken rule is told in the message. X-Polyai-Correlation-Id is on every
// response, the same as error.correlation_id; a safe one that the caller sent,
// such as adk-<uuid>, is kept.
//
// # WebSocket close codes
//
// The page lists 1000, 1006 and 408. RFC 6455 lets an endpoint send the first
// of them only. What a client sees:
//
//	1000  the server closed the connection in good order: a close frame 1000
//	1006  the connection broke: no close frame; 1006 is what the client's own
//	      library reports, and no endpoint may send it (section 7.4.1)
//	408   no pong came in time: a close frame 4408, the code in the range for
//	      private use (section 7.4.2), where numbers under 1000 have no place.
//	      A peer that does not answer pings mostly does not read it either,
//	      and sees 1006
//
// [apierr.CloseCode] gives 4408 for [RequestTimeout].
package polyai

import (
	"maps"

	"github.com/failwell/failwell/apierr"
)

// Contract is the open form: errors of your own pass as they are, and a bare
// status keeps its number.
var Contract = apierr.Contract{
	Name:   "polyai",
	Title:  "PolyAI API errors",
	Format: envelope,
	Errors: extensions(),

	Sections: sections(),

	RequestIDHeader:     apierr.NoHeader,
	CorrelationIDHeader: "X-Polyai-Correlation-Id",

	// Keys come in x-api-key, for which no scheme is registered; RFC 9110
	// asks for a challenge all the same.
	Challenge: `ApiKey realm="polyai", header="x-api-key"`,

	Mappings: mappings(),
}

// Closed is the strict form: nothing but the codes of [Contract], at statuses
// of the source's tables, but for 413.
var Closed = func() apierr.Contract {
	c := Contract
	c.Name, c.Title, c.Closed = "polyai-closed", "PolyAI API errors, closed", true
	c.Mappings = maps.Clone(c.Mappings)
	maps.Copy(c.Mappings, map[*apierr.Error]apierr.Mapping{
		// 406 is not in the table.
		apierr.NotAcceptable: {Error: SchemaValidationFailed},
		// Every 409 of the source is about one kind of thing; the code that
		// speaks of requests in general misleads nobody.
		apierr.Conflict: {Error: SchemaValidationFailed, Status: 409},
	})
	return c
}()

var envelope = apierr.Envelope{Members: []apierr.Member{
	{Name: "error", Members: []apierr.Member{
		{Name: "code", Doc: "The machine-readable error code.", From: apierr.FromCode},
		{Name: "id", Doc: "The numeric identifier of the code. Nine codes have none.", From: apierr.FromID},
		{Name: "message", Doc: "A description for people.", From: apierr.FromMessage},
		{Name: "correlation_id", Doc: "The value of the X-Polyai-Correlation-Id header. Include it when you contact support.", From: apierr.FromCorrelationID},
	}},
}}

// mappings says what the contract answers where its page is silent. Conflict
// and NotAcceptable are not here: no code means them in general, so the open
// contract lets RESOURCE_CONFLICT and NOT_ACCEPTABLE pass.
func mappings() map[*apierr.Error]apierr.Mapping {
	return map[*apierr.Error]apierr.Mapping{
		// "The request body or query parameters failed validation" is what the
		// table says of 400.
		apierr.BadRequest:       {Error: SchemaValidationFailed},
		apierr.InvalidJSON:      {Error: SchemaValidationFailed},
		apierr.InvalidBody:      {Error: SchemaValidationFailed},
		apierr.InvalidParameter: {Error: SchemaValidationFailed},
		apierr.MissingParameter: {Error: SchemaValidationFailed},
		// 413 is not in the table; RFC 9110 asks for it, and a client can act
		// on it.
		apierr.BodyTooLarge: {Error: SchemaValidationFailed, Status: 413},

		apierr.Unauthenticated: {Error: AuthUserUnauthorised},
		apierr.Forbidden:       {Error: UserAccessForbidden},

		apierr.NotFound:             {Error: NotFound},
		apierr.MethodNotAllowed:     {Error: MethodNotAllowed},
		apierr.RequestTimeout:       {Error: RequestTimeout},
		apierr.UnsupportedMediaType: {Error: UnsupportedMediaType},
		apierr.TooManyRequests:      {Error: TooManyRequests},
		// The table knows one way to have asked too often.
		apierr.QuotaExceeded: {Error: TooManyRequests},

		apierr.Internal:       {Error: InternalServerError},
		apierr.NotImplemented: {Error: NotImplemented},
		apierr.BadGateway:     {Error: BadGateway},
		apierr.Unavailable:    {Error: ServiceUnavailable},
		// 504 is not in the table.
		apierr.GatewayTimeout: {Error: ServiceUnavailable},
		apierr.StreamFailed:   {Error: InternalServerError},
	}
}
