package ratelimit

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/failwell/failwell/internal/quoted"
)

const authorization = "Authorization"

// normalizeCredentials returns one spelling for all that mean the same
// credentials (RFC 9110 sections 11.1, 11.2 and 11.4):
//
//	credentials = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
//
// It returns text that is neither a token68 nor a list of parameters with its
// white space reduced, since many servers split it at white space.
func normalizeCredentials(value string) string {
	scheme, rest := cutSpace(strings.TrimSpace(value))
	scheme = strings.ToLower(strings.ToUpper(scheme)) // also what strings.EqualFold takes for an s
	switch {
	case rest == "":
		return scheme
	case scheme == "basic":
		rest = decodeBasic(rest)
	case !isToken68(rest):
		rest = normalizeParams(rest)
	}
	return scheme + " " + rest
}

// cutSpace cuts s around its first white space, in the sense of package unicode:
// servers that split credentials with strings.Fields do so at a no-break space
// too.
func cutSpace(s string) (before, after string) {
	i := strings.IndexFunc(s, unicode.IsSpace)
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimLeftFunc(s[i:], unicode.IsSpace)
}

// isToken68 accepts 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=".
func isToken68(s string) bool {
	s = strings.TrimRight(s, "=")
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("-._~+/", c) >= 0:
		default:
			return false
		}
	}
	return s != ""
}

// decodeBasic returns the user and password of a Basic token, of which base64
// has several spellings: the unused bits at its end, and the padding that some
// servers do without. A token that is not base64 is returned unchanged, with
// a mark that no user and password begin with.
func decodeBasic(token string) string {
	text, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(token, "="))
	if err != nil {
		return ":" + strings.Join(strings.Fields(token), " ")
	}
	return "=" + string(text)
}

// normalizeParams returns a list of auth-params with their names in lower case,
// their values without quotes, and in the order of their names. If it is no
// such list, it returns the text with its white space reduced.
func normalizeParams(list string) string {
	var params []string
	for rest := list; rest != ""; {
		var param string
		var ok bool
		if param, rest, ok = cutParam(rest); !ok {
			return strings.Join(strings.Fields(list), " ")
		}
		if param != "" { // RFC 9110 section 5.6.1.2: empty elements do not count
			params = append(params, param)
		}
	}
	slices.Sort(params)
	return strings.Join(params, ",")
}

// cutParam cuts the first auth-param off a list: token BWS "=" BWS ( token /
// quoted-string ). It returns the parameter with its value in quotes, which keep
// it apart from the next; nothing for an empty element.
func cutParam(list string) (param, rest string, ok bool) {
	param, rest, _, ok = quoted.Cut(list, ',')
	if param = strings.Trim(param, " \t"); param == "" || !ok {
		return "", rest, ok
	}
	name, value, _ := strings.Cut(param, "=")
	name, value = strings.Trim(name, " \t"), strings.Trim(value, " \t")
	text, ok := quoted.Text(value)
	ok = ok || value == `""`
	if !ok || name == "" || strings.ContainsFunc(name, notToken) {
		return "", "", false
	}
	if text == value && strings.ContainsFunc(text, notToken) {
		return "", "", false // neither a token nor in quotes
	}
	return strings.ToLower(name) + "=" + strconv.Quote(text), rest, true
}

// notToken reports whether c cannot be in a token (RFC 9110 section 5.6.2).
func notToken(c rune) bool {
	return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
}
