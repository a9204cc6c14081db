package reference

import "github.com/failwell/failwell/apierr"

// Page is what a reference page has besides the contract. The zero value is a
// complete page: every field adds to it or replaces a default.
//
// Intro, Text and Support are plain text. Blank lines divide them into
// paragraphs.
type Page struct {
	// Title is the heading. Empty: the contract's Title, else its Name, else
	// "API errors".
	Title string

	// Intro stands under the heading. Empty: one sentence that fits any API.
	Intro string

	// BaseURL is where the API is, for the sample clients: an absolute http or
	// https URL. Empty: https://api.example.com.
	BaseURL string

	// Path is a path of the API that the sample clients request with GET, with
	// its query. It begins with a slash. Empty: "/".
	Path string

	// Authorization is the header line with which a client identifies itself,
	// without a secret, as "Authorization: Bearer YOUR_API_KEY". Empty: the
	// sample clients send none.
	Authorization string

	// Statuses replace the default text for statuses that the contract has, and
	// add others.
	Statuses []Status

	// Headers are further response headers, above all those of rate limits
	// that are not the RateLimit fields.
	Headers []Header

	// CloseCodes are the WebSocket close codes. Empty: the page does not speak
	// of WebSockets.
	CloseCodes []CloseCode

	// Sections follow the sample clients.
	Sections []PageSection

	// Support says where to get help. Empty: the page says only what to quote.
	Support string

	// Hidden are declared errors that appear in no output, the contract
	// document included. An error that a built-in error or a status is mapped
	// to cannot be hidden. WithoutHidden leaves them out for the functions that
	// have no Page.
	Hidden []*apierr.Error

	// TryIt is the path, on the server of the page, under which a GET of each
	// code raises that error, as "/lab/raise/"; the code is added to it,
	// percent-encoded. The page then has a button for each code, which shows
	// the response as it came. It is for demonstrations: a production server
	// has no such path. Empty: there are no buttons.
	TryIt string
}

// Status is a row of the table of HTTP statuses.
type Status struct {
	// Status is 100 to 599.
	Status int
	// Meaning is a short name. Empty: the phrase of RFC 9110.
	Meaning string
	// When says when the status occurs. Empty: one sentence that fits any API.
	When string
}

// Header is a row of the table of response headers.
type Header struct {
	// Name is the header's name, When says which responses have it, and Meaning
	// what its value is, with the unit.
	Name, When, Meaning string
}

// CloseCode is a row of the table of WebSocket close codes. The page marks the
// codes that RFC 6455 section 7.4 does not let an endpoint send.
type CloseCode struct {
	// Code is the number as clients see it or as the documentation has it.
	Code int
	// Meaning is a short name, When says when the code occurs.
	Meaning, When string
}

// PageSection is a section of prose, a table and links, in this order. Any of
// them may be empty.
type PageSection struct {
	// Title is the heading and, in lower case and with hyphens, the anchor.
	Title string
	// Text stands under the heading.
	Text string
	// Columns are the head of a table, Rows its body: each row has as many
	// cells as there are columns.
	Columns []string
	Rows    [][]string
	// Links follow the table.
	Links []Link
}

// Link is a link to another page.
type Link struct {
	// Text is what a reader sees. Empty: the URL.
	Text string
	// URL is absolute, with the scheme http, https or mailto, or relative to
	// the page.
	URL string
}
