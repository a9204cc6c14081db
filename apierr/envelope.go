package apierr

// Envelope is the [Format] of a JSON object around an error. The zero value is
//
//	{"error":{"code":"RESOURCE_NOT_FOUND","message":"The resource does not exist","details":{"id":"7"}}}
//
// and Members make any other object: flat, under another name, with a list of
// violations, with members beside the error. A member without a value is
// absent, never null, 0 or {}.
//
// An Envelope may be used by several goroutines at once.
type Envelope struct {
	// Members are the members of the body, in the order in which they are sent.
	// None: error, with code, message and details in it.
	Members []Member

	// Rules are the words of [FromRule] for rules that have another name in the
	// body, as in {"required": "missing"}. A rule that is not listed is sent
	// under its own name.
	Rules map[string]string

	// Violation is the message of an error that has Violations. It is a text
	// with the fields {path}, {message}, {rule} and {param} of the first
	// violation, and {more} for the others; the path of the whole document is
	// "body" there. Empty: the message of the error, or, if no member shows the
	// violations, "{path}: {message}{more}".
	Violation string

	// Required replaces Violation if the first violation's rule is "required".
	// Empty: Violation is used.
	Required string

	// OneMore, More and UncountedMore are {more} if one violation follows the
	// first, if {n} follow, and if an unknown number does. Empty: " (and 1
	// more)", " (and {n} more)" and " (and more)".
	OneMore, More, UncountedMore string
}

// Member is one member of an object in an [Envelope], or one element of an
// array. Exactly one of the fields below Name says what its value is.
//
// Several members of an object may have the same name: the first that has a
// value is sent, in the place of the first of them.
type Member struct {
	// Name is the name of the member. Elements of an Array have none. A member
	// of an object without a name adds the members of its value to that object:
	// it is filled [FromDetails] or [FromMessages], and leaves out the names
	// that the object has already.
	Name string

	// From is the part of the error or of the request that is sent.
	From Source

	// Detail sends the value that the error's Details have under this key.
	// FromDetails leaves the key out. Absent if the Details do not have it.
	Detail string

	// Text is sent as a string in which every source in braces is replaced, as
	// in "https://example.com/errors/{id}". The sources are those of From that
	// are strings or numbers, and {param}, the parameter of a violation's rule.
	// Absent if one of the sources has no value.
	Text string

	// Members make an object. It is absent if no member but its constants has a
	// value.
	Members []Member

	// Array makes an array of these elements. An element without a value is
	// left out; the array is absent if all are but its constants.
	Array []Member

	// Each makes an array with one object for each of the Violations; of one
	// member without a name, with one value for each. In it, FromMessage is the
	// violation's message. Absent if there are no violations.
	Each []Member

	// JSON is a constant value in its JSON form: `false`, `null`, `"v1"`.
	JSON string
}

// Source is the part of an error or of its request that fills a [Member].
type Source string

// The sources of members. Those about a violation mean the first one, and
// inside Each the one that the object is for; they are absent if there is none.
const (
	FromCode          Source = "code"           // a string, always there
	FromMessage       Source = "message"        // a string, always there
	FromStatus        Source = "status"         // a number, always there
	FromID            Source = "id"             // a number; absent if the code has none
	FromDocURL        Source = "doc_url"        // a string; absent if the contract has no DocURL
	FromRetryAfter    Source = "retry_after"    // a number of seconds, as in the Retry-After header; absent without one
	FromRequestID     Source = "request_id"     // a string; absent outside middleware.New
	FromCorrelationID Source = "correlation_id" // a string; absent outside middleware.New

	// FromDetails is an object: the Details by key. If no member shows the
	// violations, it begins with their messages by path; the first violation of
	// a path wins, also over a key of the Details.
	FromDetails Source = "details"

	// FromMessages is an object with a list for each path: the messages of its
	// violations, as in {"email":["Required"]}.
	FromMessages Source = "messages"

	FromPath     Source = "path"     // of a violation: a string, as in items[0].name
	FromRule     Source = "rule"     // of a violation: a string; see Envelope.Rules
	FromLocation Source = "location" // of a violation: {in} and the steps of the path, as in ["body","items",0,"name"]
)

// Name returns "envelope".
func (Envelope) Name() string { return "envelope" }

// ContentType returns "application/json".
func (Envelope) ContentType() string { return "application/json" }

// Append implements [Format]. It compiles the members on every call; a compiled
// contract does so once.
func (f Envelope) Append(dst []byte, e *Error, info Info) ([]byte, error) {
	return f.compile().Append(dst, e, info)
}

// plainMembers are those of the zero value.
var plainMembers = []Member{{Name: "error", Members: []Member{
	{Name: "code", From: FromCode},
	{Name: "message", From: FromMessage},
	{Name: "details", From: FromDetails},
}}}
