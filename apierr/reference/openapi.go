package reference

import (
	"strings"

	"github.com/failwell/failwell/apierr"
)

// OpenAPI returns the failures of an API under c as an OpenAPI 3.1 document
// without paths, for tools that generate clients and check responses:
//
//	components.schemas    ErrorCode, the codes; Error, any body; one schema for each
//	                      code, with its details as Contract.DetailsSchemas declares
//	                      them; UnknownError, a body with a code that is not listed
//	components.responses  one for each code, and Status404 for each status
//	components.headers    those of the responses
//	components.examples   bodies that the Format has made
//
// The schemas follow the [apierr.Envelope], member by member, and
// [apierr.Problem]; a body with a member too many, without a member that is
// always there, or with the code of another status is not valid. Where the
// contract declares no schema, details may be any. The schema of another Format
// has what bodies that it makes have in common.
//
// Under a closed contract the code is an enumeration. Under an open one it is
// any string, and the codes that are known are listed: the schema of a status
// then accepts codes that the document does not have, but none that it has for
// another status.
//
// A contract with an Alternative has two media types; the schemas of the second
// end in the name of its format, as in NOT_FOUND.problem. A code that is
// answered with several statuses, and whose body says which, has a schema for
// each, as in INVALID.413. Codes are shortened and changed where OpenAPI does
// not allow them as names of components.
//
// Equal contracts give equal bytes. OpenAPI returns an error if c has faults.
func OpenAPI(c apierr.Contract) ([]byte, error) {
	s, err := newSpec(c)
	if err != nil {
		return nil, err
	}
	s.all()
	title := s.contract.Title
	for _, t := range []string{s.contract.Name, "API errors"} {
		if strings.TrimSpace(title) == "" {
			title = t
		}
	}
	version := s.contract.Version
	if version == "" {
		version = "0"
	}
	return append(appendLines(nil, object{
		{"openapi", "3.1.1"},
		{"info", object{{"title", visible(title)}, {"version", visible(version)}}},
		{"servers", []any{object{{"url", "/"}}}}, // the default, and linters ask for one
		{"paths", object{}},
		{"components", s.components()},
	}, "\n", "", "  "), '\n'), nil
}

// commonMark returns a plain text as descriptions in OpenAPI have it, so that
// tools show it as it is.
func commonMark(text string) string {
	var paragraphsOf []string
	for _, l := range paragraphs(text) {
		var b strings.Builder
		for _, s := range l {
			b.WriteString(escape(s.Text))
		}
		paragraphsOf = append(paragraphsOf, escapeStart(b.String()))
	}
	return strings.Join(paragraphsOf, "\n\n")
}
