package conformance

import (
	"net/http"
	"strconv"
	"time"
)

// retryAfter returns how long an answer asks to wait: RFC 9110 section 10.2.3.
// ok is false if it does not say so in one field, or asks for less than a
// second.
func retryAfter(a *answer) (wait time.Duration, ok bool) {
	values := a.header["Retry-After"]
	if len(values) != 1 {
		return 0, false
	}
	if n, err := strconv.ParseUint(values[0], 10, 31); err == nil {
		return time.Duration(n) * time.Second, n >= 1
	}
	at, err := http.ParseTime(values[0])
	if err != nil {
		return 0, false
	}
	now := a.at
	if date, err := http.ParseTime(a.header.Get("Date")); err == nil {
		now = date // the server's clock
	}
	wait = at.Sub(now)
	return wait, wait >= time.Second
}
