package apierr

import (
	"strconv"
	"strings"
)

// Envelope is the [Format] of a JSON object around an error. The zero value is
//
//	{"error":{"code":"RESOURCE_NOT_FOUND","message":"The resource does not exist","details":{"id":"7"}}}
//
// and its fields make any other: flat, under another root, with members beside
// it. Members without a value are absent, never null, 0 or {}.
//
// An Envelope may be used by several goroutines at once.
type Envelope struct {
	// Members are the members of the body in the order in which they are
	// sent. None: error, with code, message and details in it.
	Members []Member

	// Details is the form of a member [FromDetails].
	Details DetailsForm

	// Reasons are the words of [DetailsFirst] for rules that have another name
	// there, as {"required": "missing"}. A rule that is not here is its own.
	Reasons map[string]string

	// Violation is the message of an error with Violations, told by the first
	// of them: {path}, {message}, {rule} and {param} are its fields, {more} is
	// " (and 2 more)" where others follow. The path of the whole document is
	// told as "body". Empty: the error's own message, or, where no member
	// has the details, "{path}: {message}{more}".
	Violation string

	// Required takes the place of Violation where the first rule is
	// "required". Empty: it does not differ.
	Required string
}

// Member is one member of an [Envelope]. Exactly one of From, Members and JSON
// says what its value is.
type Member struct {
	// Name is the member's name. It may be any string, once in an object.
	Name string

	// Doc says what the member means, for a reference page. It is not sent.
	// Empty: the page has a sentence for each Source.
	Doc string

	// From is the part of the error or the request that is sent.
	From Source

	// Members make it an object. It is absent where all of them are.
	Members []Member

	// JSON is a constant value in its JSON form: `false`, `null`, `"v1"`.
	JSON string
}

// Source is the part of an error or of its request that fills a [Member].
type Source string

// What a member can be filled from.
const (
	FromCode          Source = "code"           // a string, always there
	FromMessage       Source = "message"        // a string, always there
	FromStatus        Source = "status"         // a number, always there
	FromID            Source = "id"             // a number; absent where the code has none
	FromDetails       Source = "details"        // see DetailsForm; absent where there are none
	FromRequestID     Source = "request_id"     // a string; absent outside a middleware
	FromCorrelationID Source = "correlation_id" // a string; absent outside a middleware
)

// DetailsForm is how an [Envelope] tells the Violations and the Details of an
// error.
type DetailsForm string

const (
	// DetailsMap, the zero value too, is an object: the messages of the
	// Violations by path, then the Details by key. The first violation of a
	// path wins, also over a key of the Details.
	DetailsMap DetailsForm = "map"

	// DetailsFirst is the first violation as {"field":"name","reason":"min"}.
	// Without Violations it is the Details as an object.
	DetailsFirst DetailsForm = "first"

	// DetailsList is an array of the Violations as {"field","message"}, then
	// the Details by key as {"field","value"}.
	DetailsList DetailsForm = "list"
)

// Name returns "envelope".
func (Envelope) Name() string { return "envelope" }

// ContentType returns "application/json".
func (Envelope) ContentType() string { return "application/json" }

// Append implements [Format]. A contract in force does not call it: it has
// compiled the members once.
func (f Envelope) Append(dst []byte, e *Error, info Info) ([]byte, error) {
	return f.compile().Append(dst, e, info)
}

// plainMembers are those of the zero value.
var plainMembers = []Member{{Name: "error", Members: []Member{
	{Name: "code", From: FromCode},
	{Name: "message", From: FromMessage},
	{Name: "details", From: FromDetails},
}}}

// message is what e says under the envelope.
func (f *Envelope) message(e *Error) string {
	if len(e.Violations) == 0 {
		return e.Message
	}
	v, text := e.Violations[0], f.Violation
	if v.Rule == "required" && f.Required != "" {
		text = f.Required
	}
	if text == "" {
		return e.Message
	}
	return fill(text, v, more(e.Violations[1:]))
}

// more tells of the violations that follow. A last one with the rule "more"
// stands for others that nobody counted.
func more(others []Violation) string {
	n := len(others)
	if n == 0 {
		return ""
	}
	if others[n-1].Rule == "more" {
		return " (and more)"
	}
	return " (and " + strconv.Itoa(n) + " more)"
}

// fill puts a violation into a text with {names}. A name that is none stays as
// it is.
func fill(text string, v Violation, more string) string {
	b := make([]byte, 0, len(text)+len(v.Path)+len(v.Message))
	for {
		before, after, found := strings.Cut(text, "{")
		b = append(b, before...)
		if !found {
			return string(b)
		}
		name, rest, closed := strings.Cut(after, "}")
		if !closed {
			name = ""
		}
		switch name {
		case "path":
			if v.Path == "$" {
				b = append(b, "body"...)
			} else {
				b = append(b, v.Path...)
			}
		case "message":
			b = append(b, v.Message...)
		case "rule":
			b = append(b, v.Rule...)
		case "param":
			b = append(b, v.Param...)
		case "more":
			b = append(b, more...)
		default:
			b, rest = append(b, '{'), after
		}
		text = rest
	}
}

// reason is the word of DetailsFirst for a rule.
func (f *Envelope) reason(rule string) string {
	if word, ok := f.Reasons[rule]; ok {
		return word
	}
	return rule
}
