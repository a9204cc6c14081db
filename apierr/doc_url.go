package apierr

import (
	"net/url"
	"strconv"
	"strings"
)

// docURL returns the URL of the page about e under a contract that has a
// [Contract.DocURL]. It is empty if that needs an ID that e does not have.
func (cc *CompiledContract) docURL(e *Error) string {
	if declared := e.declared(); cc.codes[e.Code] == declared {
		return cc.docURLs[declared]
	}
	return docURLOf(cc.contract.DocURL, e)
}

func docURLOf(template string, e *Error) string {
	escape := url.PathEscape
	if strings.Contains(template, "?") {
		escape = url.QueryEscape
	}
	code := escape(strings.ToValidUTF8(e.Code, "\uFFFD"))
	if !isTemplate(template) {
		return template + code
	}
	if e.ID == 0 && strings.Contains(template, "{id}") {
		return ""
	}
	return strings.NewReplacer("{code}", code, "{id}", strconv.Itoa(e.ID)).Replace(template)
}

func isTemplate(s string) bool { return strings.Contains(s, "{code}") || strings.Contains(s, "{id}") }

// isURIReference reports whether s is a URI reference by the grammar of RFC 3986
// section 4.1. Package url alone accepts spaces and much else.
func isURIReference(s string) bool {
	u, err := url.Parse(s)
	if err != nil || strings.Count(s, "#") > 1 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9':
		case c == '[', c == ']': // only around an IPv6 address
			if strings.Count(s, string(c)) != strings.Count(u.Host, string(c)) {
				return false
			}
		case c == '%': // url.Parse accepts a broken one in the query
			if _, err := url.PathUnescape(s[i:min(i+3, len(s))]); err != nil {
				return false
			}
		case strings.IndexByte("-._~:/?#@!$&'()*+,;=", c) < 0:
			return false
		}
	}
	return true
}
