package message

import "strings"

// OfName is the message of a rule that the name of a member breaks, and not its
// value: a map key, whose path is that of the value.
func OfName(text string) string {
	if rest, ok := strings.CutPrefix(text, "Must "); ok {
		return "Name must " + rest
	}
	return "Name: " + text
}
