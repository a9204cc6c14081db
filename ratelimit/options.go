package ratelimit

import "net/http"

// Option is a setting of [Middleware]. If an option is given twice, the last
// one counts.
type Option interface{ apply(*guard) }

type option func(*guard)

func (o option) apply(g *guard) { o(g) }

// WithPolicies selects the policies of each request by name, for example by
// the caller's plan. If names returns no names, all policies apply: a caller
// without a plan is not unlimited (see [WithSkip]). A name that the limiter
// does not have is answered with [apierr.Internal]. By default all policies
// apply. It panics if names is nil.
func WithPolicies(names func(*http.Request) []string) Option {
	mustNotBeNil(names == nil, "WithPolicies")
	return option(func(g *guard) { g.policies = names })
}

// WithCost sets the cost of each request, in units. A cost below 1, or above
// the [Policy.MaxCost] of a policy that applies, is answered with
// [apierr.Internal] and [ErrCost] as its cause: bring a number that the client
// chooses into that range first. The default cost is 1. It panics if cost is
// nil.
func WithCost(cost func(*http.Request) int) Option {
	mustNotBeNil(cost == nil, "WithCost")
	return option(func(g *guard) { g.cost = cost })
}

// WithCountIf counts only requests whose response has a status for which
// counts returns true, such as failed logins. A handler that panics has the
// status 500, unless it had sent another.
//
// Inside middleware.New the status is the one that the client receives: of a
// deadline, an error or a mapping of the contract, for example. It is 499 for a
// client that left before anything was written; a response that was written
// counts even if the client seemed to have left.
//
// The units are taken before the handler runs and given back if the status
// does not count. If they were charged afterwards, any number of guesses sent
// at the same time would cost no more than one. So the limit also bounds the
// number of requests that run at the same time, and the RateLimit fields
// include their units. By default all requests count. It panics if counts is
// nil.
func WithCountIf(counts func(status int) bool) Option {
	mustNotBeNil(counts == nil, "WithCountIf")
	return option(func(g *guard) { g.counts = counts })
}

// WithSkip exempts the requests for which exempt returns true: they are
// neither counted nor refused, and their responses have no RateLimit fields.
// By default no request is exempt. It panics if exempt is nil.
func WithSkip(exempt func(*http.Request) bool) Option {
	mustNotBeNil(exempt == nil, "WithSkip")
	return option(func(g *guard) { g.skip = exempt })
}

// WithDryRun counts requests but lets all of them through, without header
// fields, to try out limits on live traffic. It calls report for each request
// that would have been refused, with its Decision, or answered with an error,
// with err. It calls report before the handler and from many goroutines. By
// default limits apply. It panics if report is nil.
func WithDryRun(report func(r *http.Request, d Decision, err error)) Option {
	mustNotBeNil(report == nil, "WithDryRun")
	return option(func(g *guard) { g.report = report })
}

// WithoutRateLimitHeaders omits the fields RateLimit and RateLimit-Policy. By
// default they are sent.
func WithoutRateLimitHeaders() Option {
	return option(func(g *guard) { g.fields = nil })
}

// WithLegacyHeaders adds the fields X-RateLimit-Limit, X-RateLimit-Remaining
// and X-RateLimit-Reset. They describe one policy: the one that refused, or
// the one with the fewest units remaining, nested limiters included. Reset is
// the time at which none of its units are taken, rounded up, in the unit that
// the published API uses.
//
// Each field has one value. If the handler sets the same fields, as
// [net/http/httputil.ReverseProxy] does with those of an upstream server, its
// values are dropped: they may have another unit.
//
// By default the fields are not sent. It panics if reset is not one of the
// three constants.
func WithLegacyHeaders(reset ResetUnit) Option {
	if reset < EpochSeconds || reset > DeltaSeconds {
		panic("ratelimit: WithLegacyHeaders: no such unit")
	}
	return option(func(g *guard) { g.legacy = reset })
}

// mustNotBeNil panics where the argument of the named option is nil.
func mustNotBeNil(isNil bool, option string) {
	if isNil {
		panic("ratelimit: " + option + ": the function is nil")
	}
}
