package published

import "github.com/failwell/failwell/apierr/reference"

// Chatbase is the page of [chatbase.Contract].
//
// [chatbase.Contract]: https://pkg.go.dev/github.com/failwell/failwell/apierr/contracts/chatbase#Contract
var Chatbase = reference.Page{
	Intro: "All errors follow one format, with a machine-readable code, a message and, for invalid input, the fields at fault.",

	Authorization: "Authorization: Bearer YOUR_API_KEY",

	Headers: []reference.Header{
		{Name: "X-RateLimit-Limit", When: "Endpoints with a rate limit", Meaning: "The most requests in 10 seconds."},
		{Name: "X-RateLimit-Remaining", When: "Endpoints with a rate limit", Meaning: "The requests that are left."},
		{Name: "X-RateLimit-Reset", When: "Endpoints with a rate limit", Meaning: "When there are more, in milliseconds since 1970 (Unix time)."},
	},

	Support: "If an error persists, contact Chatbase support.",
}
