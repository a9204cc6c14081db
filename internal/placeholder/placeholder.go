// Package placeholder parses the texts of an envelope's members, which have {names}
// in them.
package placeholder

import "strings"

// Cut cuts a text at its first {name} with a known name, which has no braces in
// it. Without one, before is the whole text. The time is
// linear: a document may have megabytes of open braces.
func Cut(text string, known func(name string) bool) (before, name, after string, found bool) {
	for rest := text; ; {
		inside, behind, closed := strings.Cut(rest, "}")
		if !closed {
			return text, "", "", false
		}
		if open := strings.LastIndexByte(inside, '{'); open >= 0 && known(inside[open+1:]) {
			start := len(text) - len(rest) + open
			return text[:start], inside[open+1:], behind, true
		}
		rest = behind
	}
}

// IsSource reports whether a name in the text of an envelope's member is replaced
// by a part of the error or of the request, one that is a string or a number. Braces
// around any other name are constant text.
func IsSource(name string) bool {
	switch name {
	case "code", "message", "status", "id", "doc_url", "retry_after", "request_id", "correlation_id", "language",
		"path", "rule", "param", "in":
		return true
	}
	return false
}
