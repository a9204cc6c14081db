package clientip

import "strings"

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
	start, quoted := 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == ',' && !quoted:
			start = i + 1
		}
	}
	if quoted {
		return "", "", false
	}
	element := trim(line[start:])
	rest = line[:max(start-1, 0)]
	if element == "" {
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
		pair, element, more = cutPair(element)
		name, value, _ := strings.Cut(trim(pair), "=")
		if !strings.EqualFold(name, "for") {
			continue
		}
		if ok {
			return "", false // twice
		}
		if node, ok = unquote(value); !ok {
			return "", false
		}
	}
	return node, ok
}

// cutPair cuts the first pair off an element.
func cutPair(element string) (pair, rest string, more bool) {
	quoted := false
	for i := 0; i < len(element); i++ {
		switch c := element[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == ';' && !quoted:
			return element[:i], element[i+1:], true
		}
	}
	return element, "", false
}

// unquote returns the text of a token or a quoted string (RFC 9110 section
// 5.6.4). ok is false for an empty text, one that is no address for its
// length, and for quotes anywhere but around the value.
func unquote(value string) (text string, ok bool) {
	if len(value) > maxAddress {
		return "", false
	}
	if !strings.HasPrefix(value, `"`) {
		return value, value != "" && !strings.ContainsAny(value, `"\`)
	}
	var b [maxAddress]byte
	n, plain := 0, true
	for i := 1; i < len(value); i++ {
		switch c := value[i]; {
		case c == '"':
			if plain {
				text = value[1:i]
			} else {
				text = string(b[:n])
			}
			return text, i == len(value)-1 && n > 0
		case c == '\\' && i+1 < len(value):
			i++
			plain = false
			fallthrough
		default:
			b[n] = value[i]
			n++
		}
	}
	return "", false
}
