package reference

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// headersOf are the headers of responses: each is required if all answers have
// it, and those of rate limits are there if a limiter has answered.
func (s *spec) headersOf(statuses []int, outcomes []*outcome) object {
	names := map[string]bool{} // and whether it is required
	for i, o := range outcomes {
		for name := range names {
			_, has := o.header[name]
			names[name] = names[name] && has
		}
		for name := range o.header {
			if _, known := names[name]; !known && !isHidden(name) {
				names[name] = i == 0 && name != "Content-Language" // a text of the handler has none
			}
		}
	}
	for _, status := range statuses {
		for _, name := range headersByStatus[status] {
			if _, known := names[name]; !known {
				names[name] = false
			}
		}
	}
	var o object
	for _, name := range slices.Sorted(maps.Keys(names)) {
		shown := name
		if name == "Www-Authenticate" { // as RFC 9110 spells it
			shown = "WWW-Authenticate"
		}
		o = append(o, property{shown, reference("headers", s.header(shown, names[name]))})
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
func (s *spec) header(name string, required bool) string {
	o, component := object{{"description", s.headerDoc(name)}}, componentName(name)
	switch {
	case required:
		o = o.with("required", true)
	case !strings.HasPrefix(name, "RateLimit"): // which are never required
		component += ".optional"
	}
	schema := object{{"type", "string"}}
	if name == "Retry-After" {
		schema = object{{"type", "integer"}, {"minimum", 0}}
	}
	return s.headers.add(component, o.with("schema", schema))
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
	"Retry-After":      "How many seconds to wait before the next attempt (RFC 9110 section 10.2.3).",
	"WWW-Authenticate": "The scheme to authenticate with.",
	"Allow":            "The methods that the resource has.",
	"Content-Language": "The language of the message. Accept-Language chooses it.",
	"RateLimit":        "By limit: r, the requests that are left, and t, the seconds until there are more.",
	"RateLimit-Policy": "By limit: q, the requests, and w, the seconds for which they last.",
}
