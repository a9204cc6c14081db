// Package retryafter reads the Retry-After header, RFC 9110 section 10.2.3.
package retryafter

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// MaxSeconds is the longest time that Parse returns, in seconds: a little less
// than the longest time.Duration, 292 years.
const MaxSeconds = 9_000_000_000

// Parse returns how long the value of the header asks to wait: a number of
// seconds, or the time from now until a date. 0: it is neither, or the date is
// past. now is called for dates only.
func Parse(s string, now func() time.Time) time.Duration {
	s = strings.Trim(s, " \t")
	if s != "" && strings.Trim(s, "0123456789") == "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n > MaxSeconds {
			n = MaxSeconds
		}
		return time.Duration(n) * time.Second
	}
	date, err := http.ParseTime(s)
	if err != nil {
		return 0
	}
	return min(max(date.Sub(now()), 0), MaxSeconds*time.Second)
}
