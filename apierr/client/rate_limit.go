package client

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/failwell/failwell/internal/quoted"
)

// rateLimitReset returns the longest t of the items of the RateLimit field that
// have nothing left: the seconds until there is more. The field is that of
// draft-ietf-httpapi-ratelimit-headers-10, a list of "policy";r=remaining;t=seconds.
// 0: no item has both, or the field is malformed.
func rateLimitReset(h http.Header) time.Duration {
	longest := int64(0)
	for rest, more := strings.Join(h["Ratelimit"], ","), true; more; {
		var item string
		var ok bool
		if item, rest, more, ok = quoted.Cut(rest, ','); !ok {
			return 0
		}
		remaining, seconds := quota(item)
		if remaining == 0 {
			longest = max(longest, seconds)
		}
	}
	return time.Duration(longest) * time.Second
}

// quota returns the parameters r and t of an item, -1 for one that it does not
// have.
func quota(item string) (remaining, seconds int64) {
	remaining, seconds = -1, -1
	_, parameters, more, _ := quoted.Cut(item, ';')
	for more {
		var p string
		p, parameters, more, _ = quoted.Cut(parameters, ';')
		name, value, _ := strings.Cut(strings.Trim(p, " \t"), "=")
		switch name {
		case "r":
			remaining = sfInteger(value)
		case "t":
			seconds = sfInteger(value)
		}
	}
	return remaining, seconds
}

// sfInteger returns the value of an integer of RFC 9651 section 3.3.1 that is not
// negative, at most maxRetryAfter in seconds, else -1.
func sfInteger(s string) int64 {
	if len(s) > 15 || strings.Trim(s, "0123456789") != "" {
		return -1
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return -1
	}
	return min(n, int64(maxRetryAfter/time.Second))
}
