package apierr

import (
	"strings"
	"unicode/utf8"

	"github.com/failwell/failwell/internal/fieldpath"
)

// pointer is the JSON Pointer of a [Violation] path as a URI fragment: items[0].name
// becomes #/items/0/name, and $, the whole document, #. A path that is not of
// the grammar of package fieldpath is one name.
func pointer(path string) string {
	steps, ok := fieldpath.Split(path)
	if !ok {
		steps = []fieldpath.Step{fieldpath.Member(path)}
	}
	b := []byte{'#'}
	for _, step := range steps {
		b = append(b, '/')
		b = appendReferenceToken(b, step.String())
	}
	return string(b)
}

// appendReferenceToken appends a name by the rules of RFC 6901 section 3, and
// percent-encoded where RFC 3986 section 3.5 allows no such character in a
// fragment.
func appendReferenceToken(b []byte, name string) []byte {
	const hex = "0123456789ABCDEF"
	if !utf8.ValidString(name) {
		name = string([]rune(name))
	}
	for i := range len(name) {
		switch c := name[i]; {
		case c == '~':
			b = append(b, "~0"...)
		case c == '/':
			b = append(b, "~1"...)
		case 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9', strings.IndexByte("-._!$&'()*+,;=:@?", c) >= 0:
			b = append(b, c)
		default:
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return b
}
