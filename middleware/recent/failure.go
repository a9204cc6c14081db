package recent

import (
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/privatecause"
	"github.com/failwell/failwell/internal/text"
	"github.com/failwell/failwell/middleware"
)

// Failure is one failed request, as it is kept. Its texts are valid UTF-8 and
// bounded; those that come from clients or errors may hold any character.
type Failure struct {
	// Time is when the request ended, in UTC.
	Time time.Time

	// RequestID and CorrelationID are those of the response header, TraceID is
	// that of WithTraceID. At most 128 bytes each.
	RequestID, CorrelationID, TraceID string

	// Method is the request's, at most 32 bytes.
	Method string

	// Route is the pattern that matched, at most 256 bytes. Empty: none did, or
	// none is known.
	Route string

	// Path is the escaped path without the query, at most 512 bytes.
	Path string

	// Status is what was sent, as in middleware.Outcome: 499 if the client had
	// left, 0 if the response was aborted before there was a status, and 200 for
	// an error that was sent inside a stream.
	Status int

	// Code is of the error that the client received, or would have received, at
	// most 128 bytes. Empty: a handler answered in its own form, or the response
	// was aborted.
	Code string

	// Duration is how long the request took.
	Duration time.Duration

	// Cause is the text of the private cause, at most 4 KiB. Empty: it has none.
	Cause string

	// Stack is where the handler panicked, a frame a line, at most 12 KiB. Empty:
	// it did not.
	Stack string

	// Violations are the broken rules of a rejected request: only In, Path and
	// Rule of each, and at most 16. If there were more, a last one has the rule
	// "more".
	Violations []apierr.Violation

	// WriteError and SecondaryError are the texts of the fields of
	// middleware.Outcome: why the response cannot have arrived whole, and what
	// went wrong while the failure was reported. At most 1 KiB each.
	WriteError, SecondaryError string

	// ClientGone reports that the client left before the response was complete.
	ClientGone bool

	// Cut reports that the response was aborted, which the client can see.
	Cut bool
}

// fill sets f, which is zero, to what is kept of o. Texts and violations still
// share memory with o.
func (f *Failure) fill(o *middleware.Outcome) {
	f.Time = o.Time
	f.RequestID, f.CorrelationID = o.RequestID, o.CorrelationID
	f.Method, f.Route, f.Path = o.Method, o.Route, o.Path
	f.Status, f.Duration = o.Status, o.Duration
	if o.Error != nil {
		f.Code = o.Error.Code
		f.Violations = o.Error.Violations
	}
	f.Cause = textOf(privatecause.Of(o.Cause, o.Error))
	f.Stack = o.Stack
	f.WriteError, f.SecondaryError = textOf(o.WriteError), textOf(o.SecondaryError)
	f.ClientGone, f.Cut = o.ClientGone, o.Cut
}

func textOf(err error) string {
	if err == nil {
		return ""
	}
	return text.OfError(err)
}

// maxViolations is how many violations are kept. A client chooses how many
// there are.
const maxViolations = 16

// brokenRules returns what is kept of violations, as a copy for the functions of
// WithRedact.
func brokenRules(violations []apierr.Violation) []apierr.Violation {
	var rules []apierr.Violation
	for i, v := range violations {
		if i == maxViolations {
			return append(rules, apierr.Violation{Rule: "more"})
		}
		rules = append(rules, apierr.Violation{In: v.In, Path: v.Path, Rule: v.Rule})
	}
	return rules
}

// addSecondary adds a line to SecondaryError.
func (f *Failure) addSecondary(line string) {
	if f.SecondaryError != "" {
		line = f.SecondaryError + "\n" + line
	}
	f.SecondaryError = line
}

// withoutTexts returns what of f is never personal: what the server has made
// itself.
func (f *Failure) withoutTexts() Failure {
	return Failure{
		Time: f.Time, RequestID: f.RequestID, Method: f.Method, Route: f.Route, Status: f.Status, Code: f.Code,
		Duration: f.Duration, ClientGone: f.ClientGone, Cut: f.Cut,
	}
}
