package reference

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

// Each row is member | type | present | meaning.
func TestMemberRows(t *testing.T) {
	type members = []apierr.Member
	for name, test := range map[string]struct {
		members members
		want    string
	}{
		"the zero value": {nil, `
			error | object | always | Holds the members below.
			error.code | string | always | The error code. Programs compare this.
			error.message | string | always | What went wrong, for people. It may change at any time.
			error.details | object | for some codes | Messages by field for invalid input, and other details of the code.`},
		"constants, a Doc": {members{{Name: "ok", JSON: "false", Doc: "Whether it worked."}, {Name: "data", JSON: "null"}, {Name: "v", JSON: `[1]`}}, `
			ok | boolean | always | Whether it worked.
			data | null | always | Always null.
			v | array | always | Always [1].`},
		"a list of violations": {members{{Name: "errors", Each: members{{Name: "field", From: apierr.FromPath}, {Name: "why", From: apierr.FromMessage}}}, {Name: "details", From: apierr.FromDetails}}, `
			errors | array | for invalid input | Has one element for each field at fault.
			errors[].field | string | always | The field at fault.
			errors[].why | string | always | What is wrong with the field, for people.
			details | object | for some codes | Details of the code.`},
		"a list of values": {members{{Name: "errors", Each: members{{From: apierr.FromMessage}}}}, `
			errors | array | for invalid input | Has one element for each field at fault.
			errors[] | string | always | What is wrong with the field, for people.`},
		"an array, a text": {members{{Name: "errors", Array: members{{Members: members{{Name: "code", From: apierr.FromCode}}}}}, {Name: "more", Text: "https://x.example/{id}"}}, `
			errors | array | always | Holds the elements below.
			errors[] | object | always | Holds the members below.
			errors[].code | string | always | The error code. Programs compare this.
			more | string | if one of its parts is | Of the form https://x.example/{id}.`},
		"a choice": {members{{Name: "details", Members: members{{Name: "field", From: apierr.FromPath}}}, {Name: "details", From: apierr.FromDetails}}, `
			details | object | if one of its parts is | Holds the members below.
			details.field | string | for invalid input | The field at fault.
			details | object | otherwise, for some codes | Details of the code.`},
		"the details at the root, one apart": {members{{Name: "a.b", Detail: "a.b"}, {From: apierr.FromDetails}}, `
			"a.b" | value | for some codes | A detail of the code.
			* | object | for some codes | Messages by field for invalid input, and other details of the code.`},
		"a source of tomorrow": {members{{Name: "x", From: "tomorrow"}}, `
			x | value | if there is one | `},
	} {
		var got []string
		for _, row := range memberRows(apierr.Envelope{Members: test.members}) {
			var cells []string
			for _, cell := range row {
				cells = append(cells, cell[0].Text)
			}
			got = append(got, strings.Join(cells, " | "))
		}
		want := strings.ReplaceAll(strings.TrimPrefix(test.want, "\n"), "\t", "")
		require.Equal(t, want, strings.Join(got, "\n"), name)
	}
}
