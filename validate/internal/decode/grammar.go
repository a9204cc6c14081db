package decode

import "strings"

// One grammar of numbers holds in all sources: that of JSON (RFC 8259 section 6).
// It has no NaN, no infinity, no plus sign, no leading zeros, no hexadecimal
// digits and no underscores, all of which strconv accepts in some place.

// isInteger reports whether text is a JSON number without a fraction and an
// exponent.
func isInteger(text string) bool {
	rest, ok := cutInteger(text)
	return ok && rest == ""
}

// isNumber reports whether text is a JSON number.
func isNumber(text string) bool {
	rest, ok := cutInteger(text)
	if after, found := strings.CutPrefix(rest, "."); ok && found {
		rest, ok = cutDigits(after)
	}
	if ok && rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		rest = rest[1:]
		if rest != "" && (rest[0] == '+' || rest[0] == '-') {
			rest = rest[1:]
		}
		rest, ok = cutDigits(rest)
	}
	return ok && rest == ""
}

func cutInteger(text string) (rest string, ok bool) {
	text = strings.TrimPrefix(text, "-")
	if after, found := strings.CutPrefix(text, "0"); found {
		return after, true
	}
	return cutDigits(text)
}

// cutDigits takes digits off text, of which there must be one.
func cutDigits(text string) (rest string, ok bool) {
	rest = strings.TrimLeft(text, "0123456789")
	return rest, len(rest) < len(text)
}
