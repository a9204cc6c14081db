package reference_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
)

// form makes bodies by a function.
type form struct {
	contentType string
	body        func(e *apierr.Error, info apierr.Info) string
}

func (f form) Name() string        { return "form" }
func (f form) ContentType() string { return f.contentType }
func (f form) Append(dst []byte, e *apierr.Error, info apierr.Info) ([]byte, error) {
	return append(dst, f.body(e, info)...), nil
}

// A Format that Diff does not know is compared by its bodies.
func TestDiff_CustomFormat(t *testing.T) {
	asJSON := func(format string) form {
		return form{"application/json", func(e *apierr.Error, info apierr.Info) string {
			class := "fail"
			if e.Status >= 500 {
				class = "error"
			}
			return fmt.Sprintf(format, e.Code, e.Message, class)
		}}
	}
	asText := func(format string) form {
		return form{"text/x-error", func(e *apierr.Error, info apierr.Info) string { return fmt.Sprintf(format, e.Code, e.Message) }}
	}
	jsend := asJSON(`{"code":%q,"text":%q,"status":%q}`)
	byCode := form{"application/json", func(e *apierr.Error, _ apierr.Info) string {
		if e.Code == "ORDER_CLOSED" {
			return `{"code":"ORDER_CLOSED","closed":true}`
		}
		return fmt.Sprintf(`{"code":%q}`, e.Code)
	}}
	allCodes := asJSON(`{"code":%[1]q}`)
	for _, test := range []struct {
		name     string
		old, new apierr.Format
		want     string
	}{
		{"the same", jsend, jsend, ""},
		{"the same bodies", jsend, asJSON(`{ "status":%[3]q, "code":%[1]q, "text":%[2]q }`), ""},
		{"a member is renamed", jsend, asJSON(`{"kind":%q,"text":%q,"status":%q}`), "!member-renamed"},
		{"a text is made otherwise", jsend, asJSON(`{"code":%q,"text":"Sorry: %s","status":%q}`), "member-text"},
		{"a word changes", jsend, asJSON(`{"code":%q,"text":%q,"status":"no %s"}`), "!member-value"},
		{"an array around it", jsend, asJSON(`[{"code":%q,"text":%q,"status":%q}]`), "!member-type"},
		{"an element more", asJSON(`[%[1]q,%[2]q]`), asJSON(`[%q,%q,%q]`), "!member-added"},
		{"an element less", asJSON(`[%q,%q,%q]`), asJSON(`[%[1]q,%[2]q]`), "!member-removed"},
		{"a member of one code is removed", byCode, allCodes, "!member-removed"},
		{"a text", asText("%s\n%s"), asText("%s\n%s"), ""},
		{"another text", asText("%s\n%s"), asText("%s %s"), "!body"},
		{"a text for JSON", jsend, form{"application/json", asText("%s").body}, "!body"},
		{"a parameter of the content type", jsend, form{"application/json; charset=utf-8", jsend.body}, "media-type"},
		{"a Format that fails", jsend, form{"application/json", func(*apierr.Error, apierr.Info) string { panic("no") }}, "!member-removed, !member-renamed"},
		{"an envelope for a Format", jsend, apierr.Envelope{Members: []apierr.Member{
			{Name: "code", From: apierr.FromCode}, {Name: "text", From: apierr.FromMessage}, {Name: "status", JSON: `"fail"`},
		}}, "!member-value, member-text"},
	} {
		t.Run(test.name, func(t *testing.T) {
			format := func(f apierr.Format) change { return in(func(c *apierr.Contract) { c.Format = f }) }
			got := reference.Diff(newAPI(format(test.old)).Contract, newAPI(format(test.new)).Contract)
			require.Equal(t, test.want, verdicts(got), lines(got))
		})
	}
}
