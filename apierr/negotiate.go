package apierr

import (
	"net/http"
	"slices"
	"strings"
)

// alternative is the choice between the two formats of a contract.
type alternative struct {
	own, other         Format
	ownType, otherType mediaType
}

func newAlternative(own, other Format) *alternative {
	a := &alternative{own: own, other: other}
	a.ownType, _ = parseMediaType(own.ContentType())
	a.otherType, _ = parseMediaType(other.ContentType())
	return a
}

// choose returns the Format for r. The caller reports in Vary that there was a
// choice.
func (a *alternative) choose(r *http.Request) Format {
	if prefers(r.Header["Accept"], a.otherType, a.ownType) {
		return a.other
	}
	return a.own
}

// maxAccept is the most bytes of Accept or Accept-Language lines that are read.
// A client that sends more has no preference.
const maxAccept = 1 << 10

func tooLong(lines []string) bool {
	size := 0
	for _, line := range lines {
		size += len(line) + 1
	}
	return size > maxAccept
}

// prefers reports whether a client with these Accept lines prefers other to own,
// RFC 9110 section 12.5.1: by weight, and at the same weight if other is named
// and own is only part of a range such as */*. If one element is malformed, all
// of the lines are ignored.
func prefers(lines []string, other, own mediaType) bool {
	if tooLong(lines) {
		return false
	}
	var forOther, forOwn match
	rest := strings.Join(lines, ",")
	for rest != "" {
		var element string
		element, rest = cutQuoted(rest, ',')
		if element = trim(element); element == "" {
			continue // RFC 9110 section 5.6.1.2 allows empty elements
		}
		m, ok := parseMediaType(element)
		if !ok {
			return false
		}
		forOther.take(m, other)
		forOwn.take(m, own)
	}
	if forOther.weight == forOwn.weight {
		return forOther.weight > 0 && forOther.level == levelExact && forOwn.level < levelExact
	}
	return forOther.weight > forOwn.weight
}

// match is the closest range of a header to one media type.
type match struct{ level, weight int }

// The closeness of a range.
const (
	levelNone = iota
	levelAny  // */*
	levelMain // application/*
	levelExact
)

// take keeps the range if it is closer than the one before; of two that are
// equally close, the heavier counts.
func (m *match) take(r, t mediaType) {
	level := levelNone
	switch {
	case r.main == "*" && r.sub == "*":
		level = levelAny
	case r.main == t.main && r.sub == "*":
		level = levelMain
	case r.main == t.main && r.sub == t.sub:
		level = levelExact
	}
	if r.strange || level == levelNone || level < m.level || level == m.level && r.weight <= m.weight {
		return
	}
	m.level, m.weight = level, r.weight
}

// mediaType is a media type or range with its weight.
type mediaType struct {
	main, sub string // in lower case
	weight    int    // q in thousandths
	strange   bool   // it has parameters that JSON does not have
}

// parseMediaType reads a type/subtype with parameters, RFC 9110 sections 8.3.1
// and 12.4.2. ok is false where it is none.
func parseMediaType(s string) (m mediaType, ok bool) {
	s, params, _ := strings.Cut(s, ";")
	main, sub, found := strings.Cut(trim(s), "/")
	if !found || !isToken(main) || !isToken(sub) || main == "*" && sub != "*" {
		return m, false
	}
	m = mediaType{main: strings.ToLower(main), sub: strings.ToLower(sub), weight: 1000}
	for params != "" {
		var param string
		param, params = cutQuoted(params, ';')
		if param = trim(param); param == "" {
			continue
		}
		name, value, found := strings.Cut(param, "=")
		if !found || !isToken(name) || !isParameterValue(value) {
			return m, false
		}
		switch strings.ToLower(name) {
		case "q":
			if m.weight, ok = parseWeight(value); !ok {
				return m, false
			}
		case "charset": // JSON has only one
		default:
			m.strange = true
		}
	}
	return m, true
}

// parseWeight reads 0 to 1 with at most three decimals, in thousandths.
func parseWeight(s string) (int, bool) {
	whole, decimals, _ := strings.Cut(s, ".")
	if whole != "0" && whole != "1" || len(decimals) > 3 {
		return 0, false
	}
	n := 0
	for i := range 3 {
		n *= 10
		if i < len(decimals) {
			if decimals[i] < '0' || decimals[i] > '9' {
				return 0, false
			}
			n += int(decimals[i] - '0')
		}
	}
	if whole == "1" {
		return 1000, n == 0
	}
	return n, true
}

// isParameterValue reports whether s is a token or a quoted string, RFC 9110
// section 5.6.4.
func isParameterValue(s string) bool {
	if s == "" || s[0] != '"' {
		return isToken(s)
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i == len(s)-1 && isFieldValue(s)
		}
	}
	return false
}

// cutQuoted cuts s at the first sep outside a quoted string.
func cutQuoted(s string, sep byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == sep && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// trim removes the white space of RFC 9110 section 5.6.3.
func trim(s string) string { return strings.Trim(s, " \t") }

// addVary adds the name of a request header to Vary, unless Vary has it.
func addVary(h http.Header, name string) {
	if !lists(h["Vary"], name) && !lists(h["Vary"], "*") {
		h["Vary"] = append(slices.Clip(h["Vary"]), name) // the array may be shared
	}
}

// lists reports whether the lines of a header list this name.
func lists(lines []string, name string) bool {
	for _, line := range lines {
		for element := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(trim(element), name) {
				return true
			}
		}
	}
	return false
}
