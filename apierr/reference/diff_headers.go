package reference

import (
	"net/http"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/failwell/failwell/apierr"
)

// headers compares the headers that a contract sends with all errors.
func (d *differ) headers() {
	old, new := d.old.contract, d.new.contract
	d.idHeader("request", old.RequestIDHeader, new.RequestIDHeader)
	d.idHeader("correlation", old.CorrelationIDHeader, new.CorrelationIDHeader)
	switch {
	case !old.NoExposeHeaders && new.NoExposeHeaders:
		d.breaks("exposed-headers", "", "Scripts of other origins can no longer read the IDs, Retry-After and rate limits: clients in browsers find nothing.")
	case old.NoExposeHeaders && !new.NoExposeHeaders:
		d.notes("exposed-headers", "", "Scripts of other origins can read the IDs, Retry-After and rate limits: clients in browsers may use them.")
	}
	switch {
	case scheme(old.Challenge) != scheme(new.Challenge):
		d.breaks("challenge", "", "A 401 asks for the authentication scheme %s, and did for %s: clients that choose their credentials by it fail.",
			shortText(scheme(new.Challenge)), shortText(scheme(old.Challenge)))
	case old.Challenge != new.Challenge:
		d.notes("challenge", "", "The parameters of the challenge change to %s: clients that look at the scheme are not affected.", shortText(new.Challenge))
	}
	if old.RetryAfter != new.RetryAfter {
		d.notes("retry-after", "", "A 429 asks to wait for %s, and did for %s: clients that read Retry-After are not affected.", inSeconds(new.RetryAfter), inSeconds(old.RetryAfter))
	}
	switch was, is := old.RetryAfterUnavailable, new.RetryAfterUnavailable; {
	case was == is:
	case is == 0:
		d.breaks("retry-after", "", "A 503 has no Retry-After any more: clients that wait for as long as it says do not know how long.")
	case was == 0:
		d.notes("retry-after", "", "A 503 has a Retry-After: clients that wait for as long as it says can.")
	default:
		d.notes("retry-after", "", "A 503 asks to wait for %s, and did for %s: clients that read Retry-After are not affected.", inSeconds(is), inSeconds(was))
	}
}

func (d *differ) idHeader(what, old, new string) {
	switch {
	case old == new:
	case new == apierr.NoHeader:
		d.breaks("header", "", "The header %s with the %s ID is no longer sent: clients that log it find nothing.", old, what)
	case old == apierr.NoHeader:
		d.notes("header", "", "The header %s with the %s ID is new: clients may log it.", new, what)
	default:
		d.breaks("header", "", "The header with the %s ID is %s, and was %s: clients that read or send the old one find nothing and are not found.", what, new, old)
	}
}

// scheme is the first authentication scheme of a challenge, RFC 9110 section
// 11.6.1.
func scheme(challenge string) string {
	s, _, _ := strings.Cut(strings.TrimSpace(challenge), " ")
	return strings.ToLower(s)
}

// ownHeaders compares the headers that a declared error brings.
func (d *differ) ownHeaders(old, new *apierr.Error) {
	names := append(ownNames(old), ownNames(new)...)
	if len(names) == 0 {
		return
	}
	was, is := respond(d.old.compiled, "/", old).Header, respond(d.new.compiled, "/", new).Header
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		before, now := was[name], is[name]
		switch {
		case slices.Equal(before, now):
		case len(before) == 0:
			d.notes("header", old.Code, "The header %s is new: clients may read it.", name)
		case len(now) == 0:
			d.breaks("header", old.Code, "The header %s is no longer sent: clients that read it find nothing.", name)
		case formOf(before[0]) != formOf(now[0]):
			d.breaks("header", old.Code, "The header %s is %s, and was %s: clients that parse it fail or take it for another.", name, formOf(now[0]), formOf(before[0]))
		case name == "Www-Authenticate" && scheme(before[0]) != scheme(now[0]):
			d.breaks("challenge", old.Code, "The challenge is of the scheme %s, and was of %s: clients that choose their credentials by it fail.",
				shortText(scheme(now[0])), shortText(scheme(before[0])))
		default:
			d.notes("header", old.Code, "The header %s has another value of the same form: clients that parse it are not affected.", name)
		}
	}
}

// ownNames returns the canonical names of the headers that an error brings.
func ownNames(e *apierr.Error) []string {
	var names []string
	for name := range e.Header {
		names = append(names, textproto.CanonicalMIMEHeaderKey(name))
	}
	if e.RetryAfter > 0 {
		names = append(names, "Retry-After")
	}
	slices.Sort(names)
	return slices.Compact(names)
}

var number = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

// unixSeconds and unixMilliseconds are in 2001, and no one's idea of a number of
// seconds or milliseconds to wait.
const (
	unixSeconds      = 1_000_000_000
	unixMilliseconds = 1_000_000_000_000
)

// formOf returns how a header value is to be read. A reset, for example, may be
// given as the seconds until it, or as its time in one of several forms.
func formOf(value string) string {
	if number.MatchString(value) {
		switch n, _ := strconv.ParseFloat(value, 64); {
		case n >= unixMilliseconds:
			return "a Unix time in milliseconds"
		case n >= unixSeconds:
			return "a Unix time in seconds"
		}
		return "a number"
	}
	if _, err := http.ParseTime(value); err == nil {
		return "an HTTP date"
	}
	if _, err := time.Parse(time.RFC3339, value); err == nil {
		return "a time of RFC 3339"
	}
	if _, err := time.ParseDuration(value); err == nil {
		return "a duration with its unit"
	}
	return "a text"
}
