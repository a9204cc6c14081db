package published

import "github.com/failwell/failwell/apierr/reference"

// PolyAI is the page of [polyai.Contract].
//
// [polyai.Contract]: https://pkg.go.dev/github.com/failwell/failwell/apierr/contracts/polyai#Contract
var PolyAI = reference.Page{
	Intro: "All API errors return a JSON body with a code, an identifier and the correlation ID of the request.",

	Authorization: "x-api-key: YOUR_API_KEY",

	Statuses: []reference.Status{
		{Status: 200, When: "The request succeeded. One code has this status: publishing the same version again changes nothing."},
		{Status: 400, Meaning: "Bad request", When: "The request body or query parameters failed validation."},
		{Status: 401, Meaning: "Unauthorized", When: "Missing, expired, or invalid API key or token."},
		{Status: 403, Meaning: "Forbidden", When: "You do not have permission for the requested action."},
		{Status: 404, Meaning: "Not found", When: "The requested resource does not exist."},
		{Status: 405, Meaning: "Method not allowed", When: "The HTTP method is not supported for this endpoint."},
		{Status: 408, Meaning: "Request timeout", When: "The request exceeded the server timeout."},
		{Status: 409, Meaning: "Conflict", When: "A resource with the same identifier already exists."},
		{Status: 410, Meaning: "Gone", When: "The resource has been permanently deleted."},
		{Status: 412, Meaning: "Precondition failed", When: "A required precondition was not met (for example, deploying to live before pre-release)."},
		{Status: 415, Meaning: "Unsupported media type", When: "The uploaded file type is not supported."},
		{Status: 422, Meaning: "Unprocessable entity", When: "The request is well-formed but contains semantic errors."},
		{Status: 429, Meaning: "Too many requests", When: "Rate limit exceeded. Retry after the period indicated in the response headers."},
		{Status: 500, Meaning: "Internal server error", When: "An unexpected error occurred on the server."},
		{Status: 501, Meaning: "Not implemented", When: "The requested functionality is not yet available."},
		{Status: 502, Meaning: "Bad gateway", When: "An upstream service returned an error or timed out."},
		{Status: 503, Meaning: "Service unavailable", When: "The service is temporarily unavailable."},
	},

	CloseCodes: []reference.CloseCode{
		{Code: 1000, Meaning: "Normal closure", When: "Connection closed cleanly."},
		{Code: 1006, Meaning: "Abnormal closure", When: "Connection dropped unexpectedly (for example, network failure)."},
		{Code: 408, Meaning: "Pong timeout", When: "Server did not receive a pong response within the configured timeout. The close frame has 4408."},
		{Code: 4408, Meaning: "Pong timeout", When: "The close frame of a pong timeout, in the range for private use."},
	},

	Support: "Include the correlation ID when you contact PolyAI support.",
}
