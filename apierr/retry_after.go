package apierr

import (
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"time"
)

// wait returns how long the answer asks the client to wait, as far as its
// headers will say it: the error's RetryAfter, else the Retry-After of the
// error's Header, else that of h, which a layer or the handler has set, else the
// contract's default for the status. 0: it does not.
func (cc *CompiledContract) wait(e *Error, h http.Header) time.Duration {
	if e.RetryAfter > 0 {
		return e.RetryAfter
	}
	for name, lines := range e.Header {
		if textproto.CanonicalMIMEHeaderKey(name) == "Retry-After" && len(lines) > 0 && isFieldValue(lines[0]) {
			return parseRetryAfter(lines[0], time.Now)
		}
	}
	if hasValue(h, "Retry-After") {
		return parseRetryAfter(h["Retry-After"][0], time.Now)
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

// parseRetryAfter reads a Retry-After header, RFC 9110 section 10.2.3: a number
// of seconds or a date. 0: it is neither, or the date is past.
func parseRetryAfter(s string, now func() time.Time) time.Duration {
	s = trim(s)
	if s != "" && strings.Trim(s, "0123456789") == "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n > maxSeconds {
			n = maxSeconds
		}
		return time.Duration(n) * time.Second
	}
	date, err := http.ParseTime(s)
	if err != nil {
		return 0
	}
	return max(date.Sub(now()), 0)
}
