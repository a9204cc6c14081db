// Package quoted reads header values that may hold quoted strings (RFC 9110
// section 5.6.4).
package quoted

import "strings"

// Cut cuts s around the first sep that is not in quotes. ok is false if quotes
// are open where the text before sep ends.
func Cut(s string, sep byte) (before, after string, found, ok bool) {
	open := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			open = !open
		case c == '\\' && open:
			i++
		case c == sep && !open:
			return s[:i], s[i+1:], true, true
		}
	}
	return s, "", false, !open
}

// Text returns the text of a quoted string, or of a value without quotes and
// backslashes. ok is false for an empty text, and for quotes anywhere but around
// the value. It allocates only for a text with a quoted pair.
func Text(value string) (text string, ok bool) {
	if !strings.HasPrefix(value, `"`) {
		return value, value != "" && !strings.ContainsAny(value, `"\`)
	}
	end := strings.IndexAny(value[1:], `"\`) + 1
	if end > 0 && value[end] == '"' {
		return value[1:end], end == len(value)-1 && end > 1
	}
	var b strings.Builder
	for i := 1; i < len(value); i++ {
		switch {
		case value[i] == '"':
			return b.String(), i == len(value)-1
		case value[i] == '\\' && i+1 < len(value):
			i++
		}
		b.WriteByte(value[i])
	}
	return "", false
}
