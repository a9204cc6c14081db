package conformance

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/failwell/failwell/apierr"
)

// Scenarios about credentials and limits.

func unauthenticated(p *probe) {
	// Which code it is depends on the credentials: none is expected.
	x := expectation{what: "a request without credentials", class: 4, only: http.StatusUnauthorized}
	for _, pair := range p.model.pairsOf(apierr.Unauthenticated) {
		if pair.status != http.StatusUnauthorized {
			x.only = 0 // the contract maps it to another status
		}
	}
	for _, route := range p.protected {
		a := p.do(request{method: route.method, path: route.path, bare: true})
		p.failure(a, x)
		lines := a.header["Www-Authenticate"]
		p.require("challenge", a.status != http.StatusUnauthorized || len(lines) > 0, a, "there is no WWW-Authenticate", "a challenge, RFC 9110 section 11.6.1")
		for _, line := range lines {
			p.require("challenge", isChallenge.MatchString(strings.TrimSpace(line)), a, "the challenge is "+strconv.Quote(line), "a scheme with parameters")
		}
	}
}

// isChallenge is a loose form of RFC 9110 section 11.6.1: a scheme, then a
// token68 or parameters, of one challenge or of several.
var isChallenge = regexp.MustCompile(`\A[!#$%&'*+.^_|~0-9A-Za-z-]+( +([A-Za-z0-9._~+/-]+=*|[!#$%&'*+.^_|~0-9A-Za-z-]+ *= *("([^"\\]|\\.)*"|[!#$%&'*+.^_|~0-9A-Za-z-]+))([ ,]+.*)?)?\z`)

// Bounds on how a limit is looked for.
const (
	maxTries = 1000
	tryTime  = 20 * time.Second
	maxWait  = 20 * time.Second
)

func limited(p *probe) {
	for _, route := range p.limited {
		a := p.untilLimited(route)
		if a == nil {
			continue
		}
		p.limit(a)
		if wait, ok := retryAfter(a); ok && p.first { // over the next protocol the limit is the same
			p.waitAndRetry(route, a, wait)
		}
	}
}

// untilLimited sends requests until one is refused; nil: none was.
func (p *probe) untilLimited(r route) *answer {
	deadline := time.Now().Add(tryTime)
	tries := 0
	for tries < maxTries && time.Now().Before(deadline) && p.ctx.Err() == nil {
		a := p.once(p.app, request{method: r.method, path: r.path})
		if tries++; a.status == http.StatusTooManyRequests {
			return a
		}
		p.rateLimit(a)
	}
	p.unexercised("none of %d requests for %s was refused", tries, r)
	return nil
}

// limit applies the rules about a 429.
func (p *probe) limit(a *answer) {
	x := expectation{what: "a request over the limit", class: 4, only: http.StatusTooManyRequests}
	p.failure(a, x)
	_, ok := retryAfter(a)
	p.require("retry-after", ok, a, "Retry-After is "+strings.Join(quoted(a.header["Retry-After"]), ", "), "one Retry-After of at least a second")
	p.rateLimit(a)
}

func quoted(lines []string) []string {
	if len(lines) == 0 {
		return []string{"absent"}
	}
	all := make([]string, len(lines))
	for i, line := range lines {
		all[i] = strconv.Quote(line)
	}
	return all
}

// waitAndRetry waits as long as the answer asks for, and applies retry-after-true.
func (p *probe) waitAndRetry(r route, a *answer, wait time.Duration) {
	if wait > maxWait {
		p.unexercised("Retry-After is %s, over the %s that the kit waits", wait, maxWait)
		return
	}
	p.wait(time.Until(a.at.Add(wait)), "the Retry-After of %s", r)
	if p.ctx.Err() != nil {
		return
	}
	again := p.once(p.app, request{method: r.method, path: r.path})
	p.require("retry-after-true", again.status != http.StatusTooManyRequests && again.status != 0, again,
		"it is refused again, "+wait.String()+" later", "an admitted request")
}

// rateLimit applies rate-limit to the fields that are there.
func (p *probe) rateLimit(a *answer) {
	p.require("rate-limit", true, a, "", "")
	for _, name := range []string{"Ratelimit", "Ratelimit-Policy"} {
		if lines := a.header[name]; len(lines) > 0 {
			p.require("rate-limit", isStructured(strings.Join(lines, ", ")), a, name+" cannot be parsed", "a list or a dictionary of RFC 9651")
		}
	}
	for _, name := range []string{"X-Ratelimit-Limit", "X-Ratelimit-Remaining"} {
		for _, line := range a.header[name] {
			_, err := strconv.ParseUint(line, 10, 63)
			p.require("rate-limit", err == nil, a, name+" is "+strconv.Quote(line), "a whole number")
		}
	}
}
