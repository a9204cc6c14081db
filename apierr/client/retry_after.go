package client

import (
	"net/http"
	"time"

	"github.com/failwell/failwell/internal/retryafter"
)

// maxRetryAfter is the longest time that is read; a longer one is reduced to it.
const maxRetryAfter = 365 * 24 * time.Hour

// retryAfter returns the time to wait that the Retry-After header says. 0: the
// header is absent or malformed, or its date is past. A date is compared with the Date of
// the response, which is of the same clock.
func retryAfter(h http.Header) time.Duration {
	return min(retryafter.Parse(h.Get("Retry-After"), func() time.Time { return dateOf(h) }), maxRetryAfter)
}

// dateOf returns the Date of a response, the time now if it has none.
func dateOf(h http.Header) time.Time {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		return date
	}
	return time.Now()
}
