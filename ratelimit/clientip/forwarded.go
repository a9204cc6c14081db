package clientip

import (
	"strings"

	"github.com/failwell/failwell/internal/quoted"
)

// maxForwarded bounds a line of Forwarded, in bytes. Unlike X-Forwarded-For it
// can only be read from the left, where the client's own part is. A longer line
// names no address.
const maxForwarded = 8 << 10

// lastFor cuts the last element off a line of Forwarded (RFC 7239 section 4)
// and returns its for parameter; an empty element has none. Commas and
// semicolons may stand in quotes. ok is false for a line whose quotes do not
// close, where a client's quote would hide what a proxy has added, and for an
// element without exactly one for.
func lastFor(line string) (rest, node string, ok bool) {
	if len(line) > maxForwarded {
		return "", "", false
	}
	element, after, more, ok := quoted.Cut(line, ',')
	for more && ok {
		element, after, more, ok = quoted.Cut(after, ',')
	}
	if !ok {
		return "", "", false
	}
	rest = strings.TrimSuffix(line[:len(line)-len(element)], ",")
	if element = trim(element); element == "" {
		return rest, "", true
	}
	node, ok = forParameter(element)
	return rest, node, ok
}

// forParameter returns the value of for in an element such as
// for="[2001:db8::1]:80";proto=https. White space around a pair is accepted.
func forParameter(element string) (node string, ok bool) {
	for more := true; more; {
		var pair string
		pair, element, more, _ = quoted.Cut(element, ';')
		name, value, _ := strings.Cut(trim(pair), "=")
		if !strings.EqualFold(name, "for") {
			continue
		}
		if ok {
			return "", false // twice
		}
		if node, ok = quoted.Text(value); !ok {
			return "", false
		}
	}
	return node, ok
}
