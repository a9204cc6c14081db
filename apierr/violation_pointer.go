package apierr

import (
	"strings"

	"github.com/failwell/failwell/internal/fieldpath"
)

// Pointer returns the path of v as a JSON Pointer, RFC 6901: items[0].name is
// /items/0/name, and $, the whole document, is empty. It is meant for formats,
// and for violations in the body: parameters have no JSON Pointer.
func (v Violation) Pointer() string {
	steps, ok := fieldpath.Split(v.Path)
	if !ok {
		steps = []fieldpath.Step{fieldpath.Member(v.Path)}
	}
	var b strings.Builder
	for _, step := range steps {
		b.WriteByte('/')
		b.WriteString(referenceToken.Replace(step.String()))
	}
	return b.String()
}

// referenceToken escapes a name by RFC 6901 section 3.
var referenceToken = strings.NewReplacer("~", "~0", "/", "~1")
