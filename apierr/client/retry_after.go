package client

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxWait is the longest Retry-After that is kept.
const maxWait = 365 * 24 * time.Hour

// retryAfter reads the Retry-After header, RFC 9110 section 10.2.3: whole
// seconds or a date. 0: there is none that says anything.
func retryAfter(h http.Header) time.Duration {
	s := strings.Trim(h.Get("Retry-After"), " \t")
	if s == "" {
		return 0
	}
	if strings.Trim(s, "0123456789") == "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n > int64(maxWait/time.Second) {
			return maxWait
		}
		return time.Duration(n) * time.Second
	}
	at, err := http.ParseTime(s)
	if err != nil {
		return 0
	}
	return min(max(time.Until(at), 0), maxWait)
}
