package ratelimit

import "net/http"

// Option is a setting of [Middleware]. Of an option given twice the later
// counts.
type Option interface{ apply(*guard) }

type option func(*guard)

func (o option) apply(g *guard) { o(g) }

// WithPolicies chooses the policies for each request by name, as by the plan
// of the caller. None: all of them; so a caller without a plan is not
// unlimited (see [Skip]). A name that the limiter does not have is answered as
// [apierr.Internal]. By default, and for nil, all policies are asked.
func WithPolicies(names func(*http.Request) []string) Option {
	return option(func(g *guard) { g.policies = names })
}

// WithCost says how many units a request takes. A cost below 1, or above what
// a policy can ever admit, is answered as [apierr.Internal] with [ErrCost] as
// the cause: what the client chooses must be brought into that range first. By
// default, and for nil, it is 1.
func WithCost(cost func(*http.Request) int) Option {
	return option(func(g *guard) { g.cost = cost })
}

// CountOnly counts only requests whose answer has a status that counts, such
// as failed logins. A handler that panics has the status 500, unless it had
// sent another.
//
// The units are held while the handler runs, and given back if the status does
// not count. They could be charged afterwards instead; but then any number of
// guesses that are sent at once would pass for the price of one. So the limit
// also bounds how many run at the same time, and the RateLimit fields show the
// units as taken. By default, and for nil, all requests count.
func CountOnly(counts func(status int) bool) Option {
	return option(func(g *guard) { g.counts = counts })
}

// Skip exempts requests: they are neither counted nor refused, and their
// answers have no RateLimit fields. By default, and for nil, none is exempt.
func Skip(exempt func(*http.Request) bool) Option {
	return option(func(g *guard) { g.skip = exempt })
}

// DryRun counts as ever but lets every request through, without header fields,
// and calls report for each that would have been refused or answered with an
// error. It is for trying out limits on live traffic. report is called before
// the handler, by many goroutines; nil: nothing is told.
func DryRun(report func(r *http.Request, d Decision, err error)) Option {
	return option(func(g *guard) { g.dryRun, g.report = true, report })
}

// NoRateLimit leaves the fields RateLimit and RateLimit-Policy away. By
// default they are sent.
func NoRateLimit() Option {
	return option(func(g *guard) { g.fields = nil })
}

// XRateLimit also sends X-RateLimit-Limit, X-RateLimit-Remaining and
// X-RateLimit-Reset, in the unit that the published API has. They tell of one
// policy, the one that refused or has the fewest units remaining, also among
// nested limiters. Reset is when nothing of it is taken any more, rounded up.
// By default they are not sent. It panics on a unit that does not exist.
func XRateLimit(reset ResetUnit) Option {
	if reset < EpochSeconds || reset > DeltaSeconds {
		panic("ratelimit: XRateLimit: no such unit")
	}
	return option(func(g *guard) { g.legacy = reset })
}
