package reference

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/failwell/failwell/apierr"
)

// format is the form of the bodies: the content type, an example, the members.
func (b *builder) format() section {
	s := standard(titleFormat)
	e := b.typical()
	s.Blocks = append(s.Blocks, formatBlocks(b.contract.Format, respond(b.compiled, b.page.Path, e))...)
	if b.contract.Alternative == nil {
		return s
	}
	other := b.contract
	other.Format, other.Alternative = b.contract.Alternative, nil
	compiled, err := other.Compile()
	if err != nil { // it compiled as the alternative
		return s
	}
	s.Blocks = append(s.Blocks, text(
		"A client whose Accept header prefers ", code(other.Format.ContentType()), " receives that form instead. Responses carry ",
		code("Vary: Accept"), "."))
	s.Blocks = append(s.Blocks, formatBlocks(other.Format, respond(compiled, b.page.Path, e))...)
	return s
}

// typical is an error that shows the form: a client's, with details.
func (b *builder) typical() *apierr.Error {
	return apierr.InvalidBody.WithViolations(violations[0])
}

func formatBlocks(f apierr.Format, a answer) []block {
	blocks := []block{
		text("The body of a failed request has the content type ", code(f.ContentType()), "."),
		shown("Example body", languageOf(f), a.Body),
	}
	var members [][]line
	switch f := f.(type) {
	case apierr.Envelope:
		members = memberRows(f)
	case apierr.Problem:
		members = problemMembers
	default:
		return append(blocks, text("The examples of the codes show the form of the body."))
	}
	return append(blocks, rows(table{[]string{"Member", "Type", "Present", "Meaning"}, members}))
}

// languageOf returns the language of the bodies, for a highlighter.
func languageOf(f apierr.Format) string {
	if strings.Contains(f.ContentType(), "json") {
		return "json"
	}
	return "text"
}

// membersOf returns the members of an envelope, those of the zero value too.
func membersOf(f apierr.Envelope) []apierr.Member {
	if len(f.Members) > 0 {
		return f.Members
	}
	return []apierr.Member{{Name: "error", Members: []apierr.Member{
		{Name: "code", From: apierr.FromCode},
		{Name: "message", From: apierr.FromMessage},
		{Name: "details", From: apierr.FromDetails},
	}}}
}

// source is what a page says of a member that is filled from it.
type source struct{ typ, present, doc string }

var sources = map[apierr.Source]source{
	apierr.FromCode:          {"string", "always", "The error code. Programs compare this."},
	apierr.FromMessage:       {"string", "always", "What went wrong, for people. It may change at any time."},
	apierr.FromStatus:        {"number", "always", "The HTTP status."},
	apierr.FromID:            {"number", "if the code has one", "The number of the code."},
	apierr.FromDocURL:        {"string", "if the code has one", "The page about the error."},
	apierr.FromRetryAfter:    {"number", "if there is a Retry-After header", "How many seconds to wait, as in that header."},
	apierr.FromRequestID:     {"string", "always", "The request ID. Quote it to support."},
	apierr.FromCorrelationID: {"string", "always", "The correlation ID: the same for all requests of one operation across services."},
	apierr.FromMessages:      {"object", "for invalid input", "Lists of messages by field."},
	apierr.FromPath:          {"string", "for invalid input", "The field at fault."},
	apierr.FromRule:          {"string", "for invalid input", "The rule that the field breaks."},
	apierr.FromLocation:      {"array", "for invalid input", "Where the field is: the part of the request and the steps to it."},
}

// memberTable makes the rows of the members of an envelope.
type memberTable struct {
	violations bool // FromDetails shows the violations
	rows       [][]line
}

// memberRows has a row for each member, members of members by their path.
func memberRows(f apierr.Envelope) [][]line {
	t := memberTable{violations: !showViolations(membersOf(f))}
	t.object(membersOf(f), "", false)
	return t.rows
}

// object adds the members of an object at a path, which ends in a dot. each: it
// is one of a list of violations.
func (t *memberTable) object(members []apierr.Member, path string, each bool) {
	seen := map[string]bool{}
	for _, m := range members {
		name := memberPath(m.Name)
		if m.Name == "" {
			name = "*" // its members are those of the object
		}
		t.add(m, path+name, each, seen[m.Name])
		seen[m.Name] = true
	}
}

// add adds the row of a member and those of the members in it. again: members
// before it have the same name, and are sent instead if they have a value.
func (t *memberTable) add(m apierr.Member, path string, each, again bool) {
	s := t.source(m, each)
	if again {
		s.present = "otherwise, " + s.present
	}
	if m.Doc != "" {
		s.doc = m.Doc
	}
	t.rows = append(t.rows, []line{{code(path)}, words(s.typ), words(s.present), {plain(s.doc)}})
	t.object(m.Members, path+".", each)
	for _, element := range m.Array {
		t.add(element, path+"[]", each, false)
	}
	if len(m.Each) == 1 && m.Each[0].Name == "" {
		t.add(m.Each[0], path+"[]", true, false)
	} else {
		t.object(m.Each, path+"[].", true)
	}
}

// source is what the page says of m unless it has a Doc.
func (t *memberTable) source(m apierr.Member, each bool) source {
	present := "if one of its parts is"
	if isAlways(m) {
		present = "always"
	}
	switch {
	case m.JSON != "":
		return source{constantType(m.JSON), "always", "Always " + oneLine(m.JSON) + "."}
	case len(m.Members) > 0:
		return source{"object", present, "Holds the members below."}
	case len(m.Array) > 0:
		return source{"array", present, "Holds the elements below."}
	case len(m.Each) > 0:
		return source{"array", "for invalid input", "Has one element for each field at fault."}
	case m.Detail != "":
		return source{"value", "for some codes", "A detail of the code."}
	case m.Text != "":
		return source{"string", present, "Of the form " + m.Text + "."}
	case m.From == apierr.FromDetails && t.violations:
		return source{"object", "for some codes", "Messages by field for invalid input, and other details of the code."}
	case m.From == apierr.FromDetails:
		return source{"object", "for some codes", "Details of the code."}
	case m.From == apierr.FromMessage && each:
		return source{"string", "always", "What is wrong with the field, for people."}
	}
	if s, ok := sources[m.From]; ok {
		if each && s.present == "for invalid input" {
			s.present = "always"
		}
		return s
	}
	return source{"value", "if there is one", ""}
}

// showViolations reports whether a member shows violations by itself.
func showViolations(members []apierr.Member) bool {
	return slices.ContainsFunc(members, func(m apierr.Member) bool {
		return len(m.Each) > 0 || sources[m.From].present == "for invalid input" ||
			showViolations(m.Members) || showViolations(m.Array)
	})
}

// memberPath returns a member's name, quoted where a dot in it would mislead.
func memberPath(name string) string {
	if isIdentifier(name) {
		return name
	}
	return quoteJSON(name)
}

// isAlways reports whether every body has the member.
func isAlways(m apierr.Member) bool {
	switch {
	case len(m.Members) > 0:
		return slices.ContainsFunc(m.Members, isAlways)
	case len(m.Array) > 0:
		return slices.ContainsFunc(m.Array, isAlways)
	}
	return m.JSON != "" || sources[m.From].present == "always"
}

func constantType(constant string) string {
	switch jsontext.Value(constant).Kind() {
	case '"':
		return "string"
	case '0':
		return "number"
	case '{':
		return "object"
	case '[':
		return "array"
	case 'n':
		return "null"
	}
	return "boolean"
}

// problemMembers are those of RFC 9457 section 3.1 and the extension members.
var problemMembers = [][]line{
	{{code("type")}, words("string"), words("always"), words("A URI of the kind of problem; ", code("about:blank"), " says no more than the status.")},
	{{code("title")}, words("string"), words("always"), words("A short summary of the kind of problem.")},
	{{code("status")}, words("number"), words("always"), words("The HTTP status.")},
	{{code("detail")}, words("string"), words("always"), words("What went wrong this time, for people. It may change at any time.")},
	{{code("instance")}, words("string"), words("for most requests"), words("The path of the request.")},
	{{code("code")}, words("string"), words("always"), words("The error code. Programs compare this.")},
	{{code("id")}, words("number"), words("if the code has one"), words("The number of the code.")},
	{{code("request_id")}, words("string"), words("always"), words("The request ID. Quote it to support.")},
	{{code("correlation_id")}, words("string"), words("always"), words("The correlation ID: the same for all requests of one operation across services.")},
	{{code("errors")}, words("array"), words("for invalid input"), words("The fields at fault, each with a detail and where it is.")},
	{{code("*")}, words("value"), words("for some codes"), words("Further members are details of the code.")},
}
