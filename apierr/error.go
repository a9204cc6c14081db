package apierr

import (
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/failwell/failwell/internal/text"
)

// Error is a failure of an API: what the client may see of it, and a private
// cause.
//
// A declared error is written once, as a package variable:
//
//	var AgentNotFound = &apierr.Error{
//		Code: "AGENT_NOT_FOUND", Status: 404,
//		Message: "The agent does not exist",
//		Doc:     "No agent of the workspace has this ID.",
//	}
//
// and returned as it is or through the methods below, each of which returns a
// copy that shares no map or slice with its origin:
//
//	return AgentNotFound.Wrap(err).With("agent_id", id)
//
// A declared error is therefore safe for concurrent use, if no code assigns to
// its fields. Called on nil, the methods return a copy of [Internal], so that a
// failed look-up of an error does not turn a failure into a success.
//
// An Error without a Code, or with a Status that no response with a body can
// have, is answered as [Internal].
type Error struct {
	// Code is the stable word that clients program against, in the case of the
	// contract. It is not a status number.
	Code string

	// ID is the number that some contracts give a code. 0: none; the member is
	// absent from the body.
	ID int

	// Status is the HTTP status, 200 to 599 but not 204, 205 or 304.
	Status int

	// Message is for the client: one sentence, without secrets. Empty: the
	// status phrase of RFC 9110.
	Message string

	// Doc is for the reference page: when the error occurs and what to do about
	// it. It is not sent.
	Doc string

	// Details are further members for the client, by name. The values are
	// encoded as encoding/json/v2 does, maps in sorted order and durations as
	// in "1m30s". A value that cannot be encoded, or that is or contains an
	// error, is left out, and a secondary error in the record: a cause belongs
	// in Wrap.
	Details map[string]any

	// Violations are the broken rules of the input, in document order.
	Violations []Violation

	// RetryAfter is how long the client should wait. It is sent as Retry-After,
	// RFC 9110 section 10.2.3, in whole seconds, rounded up, at least 1. 0 or
	// less: the contract's default.
	RetryAfter time.Duration

	// Header is added to the response; a Retry-After in it replaces one that is
	// there. These fields are ignored: the ID headers; Content-Type, -Length and
	// -Encoding, Transfer-Encoding, Trailer and X-Content-Type-Options;
	// Cache-Control and all others for caches; digests and signatures; files by
	// reference such as X-Accel-Redirect; Content-Range on anything but a 416;
	// names and values that HTTP does not allow.
	Header http.Header

	cause    error
	origin   *Error            // the declared error this is a copy of; nil: it is one itself
	mappedBy *CompiledContract // the contract that mapped another error to this copy; nil: none
}

// Violation is one broken rule of one field of the input. It never holds the
// value that broke the rule.
type Violation struct {
	// In is the part of the request that holds the field: "query", "path",
	// "header" or "form". Empty: the body.
	In string

	// Path is the field by its name on the wire, as in items[0].name. "$" is
	// the whole document.
	Path string

	// Rule is the machine word of the rule: "required", "min", "type". A last
	// violation with the rule "more" says that others were left out.
	Rule string

	// Param is the rule's parameter, as 8 in min=8. Empty: it has none.
	Param string

	// Message is for the client, without the name and the value of the field:
	// "Required", "Must be at least 8 characters".
	Message string
}

// Error returns the code, the message and the cause, for logs. It is never sent to
// a client.
func (e *Error) Error() string {
	if e == nil {
		return "<nil>"
	}
	s := e.Code
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.cause != nil {
		s += ": " + text.OfError(e.cause)
	}
	return s
}

// Unwrap returns the private cause, nil if there is none.
func (e *Error) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.cause
}

// Is reports whether target is an Error with the same code, so that
// errors.Is(err, AgentNotFound) is true for every copy of AgentNotFound. An empty
// code equals none.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && e != nil && t != nil && e.Code != "" && e.Code == t.Code
}

// LogValue returns the code, ID, status, message, broken rules and cause as a
// group, without the details, which may hold personal data. It implements
// [slog.LogValuer].
func (e *Error) LogValue() slog.Value {
	if e == nil {
		return slog.Value{}
	}
	attrs := make([]slog.Attr, 0, 6)
	attrs = append(attrs, slog.String("code", e.Code))
	if e.ID != 0 {
		attrs = append(attrs, slog.Int("id", e.ID))
	}
	attrs = append(attrs, slog.Int("status", e.Status), slog.String("message", e.Message))
	if len(e.Violations) > 0 {
		rules := make([]slog.Attr, len(e.Violations))
		for i, v := range e.Violations {
			rules[i] = slog.String(v.Path, v.Rule)
		}
		attrs = append(attrs, slog.Attr{Key: "violations", Value: slog.GroupValue(rules...)})
	}
	if e.cause != nil {
		attrs = append(attrs, slog.String("cause", text.OfError(e.cause)))
	}
	return slog.GroupValue(attrs...)
}

// Wrap returns a copy with cause as its private cause, in place of one that it
// had. The cause is for the log and for errors.Is and errors.As; none of its text
// reaches a client. Wrap(nil) returns a copy without a cause.
func (e *Error) Wrap(cause error) *Error {
	c := e.copy()
	c.cause = cause
	return c
}

// With returns a copy whose Details have value under key, in place of one that
// was there. The value must not be changed afterwards. Each call copies the error
// and its Details: for several details use [Error.WithDetails], which copies
// once.
func (e *Error) With(key string, value any) *Error {
	c := e.copy()
	if c.Details == nil {
		c.Details = make(map[string]any, 1)
	}
	c.Details[key] = value
	return c
}

// WithDetails returns a copy whose Details have all entries of details, in place
// of those with the same keys. The map is copied; its values must not be changed
// afterwards.
func (e *Error) WithDetails(details map[string]any) *Error {
	c := e.copy()
	if c.Details == nil {
		c.Details = make(map[string]any, len(details))
	}
	maps.Copy(c.Details, details)
	return c
}

// WithMessage returns a copy with the text as its Message.
func (e *Error) WithMessage(text string) *Error {
	c := e.copy()
	c.Message = text
	return c
}

// WithViolations returns a copy with v appended to its Violations.
func (e *Error) WithViolations(v ...Violation) *Error {
	c := e.copy()
	c.Violations = append(c.Violations, v...)
	return c
}

// WithRetryAfter returns a copy with d as its RetryAfter.
func (e *Error) WithRetryAfter(d time.Duration) *Error {
	c := e.copy()
	c.RetryAfter = d
	return c
}

// WithHeader returns a copy whose Header has value added under key.
func (e *Error) WithHeader(key, value string) *Error {
	c := e.copy()
	if c.Header == nil {
		c.Header = make(http.Header, 1)
	}
	c.Header.Add(key, value)
	return c
}

func (e *Error) copy() *Error {
	if e == nil {
		e = Internal
	}
	c := *e
	c.origin = e.declared()
	c.Details = maps.Clone(e.Details)
	c.Violations = slices.Clone(e.Violations)
	c.Header = e.Header.Clone()
	return &c
}

// declared returns the declared error that e is a copy of, or e itself.
func (e *Error) declared() *Error {
	if e.origin != nil {
		return e.origin
	}
	return e
}
