package apierr

import (
	"net/textproto"
	"time"
)

// Contract declares how a server answers failures: the form of the bodies, the
// ID headers, the declared errors, and which of these is answered in place of
// each built-in error. It is written as a literal:
//
//	var Contract = apierr.Contract{
//		Name:   "orders",
//		Format: apierr.Envelope{},
//		Errors: []*apierr.Error{OrderNotFound, OrderClosed, Invalid, Broken},
//		Mappings: map[*apierr.Error]apierr.Mapping{
//			apierr.InvalidBody:  {Error: Invalid},
//			apierr.BodyTooLarge: {Error: Invalid, Status: 413},
//			apierr.Internal:     {Error: Broken},
//		},
//	}
//
// The zero value is an open contract that declares no errors: built-in errors
// are answered as [Standard] answers them.
//
// A copy shares the maps and slices of its origin. To serve a published
// contract with one more mapping, clone Mappings (maps.Clone) before adding it.
type Contract struct {
	// Name, Title and Version are for documents and logs.
	Name, Title, Version string

	// DocURL is where the errors are documented: the beginning of a URI
	// reference, to which the code is added, as in
	// "https://api.example.com/errors/" or "https://example.com/errors#". If it
	// has {code} or {id} in it, these are replaced instead; an error without an
	// ID has no URL under a contract that needs it. An Envelope sends it
	// [FromDocURL], a Problem as the type, and other formats find it in [Info].
	// Empty: there is none.
	DocURL string

	// Format is the form of every body. nil: Envelope{}.
	Format Format

	// Alternative is a second form, for clients whose Accept header prefers
	// its content type to that of Format; Problem{} is the usual one. Responses
	// then carry Vary: Accept. A client that sends no Accept, accepts neither
	// or sends an invalid one receives the Format. nil: there is no choice.
	Alternative Format

	// RequestIDHeader and CorrelationIDHeader name the response headers of the
	// two IDs, and the request headers that may carry them. Empty: X-Request-Id
	// and X-Correlation-Id. NoHeader: there is no such header.
	RequestIDHeader, CorrelationIDHeader string

	// NoExposeHeaders leaves Access-Control-Expose-Headers alone. By default,
	// responses to requests with an Origin list in it the ID, Retry-After and
	// rate limit headers that they carry; otherwise no script of another origin
	// can read them.
	NoExposeHeaders bool

	// Errors are the declared errors that no section has.
	Errors []*Error

	// Sections declare errors too, in groups under headings, for a reference
	// page. An error is declared once: in a section or in Errors. The order of
	// the sections is that of the page; Errors come last.
	Sections []Section

	// Deprecated says of declared errors that they are no longer raised, or
	// will not be for long, and what clients should use instead. An empty text
	// is a deprecation without a successor.
	Deprecated map[*Error]string

	// DetailsSchemas are the JSON Schemas (draft 2020-12) of the details of
	// declared errors, as the member of the body has them. reference.SchemaFor
	// makes one from a struct type. An error that is not in it may have any
	// details.
	DetailsSchemas map[*Error]string

	// Mappings says what is answered in place of an error, of the built-in ones
	// above all. The key is the declared error, whatever its copies carry, and
	// not its code, which an error of the user may share.
	Mappings map[*Error]Mapping

	// StatusMappings says what is answered for a failure that is known by its
	// status alone, from http.Error or a router. Any other status is answered
	// as the built-in error for it, else with the code HTTP_<status>.
	StatusMappings map[int]Mapping

	// Challenge is the WWW-Authenticate of every 401 that brings none of its
	// own; RFC 9110 section 11.6.1 makes it a must. Empty: Bearer.
	Challenge string

	// Closed contracts answer with declared errors only, at their own statuses
	// or at those that Mappings and StatusMappings give them. Any other error
	// is folded into the first of these that the contract has: the mapping of
	// its status in StatusMappings, the mapping of the built-in error of exactly
	// this status, that of BadRequest for any other 4xx, that of Internal.
	// In an open contract, the zero value, undeclared errors and bare statuses
	// are answered as they are.
	Closed bool

	// Language is the language in which Messages are written, as a BCP 47 tag.
	// It is used only with Translations. Empty: "en".
	Language string

	// Translations are messages in other languages, by BCP 47 tag and code:
	//
	//	{"de": {"ORDER_NOT_FOUND": "Die Bestellung existiert nicht"}}
	//
	// The Accept-Language of a request chooses between them and Language, by
	// the distance of languages as package golang.org/x/text/language has it. A
	// message that is not translated stays as it is, and so does the text of
	// [Error.WithMessage]; validate.WithTranslator translates what package
	// validate reports, into the language that is chosen here. For the texts of an Envelope (Violation, Required,
	// OneMore, More, UncountedMore) the key is the text itself. A translation has
	// the same {placeholders} as its original. Answers then have Vary:
	// Accept-Language, and Content-Language if the message is the contract's.
	// Empty: there is no choice, and no cost.
	Translations map[string]map[string]string

	// RetryAfter is the Retry-After of every 429 that names none. 0: 1s. Negative
	// durations are faults.
	RetryAfter time.Duration

	// RetryAfterUnavailable is the same for 503. 0: none is sent.
	RetryAfterUnavailable time.Duration
}

// Mapping is what a contract answers in place of another error.
type Mapping struct {
	// Error is the declared error that is answered: its code, ID and status, its
	// Details under those of the raised error, and its message unless the raised
	// error was given another one. nil: the raised error is answered, changed by
	// the fields below.
	Error *Error

	// Status is sent instead of the error's own. 0: the error's own.
	Status int

	// Required is answered in place of Error if the first violation's rule is
	// "required". nil: Error is.
	Required *Error

	// Details are added to an error that has neither details nor violations.
	Details map[string]any
}

// NoHeader as the name of an ID header of a [Contract]: the header is neither
// read nor sent.
const NoHeader = "-"

// Standard is the contract of the built-in errors, in the plain envelope. It is
// open: undeclared errors are answered as they are. Change a copy, not the
// variable.
var Standard = Contract{
	Name:   "standard",
	Title:  "failwell standard errors",
	Format: Envelope{},
	Errors: builtins(),
}

// Lookup returns the declared error with that code, nil if there is none.
func (c Contract) Lookup(code string) *Error {
	for _, e := range c.Declared() {
		if e != nil && e.Code == code {
			return e
		}
	}
	return nil
}

// headerName is the canonical form of name, fallback where it is empty.
func headerName(name, fallback string) string {
	switch name {
	case "":
		return fallback
	case NoHeader:
		return NoHeader
	}
	return textproto.CanonicalMIMEHeaderKey(name)
}
