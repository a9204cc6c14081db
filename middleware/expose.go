package middleware

import (
	"net/http"
	"slices"
	"strings"
)

// exposed are the header fields, besides the IDs, that a script can use when a
// request has failed.
var exposed = [...]string{"Retry-After", "Ratelimit", "Ratelimit-Policy"}

const exposeHeader = "Access-Control-Expose-Headers"

// expose adds the ID headers, Retry-After, RateLimit, RateLimit-Policy and the
// X-RateLimit headers that are in h to its Access-Control-Expose-Headers, each
// once. It is called when the answer to a request with an Origin is committed. A
// "*" exposes all of them already, but not for answers with credentials (Fetch
// standard, "CORS protocol and credentials").
func (c *config) expose(h http.Header) {
	if c.noExpose {
		return
	}
	there := h[exposeHeader]
	credentials := slices.Equal(h["Access-Control-Allow-Credentials"], []string{"true"})
	if !credentials && lists(there, "*") {
		return
	}
	var some [8]string
	add := slices.DeleteFunc(c.exposable(some[:0], h), func(name string) bool { return lists(there, name) })
	if len(add) == 0 {
		return
	}
	var b strings.Builder
	b.Grow(256)
	for _, lines := range [...][]string{there, add} {
		for _, line := range lines {
			if b.Len() > 0 {
				b.WriteString(", ")
			}
			b.WriteString(line)
		}
	}
	h[exposeHeader] = []string{b.String()}
}

// exposable appends the names of the header fields in h that are to be exposed.
func (c *config) exposable(list []string, h http.Header) []string {
	for _, name := range [...]string{c.requestHeader, c.correlationHeader} {
		if len(h[name]) > 0 {
			list = append(list, name)
		}
	}
	for _, name := range exposed {
		if len(h[name]) > 0 {
			list = append(list, name)
		}
	}
	fixed := len(list)
	for name := range h {
		if strings.HasPrefix(name, "X-Ratelimit-") {
			list = append(list, name)
		}
	}
	slices.Sort(list[fixed:])
	return list
}

// lists reports whether lines, each a list of names, have the name.
func lists(lines []string, name string) bool {
	for _, line := range lines {
		for element := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.Trim(element, " \t"), name) {
				return true
			}
		}
	}
	return false
}
