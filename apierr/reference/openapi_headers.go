package reference

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
)

// headerSet has the headers of answers by their canonical names.
type headerSet map[string]headerUse

// headerUse says how answers use a header.
type headerUse struct {
	always  bool // all answers have it
	seconds bool // each value is a number of seconds
}

// headersIn returns the headers of one answer that are about the failure.
func headersIn(h http.Header) headerSet {
	set := headerSet{}
	for name, values := range h {
		if !isHidden(name) {
			_, err := strconv.ParseUint(values[0], 10, 64)
			set[name] = headerUse{always: name != "Content-Language", seconds: err == nil} // a handler's own text has no language
		}
	}
	return set
}

// and returns the headers of the answers of both sets.
func (h headerSet) and(other headerSet) headerSet {
	set := headerSet{}
	for _, from := range []headerSet{h, other} {
		for name, use := range from {
			if have, ok := set[name]; ok {
				set[name] = headerUse{have.always && use.always, have.seconds && use.seconds}
				continue
			}
			set[name] = use
		}
	}
	for name, use := range set {
		_, one := h[name]
		_, two := other[name]
		use.always = use.always && one && two
		set[name] = use
	}
	return set
}

// headersOf are the headers of responses: each is required if all answers have
// it, and those of rate limits are there if a limiter has answered.
func (s *spec) headersOf(statuses []int, outcomes []*outcome) object {
	set := headerSet{}
	for i, o := range outcomes {
		if i == 0 {
			set = maps.Clone(o.headers)
			continue
		}
		set = set.and(o.headers)
	}
	for _, status := range statuses {
		for _, name := range headersByStatus[status] {
			if _, known := set[name]; !known {
				set[name] = headerUse{seconds: name == "Retry-After"}
			}
		}
	}
	var o object
	for _, name := range sortedKeys(set) {
		shown := name
		if name == "Www-Authenticate" { // as RFC 9110 spells it
			shown = "WWW-Authenticate"
		}
		o = append(o, property{shown, reference("headers", s.header(shown, set[name]))})
	}
	return o
}

// headersByStatus are those that come with a status, but not always.
var headersByStatus = map[int][]string{
	http.StatusTooManyRequests:    {"RateLimit", "RateLimit-Policy", "Retry-After"},
	http.StatusServiceUnavailable: {"Retry-After"},
}

// isHidden reports whether a header is about the body or the exchange, and not
// about the failure.
func isHidden(name string) bool {
	switch name {
	case "Content-Type", "Content-Length", "X-Content-Type-Options", "Cache-Control", "Vary":
		return true
	}
	return false
}

// header adds the component of a header and returns its name.
func (s *spec) header(name string, use headerUse) string {
	schema, doc := object{{"type", "string"}}, s.headerDoc(name)
	if name == "Retry-After" {
		schema, doc = retryAfter(use)
	}
	o, component := object{{"description", doc}}, componentName(name)
	switch {
	case use.always:
		o = o.with("required", true)
	case !strings.HasPrefix(name, "RateLimit"): // which are never required
		component += ".optional"
	}
	return s.headers.add(component, o.with("schema", schema))
}

// retryAfter is a number of seconds, unless an error brings a date, RFC 9110
// section 10.2.3.
func retryAfter(use headerUse) (schema object, doc string) {
	if use.seconds {
		return object{{"type", "integer"}, {"minimum", 0}}, "How many seconds to wait before the next attempt (RFC 9110 section 10.2.3)."
	}
	return object{{"type", "string"}}, "How many seconds to wait before the next attempt, or its earliest date (RFC 9110 section 10.2.3)."
}

func (s *spec) headerDoc(name string) string {
	switch name {
	case s.contract.RequestIDHeader:
		return "The request ID, a UUID. Quote it to support."
	case s.contract.CorrelationIDHeader:
		return "The correlation ID: the one that the request carried in this header, if it was usable, else a new one."
	}
	if doc := headerDocs[name]; doc != "" {
		return doc
	}
	return "Sent with the error."
}

var headerDocs = map[string]string{
	"WWW-Authenticate": "The scheme to authenticate with.",
	"Allow":            "The methods that the resource has.",
	"Content-Language": "The language of the message. Accept-Language chooses it.",
	"RateLimit":        "By limit: r, the requests that are left, and t, the seconds until there are more.",
	"RateLimit-Policy": "By limit: q, the requests, and w, the seconds for which they last.",
}
