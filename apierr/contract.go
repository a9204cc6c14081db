package apierr

import (
	"net/textproto"
	"time"
)

// Contract is what a server promises about its failures: their form, their
// headers, the errors there are, and what stands in for each neutral error.
// It is written as a literal that reads from top to bottom as the promise:
//
//	var Contract = apierr.Contract{
//		Name:   "orders",
//		Format: apierr.Envelope{},
//		Errors: []*apierr.Error{OrderNotFound, OrderClosed, Invalid, Broken},
//		StandIns: map[*apierr.Error]apierr.StandIn{
//			apierr.InvalidBody:  {Error: Invalid},
//			apierr.BodyTooLarge: {Error: Invalid, Status: 413},
//			apierr.Internal:     {Error: Broken},
//		},
//	}
//
// The zero value is an open contract without errors of its own: neutral errors
// are answered as [Standard] answers them.
//
// A copy shares the maps and slices of its origin. To serve a published
// contract with a stand-in more, clone StandIns (maps.Clone) before adding it.
type Contract struct {
	// Name, Title and Version are for documents and logs.
	Name, Title, Version string

	// Format is the form of every body. nil: Envelope{}.
	Format Format

	// Alternative is a second form, for clients whose Accept header prefers
	// its content type to that of Format; Problem{} is the usual one. Answers
	// then say Vary: Accept. A client that says nothing, accepts neither or
	// sends nonsense gets the Format. nil: there is no choice.
	Alternative Format

	// RequestIDHeader and CorrelationIDHeader name the response headers of the
	// two IDs, and the request headers under which they come in. Empty:
	// X-Request-Id and X-Correlation-Id. Unsent: there is no such header.
	RequestIDHeader, CorrelationIDHeader string

	// Unexposed contracts leave Access-Control-Expose-Headers to others. In
	// the zero value, answers to requests with an Origin name in it the ID,
	// Retry-After and rate limit headers that they carry: without that, no
	// script of another origin can read them.
	Unexposed bool

	// Errors are the declared errors.
	Errors []*Error

	// StandIns says what is answered for an error, the neutral ones above
	// all. It is looked up by the error that was declared, whatever its copies
	// carry, and not by its code, which an error of one's own may share.
	StandIns map[*Error]StandIn

	// Statuses says what is answered in place of a failure that came as a bare
	// status, from http.Error or a router. A status that is not here is
	// answered as the neutral error for it, else with the code HTTP_<status>.
	Statuses map[int]StandIn

	// Challenge is the WWW-Authenticate of every 401 that brings none of its
	// own; RFC 9110 section 11.6.1 makes it a must. Empty: Bearer.
	Challenge string

	// Closed contracts answer with nothing but declared errors, at their own
	// statuses or those that StandIns and Statuses give them: any other folds
	// into the nearest of them. In an open one, the zero value, errors that
	// nobody declared and bare statuses pass as they are.
	Closed bool

	// RetryAfter is the Retry-After of every 429 that names none. 0: 1s.
	RetryAfter time.Duration

	// RetryAfterUnavailable is the same for 503. 0: none is sent.
	RetryAfterUnavailable time.Duration
}

// StandIn is what a contract answers in place of another error.
type StandIn struct {
	// Error is the declared error that is answered: its code, ID and status,
	// and its message unless the raised error was given one of its own. nil:
	// the raised error stays, but for the fields below.
	Error *Error

	// Status is sent instead of the error's own. 0: the error's own.
	Status int

	// Required takes the place of Error where the first violation's rule is
	// "required". nil: it does not differ.
	Required *Error

	// Details are given to an answer that has neither details nor violations.
	Details map[string]any
}

// Unsent as a header name of a [Contract] says that there is no such header.
const Unsent = "-"

// Standard is the contract of the neutral errors themselves, in the plain
// envelope. It is open: errors that nobody declared pass through it. Change a
// copy, not the variable.
var Standard = Contract{
	Name:   "standard",
	Title:  "failwell standard errors",
	Format: Envelope{},
	Errors: neutrals(),
}

// Lookup returns the declared error with that code, nil where there is none.
func (c Contract) Lookup(code string) *Error {
	for _, e := range c.Errors {
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
	case Unsent:
		return Unsent
	}
	return textproto.CanonicalMIMEHeaderKey(name)
}
