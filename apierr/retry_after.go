package apierr

import (
	"net/http"
	"net/textproto"
	"slices"
	"time"

	"github.com/failwell/failwell/internal/retryafter"
)

// wait returns how long the answer asks the client to wait, as far as its
// headers will say it: the error's RetryAfter, else the Retry-After of the
// error's Header, else that of h, which a layer or the handler has set, else the
// contract's default for the status. 0: it does not.
func (cc *CompiledContract) wait(e *Error, h http.Header) time.Duration {
	if e.RetryAfter > 0 {
		return e.RetryAfter
	}
	if own := ownRetryAfter(e.Header); own != "" {
		return retryafter.Parse(own, time.Now)
	}
	if hasValue(h, "Retry-After") {
		return retryafter.Parse(h["Retry-After"][0], time.Now)
	}
	return cc.defaultRetryAfter(e.Status)
}

// defaultRetryAfter is the contract's Retry-After for a status. 0: it has none.
func (cc *CompiledContract) defaultRetryAfter(status int) time.Duration {
	switch status {
	case http.StatusTooManyRequests:
		return cc.contract.RetryAfter
	case http.StatusServiceUnavailable:
		return cc.contract.RetryAfterUnavailable
	}
	return 0
}

// ownRetryAfter returns the Retry-After of an error's Header: the first value
// that HTTP allows, since RFC 9110 section 10.2.3 defines one. Empty: there is
// none. The canonical spelling of the name is preferred, so that two spellings
// give the same value each time.
func ownRetryAfter(h http.Header) string {
	names := []string{"Retry-After"}
	for name := range h {
		if name != "Retry-After" && textproto.CanonicalMIMEHeaderKey(name) == "Retry-After" {
			names = append(names, name)
		}
	}
	slices.Sort(names[1:])
	for _, name := range names {
		for _, v := range h[name] {
			if trim(v) != "" && isFieldValue(v) {
				return v
			}
		}
	}
	return ""
}
