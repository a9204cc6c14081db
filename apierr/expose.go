package apierr

import (
	"net/http"
	"slices"
	"strings"
)

// exposed are the headers, besides those of the IDs, that a script has use for
// when a request has failed.
var exposed = [...]string{"Retry-After", "Ratelimit", "Ratelimit-Policy"}

const exposeHeader = "Access-Control-Expose-Headers"

// Expose names the ID headers, Retry-After, RateLimit, RateLimit-Policy and
// the X-RateLimit headers that are in h in its Access-Control-Expose-Headers,
// beside what stands there and without saying anything twice. A layer calls it
// when it commits the answer to a request with an Origin. A "*" that is there
// names all of them, but not for answers with credentials (Fetch standard,
// "CORS protocol and credentials"). It does nothing if the contract is
// NoExposeHeaders.
func (cc *CompiledContract) Expose(h http.Header) {
	if cc.contract.NoExposeHeaders {
		return
	}
	there := h[exposeHeader]
	credentials := slices.Equal(h["Access-Control-Allow-Credentials"], []string{"true"})
	if !credentials && lists(there, "*") {
		return
	}
	var some [8]string
	add := slices.DeleteFunc(cc.exposable(some[:0], h), func(name string) bool { return lists(there, name) })
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

// exposable appends what of the exposed headers is in h.
func (cc *CompiledContract) exposable(list []string, h http.Header) []string {
	for _, name := range [...]string{cc.contract.RequestIDHeader, cc.contract.CorrelationIDHeader} {
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
