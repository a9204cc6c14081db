package reference

import (
	"slices"

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
		shown("Example body", "json", a.Body),
	}
	var members [][]line
	switch f := f.(type) {
	case apierr.Envelope:
		members = memberRows(f, membersOf(f), "")
	case apierr.Problem:
		members = problemMembers
	default:
		return append(blocks, text("The examples of the codes show the form of the body."))
	}
	return append(blocks, rows(table{[]string{"Member", "Type", "Present", "Meaning"}, members}))
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
	apierr.FromRequestID:     {"string", "always", "The request ID. Quote it to support."},
	apierr.FromCorrelationID: {"string", "always", "The correlation ID: the same for all requests of one operation across services."},
}

// detailsSource depends on the form of the details.
func detailsSource(f apierr.DetailsForm) source {
	switch f {
	case apierr.DetailsFirst:
		return source{"object", "for some codes", "The first field at fault and the reason, or other details of the code."}
	case apierr.DetailsList:
		return source{"array", "for some codes", "The fields at fault, each with a message, and other details of the code."}
	}
	return source{"object", "for some codes", "Messages by field for invalid input, and other details of the code."}
}

// memberRows has a row for each member, members of members by their path.
func memberRows(f apierr.Envelope, members []apierr.Member, prefix string) [][]line {
	var all [][]line
	for _, m := range members {
		path := prefix + memberPath(m.Name)
		s := source{"value", "if there is one", ""}
		switch {
		case len(m.Members) > 0:
			s = source{"object", "always", "Holds the members below."}
		case m.JSON != "":
			s = source{constantType(m.JSON), "always", "Always " + oneLine(m.JSON) + "."}
		case m.From == apierr.FromDetails:
			s = detailsSource(f.Details)
		default:
			if known, ok := sources[m.From]; ok {
				s = known
			}
		}
		if len(m.Members) > 0 && !slices.ContainsFunc(m.Members, isAlways) {
			s.present = "if one of its members is"
		}
		doc := s.doc
		if m.Doc != "" {
			doc = m.Doc
		}
		all = append(all, []line{{code(path)}, words(s.typ), words(s.present), {plain(doc)}})
		all = append(all, memberRows(f, m.Members, path+".")...)
	}
	return all
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
	if len(m.Members) > 0 {
		return slices.ContainsFunc(m.Members, isAlways)
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
