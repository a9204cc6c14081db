// Package polyai is the error contract of the PolyAI API: 64 codes, most with a
// numeric ID, extension codes for statuses of its table that have none, and
// mappings of the built-in errors that its page does not mention.
//
//	{"error":{"code":"SCHEMA_VALIDATION_FAILED","id":1,"message":"name: Required (and 2 more)","correlation_id":"…"}}
//
// Codes are spelled as in the source: seven are not in capitals. Nine have no ID;
// their bodies have no member id. There are no details: the message has the
// first broken rule. X-Polyai-Correlation-Id is on every response, with the
// value of error.correlation_id; a safe one that the caller sent, such as
// adk-<uuid>, is kept.
//
// # WebSocket close codes
//
// The page lists 1000, 1006 and 408. Of these, RFC 6455 allows an endpoint to
// send only the first. A client sees:
//
//	1000  the server closed the connection normally: a close frame 1000
//	1006  the connection broke: no close frame; the client's own library
//	      reports 1006, which no endpoint may send (section 7.4.1)
//	408   no pong came in time: a close frame 4408, in the range for private
//	      use (section 7.4.2), since codes under 1000 are not used. A peer that
//	      does not answer pings usually does not read the frame either, and
//	      sees 1006
//
// [apierr.CloseCode] returns 4408 for [RequestTimeout].
package polyai

import (
	"maps"
	"slices"

	"github.com/failwell/failwell/apierr"
)

// Contract is the open form: undeclared errors are answered as they are, and a
// bare status is kept.
var Contract = apierr.Contract{
	Name:   "polyai",
	Title:  "PolyAI API errors",
	Format: envelope,
	Errors: slices.Concat(catalogue(), extensions()),

	RequestIDHeader:     apierr.NoHeader,
	CorrelationIDHeader: "X-Polyai-Correlation-Id",

	// Keys are sent in x-api-key, for which no scheme is registered; RFC 9110
	// requires a challenge all the same.
	Challenge: `ApiKey realm="polyai", header="x-api-key"`,

	Mappings: mappings(),
	StatusMappings: map[int]apierr.Mapping{
		414: {Error: SchemaValidationFailed},
		431: {Error: SchemaValidationFailed},
	},
}

// Closed is the strict form: the codes of [Contract] and no others, at statuses
// of the source's tables, except 413.
var Closed = func() apierr.Contract {
	c := Contract
	c.Name, c.Title, c.Closed = "polyai-closed", "PolyAI API errors, closed", true
	c.Mappings = maps.Clone(c.Mappings)
	maps.Copy(c.Mappings, map[*apierr.Error]apierr.Mapping{
		// These statuses are not in the table.
		apierr.NotAcceptable:        {Error: SchemaValidationFailed},
		apierr.PaymentRequired:      {Error: SchemaValidationFailed},
		apierr.RangeNotSatisfiable:  {Error: SchemaValidationFailed},
		apierr.UpgradeRequired:      {Error: SchemaValidationFailed},
		apierr.PreconditionRequired: {Error: SchemaValidationFailed},
		// Every 409 of the source is about one kind of resource; the code for
		// requests in general misleads no client.
		apierr.Conflict: {Error: SchemaValidationFailed, Status: 409},
	})
	return c
}()

var envelope = apierr.Envelope{Members: []apierr.Member{
	{Name: "error", Members: []apierr.Member{
		{Name: "code", From: apierr.FromCode},
		{Name: "id", From: apierr.FromID},
		{Name: "message", From: apierr.FromMessage},
		{Name: "correlation_id", From: apierr.FromCorrelationID},
	}},
}}

// mappings returns what is answered for the built-in errors. Conflict and
// NotAcceptable are not mapped: no code has their general meaning, so the open
// contract answers RESOURCE_CONFLICT and NOT_ACCEPTABLE.
func mappings() map[*apierr.Error]apierr.Mapping {
	return map[*apierr.Error]apierr.Mapping{
		// The table describes 400 as "The request body or query parameters failed
		// validation".
		apierr.BadRequest:       {Error: SchemaValidationFailed},
		apierr.InvalidJSON:      {Error: SchemaValidationFailed},
		apierr.InvalidBody:      {Error: SchemaValidationFailed},
		apierr.InvalidParameter: {Error: SchemaValidationFailed},
		apierr.MissingParameter: {Error: SchemaValidationFailed},
		// These are not in the table; RFC 9110 and RFC 6585 define them, and a
		// client can act on them.
		apierr.PaymentRequired:      {Error: SchemaValidationFailed, Status: 402},
		apierr.BodyTooLarge:         {Error: SchemaValidationFailed, Status: 413},
		apierr.RangeNotSatisfiable:  {Error: SchemaValidationFailed, Status: 416},
		apierr.UpgradeRequired:      {Error: SchemaValidationFailed, Status: 426},
		apierr.PreconditionRequired: {Error: SchemaValidationFailed, Status: 428},

		apierr.Unauthenticated: {Error: AuthUserUnauthorised},
		apierr.Forbidden:       {Error: UserAccessForbidden},

		apierr.NotFound:             {Error: NotFound},
		apierr.MethodNotAllowed:     {Error: MethodNotAllowed},
		apierr.RequestTimeout:       {Error: RequestTimeout},
		apierr.Gone:                 {Error: Gone},
		apierr.PreconditionFailed:   {Error: PreconditionFailed},
		apierr.UnprocessableContent: {Error: UnprocessableEntity},
		apierr.UnsupportedMediaType: {Error: UnsupportedMediaType},
		apierr.TooManyRequests:      {Error: TooManyRequests},
		// The table has one 429.
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
