package apierr

import (
	"strings"
	"unicode/utf8"

	"github.com/failwell/failwell/internal/fieldpath"
)

// Pointer returns the path of v as a JSON Pointer, RFC 6901: items[0].name is
// /items/0/name, and $, the whole document, is empty. It is meant for formats,
// and for violations in the body: parameters have no JSON Pointer.
func (v Violation) Pointer() string {
	var b strings.Builder
	for _, step := range stepsOf(v.Path) {
		b.WriteByte('/')
		b.WriteString(referenceToken.Replace(step.String()))
	}
	return b.String()
}

// referenceToken escapes a name by RFC 6901 section 3.
var referenceToken = strings.NewReplacer("~", "~0", "/", "~1")

// stepsOf returns the steps of the path of a [Violation]. A path that is not of
// the grammar of package fieldpath is one name.
func stepsOf(path string) []fieldpath.Step {
	if steps, ok := fieldpath.Split(path); ok {
		return steps
	}
	return []fieldpath.Step{fieldpath.Member(path)}
}

// fragment returns a JSON Pointer as a URI fragment, RFC 6901 section 6:
// percent-encoded where RFC 3986 section 3.5 allows no such character. Invalid
// UTF-8 becomes U+FFFD.
func fragment(pointer string) string {
	const hex = "0123456789ABCDEF"
	if !utf8.ValidString(pointer) {
		pointer = string([]rune(pointer))
	}
	b := make([]byte, 0, len(pointer)+1)
	b = append(b, '#')
	for i := range len(pointer) {
		switch c := pointer[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9', strings.IndexByte("-._~!$&'()*+,;=:@/?", c) >= 0:
			b = append(b, c)
		default:
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(b)
}
