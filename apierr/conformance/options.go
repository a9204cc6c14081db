package conformance

import (
	"cmp"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/failwell/failwell/apierr"
)

// Option names what the server has, or changes what [Test] and [Check] do. A nil
// Option panics, and so do nil functions, routes that are none, and names of
// checks that do not exist.
type Option interface{ apply(*config) }

type option func(*config)

func (o option) apply(c *config) { o(c) }

// route is a request that the user has named.
type route struct{ method, path, body string }

func (r route) String() string { return r.method + " " + r.path }

// requestTime is how long one request and its response may take.
const requestTime = 10 * time.Second

// config is the result of the options. It is not changed afterwards.
type config struct {
	routes, protected, bodies, limited []route

	wrap     func(http.Handler) http.Handler // nil: none
	raise    func(http.ResponseWriter, *http.Request, error)
	secrets  []word
	hidden   []word      // in reports: the secrets and the values of header
	header   http.Header // sent with every request but those of unauthenticated
	required []string
	skipped  []skip
	only     []string
	strict   bool
	flood    bool
	progress func(string)   // what is done and waited for
	waiting  func(string)   // what is waited for
	patience time.Duration  // for one request and its response
	roots    *x509.CertPool // of certificates; nil: those of the system
	http1    bool           // Test speaks HTTP/1.1 alone
}

type skip struct{ name, reason string }

func newConfig(who string, opts []Option) *config {
	c := &config{header: make(http.Header), raise: apierr.Write, patience: requestTime}
	for i, o := range opts {
		if o == nil {
			panic(fmt.Sprintf("conformance: %s: option %d is nil", who, i+1))
		}
		o.apply(c)
	}
	c.hide()
	if c.progress == nil {
		c.progress = func(string) {}
	}
	if c.waiting == nil {
		c.waiting = func(string) {}
	}
	return c
}

// WithRoute names a route that answers a request without a body with 2xx, such
// as "GET", "/healthz". Several may be named.
func WithRoute(method, path string) Option {
	r := mustRoute("WithRoute", method, path)
	return option(func(c *config) { c.routes = append(c.routes, r) })
}

// WithProtected names a route that needs credentials. The request for it is sent
// without the headers of [WithHeader]. Several may be named.
func WithProtected(method, path string) Option {
	r := mustRoute("WithProtected", method, path)
	return option(func(c *config) { c.protected = append(c.protected, r) })
}

// WithBody names a route that takes a JSON body, and a body that it accepts. Wrong
// types are tried only if the body is an object. The kit sends the valid body too.
// Several may be named.
func WithBody(method, path, valid string) Option {
	r := mustRoute("WithBody", method, path)
	if _, err := parse([]byte(valid)); err != nil {
		panic("conformance: WithBody: the body of " + r.String() + " is not JSON: " + err.Error())
	}
	r.body = valid
	return option(func(c *config) { c.bodies = append(c.bodies, r) })
}

// WithLimited names a route with a rate limit. The kit sends it requests, at
// most 1,000, until one is answered with 429, and waits as long as Retry-After
// says, at most 20 s. Several may be named.
//
// All requests of a run have the credentials of WithHeader. If these have a limit
// that the other checks must not use up, or one of more than 1,000 requests, add
// a second run with other credentials, WithLimited and WithOnly("limited"), and
// WithSkip("limited", "...") to the first.
func WithLimited(method, path string) Option {
	r := mustRoute("WithLimited", method, path)
	return option(func(c *config) { c.limited = append(c.limited, r) })
}

// WithMiddleware makes the kit mount handlers of its own inside wrap, which is
// the server's outermost layer, such as the result of middleware.New. They
// panic, wait, stream, fail late and raise each declared error. wrap is called
// once for a server on loopback, in this process; under [Check] too.
func WithMiddleware(wrap func(http.Handler) http.Handler) Option {
	mustNotBeNil("WithMiddleware", "function", wrap == nil)
	return option(func(c *config) { c.wrap = wrap })
}

// WithRaise answers a request with an error in the kit's own handlers: a
// declared *apierr.Error of the contract, or an error of no known type. By
// default it is [apierr.Write].
func WithRaise(raise func(w http.ResponseWriter, r *http.Request, err error)) Option {
	mustNotBeNil("WithRaise", "function", raise == nil)
	return option(func(c *config) { c.raise = raise })
}

// minSecret is how many bytes a word has at least that is looked for or redacted.
const minSecret = 4

// WithSecret names words of at least four bytes that may appear in no response,
// nor as JSON, a URL or HTML escapes them: words that the server's handlers put
// into causes, panics and texts of errors. They are redacted in reports. By default only the word that the kit's handlers
// use is looked for.
func WithSecret(words ...string) Option {
	for _, w := range words {
		if len(w) < minSecret {
			panic(fmt.Sprintf("conformance: WithSecret: %q is too short: it would be found in other text", w))
		}
	}
	return option(func(c *config) {
		for _, w := range words {
			c.secrets = append(c.secrets, newWord(w))
		}
	})
}

// WithRequired makes it a failure if one of the checks is not exercised. A name
// is that of a check, as "limited/retry-after-true", of a scenario, as
// "limited", or "*" for all. WithSkip excepts checks from "*": "slow", for
// example, where the layer has no deadline.
func WithRequired(names ...string) Option {
	mustKnow("WithRequired", names)
	return option(func(c *config) { c.required = append(c.required, names...) })
}

// WithSkip leaves out a check or a scenario. The reason is printed, and must not
// be empty.
func WithSkip(name, reason string) Option {
	mustKnow("WithSkip", []string{name})
	if strings.TrimSpace(reason) == "" {
		panic("conformance: WithSkip: " + name + " has no reason")
	}
	return option(func(c *config) { c.skipped = append(c.skipped, skip{name, reason}) })
}

// WithOnly runs these checks or scenarios and leaves out all others.
func WithOnly(names ...string) Option {
	mustKnow("WithOnly", names)
	return option(func(c *config) { c.only = append(c.only, names...) })
}

// WithStrict makes advice that is not followed a failure.
func WithStrict() Option { return option(func(c *config) { c.strict = true }) }

// WithFlood lets [Check] provoke 1,000 failures, 128 at a time. [Test] does so in
// any case.
func WithFlood() Option { return option(func(c *config) { c.flood = true }) }

// WithHeader adds a field to every request. Values and their words of at least
// four bytes are redacted in reports: credentials are sent in this way.
func WithHeader(name, value string) Option {
	if !isToken(name) || strings.ContainsAny(value, "\r\n\x00") {
		panic(fmt.Sprintf("conformance: WithHeader: HTTP does not allow the field %q", name))
	}
	name = textproto.CanonicalMIMEHeaderKey(name)
	return option(func(c *config) { c.header.Add(name, value) })
}

// WithProgress reports what is done and what is waited for, a line at a time. It
// is called by several goroutines at once. By default [Check] reports nothing,
// and [Test] logs what it waits for.
func WithProgress(report func(line string)) Option {
	mustNotBeNil("WithProgress", "function", report == nil)
	return option(func(c *config) { c.progress, c.waiting = report, report })
}

// notNamed is the reason of the checks that WithOnly leaves out.
const notNamed = "WithOnly does not name it"

// leaves returns why a check is left out.
func (c *config) leaves(scenario, rule string) (reason string, left bool) {
	for _, s := range c.skipped {
		if covers(s.name, scenario, rule) {
			return s.reason, true
		}
	}
	if len(c.only) == 0 {
		return "", false
	}
	return notNamed, !slices.ContainsFunc(c.only, func(name string) bool { return covers(name, scenario, rule) })
}

func (c *config) requires(scenario, rule string) bool {
	return slices.ContainsFunc(c.required, func(name string) bool { return covers(name, scenario, rule) })
}

// covers reports whether a name is that of the check, of its scenario, or "*".
func covers(name, scenario, rule string) bool {
	return name == "*" || name == scenario || name == scenario+"/"+rule
}

func mustKnow(who string, names []string) {
	for _, name := range names {
		if !slices.ContainsFunc(scenarios, func(s scenario) bool {
			return slices.ContainsFunc(s.all(), func(r rule) bool { return covers(name, s.name, r.name) })
		}) {
			panic(fmt.Sprintf("conformance: %s: there is no check %q", who, name))
		}
	}
}

func mustNotBeNil(who, what string, isNil bool) {
	if isNil {
		panic("conformance: " + who + ": the " + what + " is nil")
	}
}

func mustRoute(who, method, path string) route {
	method = cmp.Or(method, http.MethodGet)
	if !isToken(method) || !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " \r\n\t\x00#") {
		panic(fmt.Sprintf("conformance: %s: %q %q is no method and path", who, method, path))
	}
	return route{method: method, path: path}
}

// isToken reports whether s is a token, RFC 9110 section 5.6.2.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}
