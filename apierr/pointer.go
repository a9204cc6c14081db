package apierr

import (
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// pointer is the JSON Pointer of a [Violation] path as a URI fragment: items[0].name
// becomes #/items/0/name, and $, the whole document, #. A path that is not of
// the grammar is one name, as it stands.
func pointer(path string) string {
	if path == "$" {
		return "#"
	}
	names, ok := splitPath(path)
	if !ok {
		names = []string{path}
	}
	b := []byte{'#'}
	for _, name := range names {
		b = append(b, '/')
		b = appendReferenceToken(b, name)
	}
	return string(b)
}

// splitPath splits a path such as a.b[0]["c.d"] into its names. The parts are
// names divided by dots, numbers in brackets, and JSON strings in brackets for
// names that would be read as something else. A path may begin with "$".
func splitPath(path string) (names []string, ok bool) {
	rest := path
	if strings.HasPrefix(rest, "$.") || strings.HasPrefix(rest, "$[") {
		rest = rest[1:]
	} else if rest != "" && rest[0] != '[' {
		rest = "." + rest
	}
	for rest != "" {
		var name string
		switch {
		case rest[0] == '.':
			n := strings.IndexAny(rest[1:], ".[")
			if n < 0 {
				n = len(rest) - 1
			}
			if n == 0 {
				return nil, false
			}
			name, rest = rest[1:1+n], rest[1+n:]
		case strings.HasPrefix(rest, `["`):
			if name, rest, ok = quotedName(rest[1:]); !ok {
				return nil, false
			}
		case rest[0] == '[':
			n := strings.IndexByte(rest, ']')
			if n < 2 || strings.Trim(rest[1:n], "0123456789") != "" {
				return nil, false
			}
			name, rest = rest[1:n], rest[n+1:]
		default:
			return nil, false
		}
		names = append(names, name)
	}
	return names, len(names) > 0
}

// quotedName reads a JSON string and the bracket behind it.
func quotedName(s string) (name, rest string, ok bool) {
	end := 1
	for end < len(s) && s[end] != '"' {
		if s[end] == '\\' {
			end++
		}
		end++
	}
	if end+1 >= len(s) || s[end+1] != ']' {
		return "", "", false
	}
	b, err := jsontext.AppendUnquote(nil, s[:end+1])
	return string(b), s[end+2:], err == nil
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
