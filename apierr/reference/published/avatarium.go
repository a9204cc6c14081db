package published

import "github.com/failwell/failwell/apierr/reference"

// Avatarium is the page of [avatarium.Contract].
//
// [avatarium.Contract]: https://pkg.go.dev/github.com/failwell/failwell/apierr/contracts/avatarium#Contract
var Avatarium = reference.Page{
	Intro: "Avatarium uses conventional HTTP statuses and answers every error in one form.",

	Authorization: "Authorization: Bearer YOUR_API_KEY",

	Statuses: []reference.Status{
		{Status: 200, Meaning: "Success"},
		{Status: 400, Meaning: "Bad Request", When: "Invalid parameters"},
		{Status: 401, Meaning: "Unauthorized", When: "Invalid or missing API key"},
		{Status: 403, Meaning: "Forbidden", When: "Insufficient permissions"},
		{Status: 404, Meaning: "Not Found", When: "Resource does not exist"},
		{Status: 429, Meaning: "Too Many Requests", When: "Rate limit exceeded"},
		{Status: 500, Meaning: "Internal Server Error"},
		{Status: 503, Meaning: "Service Unavailable"},
	},

	Headers: []reference.Header{
		{Name: "X-RateLimit-Limit", When: "Endpoints with a rate limit", Meaning: "The most requests of the period."},
		{Name: "X-RateLimit-Remaining", When: "Endpoints with a rate limit", Meaning: "The requests that are left."},
		{Name: "X-RateLimit-Reset", When: "Endpoints with a rate limit", Meaning: "When there are more, in seconds since 1970 (Unix time)."},
	},
}
