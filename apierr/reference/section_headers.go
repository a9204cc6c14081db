package reference

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/failwell/failwell/apierr"
)

// headers says which headers come when.
func (b *builder) headers() section {
	c := b.contract
	t := table{Columns: []string{"Header", "When", "Meaning"}}
	add := func(name string, when, meaning line) {
		t.Rows = append(t.Rows, []line{{code(name)}, when, meaning})
	}
	if c.RequestIDHeader != apierr.NoHeader {
		add(c.RequestIDHeader, words("Every response"), words("The request ID, a UUID. Quote it to support."))
	}
	if c.CorrelationIDHeader != apierr.NoHeader {
		add(c.CorrelationIDHeader, words("Every response"), words(
			"The correlation ID: the one that the request carried in this header, if it was usable, else a new one."))
	}
	add("Content-Type", words("Every failed request"), b.contentTypes())
	add("Retry-After", b.retryAfterWhen(), words(
		"How long to wait before the next attempt, in whole seconds, at least 1 (RFC 9110 section 10.2.3)."))
	add("WWW-Authenticate", words("Every ", code("401")), words("The scheme to authenticate with: ", code(c.Challenge), " unless an endpoint names another."))
	add("Allow", words("Every ", code("405")), words("The methods that the resource has."))
	add("Cache-Control", words("Every failed request"), words(code("no-store"), ": errors are not cached."))
	if len(c.Translations) > 0 {
		add("Content-Language", words("Failed requests whose message is one of this page"), words("The language of the message. ", code("Accept-Language"), " chooses it."))
	}
	for _, h := range b.page.Headers {
		add(h.Name, line{plain(h.When)}, line{plain(h.Meaning)})
	}
	if !b.namesRateLimits() {
		add("RateLimit", words("Endpoints with a rate limit"), words("By limit: ", code("r"), ", the requests that are left, and ", code("t"), ", the seconds until there are more."))
		add("RateLimit-Policy", words("Endpoints with a rate limit"), words("By limit: ", code("q"), ", the requests, and ", code("w"), ", the seconds for which they last."))
	}
	s := standard(titleHeaders, rows(t))
	if !c.NoExposeHeaders {
		s.Blocks = append(s.Blocks, text("Scripts of other origins can read the ID, Retry-After and rate limit headers: ", code("Access-Control-Expose-Headers"), " names them."))
	}
	return s
}

func (b *builder) contentTypes() line {
	own := code(b.contract.Format.ContentType())
	if b.contract.Alternative == nil {
		return words(own, ".")
	}
	return words(own, ", or ", code(b.contract.Alternative.ContentType()), " where Accept prefers it.")
}

func (b *builder) retryAfterWhen() line {
	l := words("Every ", code("429"), " ("+inSeconds(b.contract.RetryAfter)+" unless the error says otherwise)")
	if d := b.contract.RetryAfterUnavailable; d > 0 {
		return append(l, words(", every ", code("503"), " ("+inSeconds(d)+" unless the error says otherwise)", ", and other errors that say when to come back")...)
	}
	return append(l, span{Text: ", and other errors that say when to come back"})
}

// inSeconds returns a duration as a client reads it: whole seconds, rounded up.
func inSeconds(d time.Duration) string {
	n := int64(math.Ceil(d.Seconds()))
	if n == 1 {
		return "1 second"
	}
	return strconv.FormatInt(n, 10) + " seconds"
}

// namesRateLimits reports whether the page has rate limit headers of its own.
func (b *builder) namesRateLimits() bool {
	for _, h := range b.page.Headers {
		if strings.Contains(strings.ToLower(h.Name), "ratelimit") {
			return true
		}
	}
	return false
}
