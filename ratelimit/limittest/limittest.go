// Package limittest checks implementations of [ratelimit.Limiter]. It needs
// nothing but the standard library:
//
//	func TestLimiter(t *testing.T) {
//		limittest.Run(t, func(t *testing.T, policies ...ratelimit.Policy) (ratelimit.Limiter, func(time.Duration)) {
//			return mylimiter.New(policies...), time.Sleep
//		})
//	}
package limittest

import (
	"testing"
	"time"

	"github.com/failwell/failwell/ratelimit"
)

// Maker returns a limiter that has seen no request, and a function that lets
// time pass for it: one that moves its clock, or [time.Sleep]. All waits of
// the checks together are under ten seconds.
//
// The limiter's clock may run on during a check, if the check takes less than
// half a minute.
type Maker func(t *testing.T, policies ...ratelimit.Policy) (l ratelimit.Limiter, wait func(time.Duration))

// Run checks everything that the comments of [ratelimit.Limiter] and
// [ratelimit.Decision] specify, each in a subtest with its own limiters. It
// panics if make is nil.
func Run(t *testing.T, make Maker) {
	if make == nil {
		panic("limittest: Run: make is nil")
	}
	for _, c := range checks {
		t.Run(c.rule, func(t *testing.T) { c.check(t, make) })
	}
}

var checks = []struct {
	rule  string
	check func(*testing.T, Maker)
}{
	{"a whole burst is admitted at once, and no more", burst},
	{"each key has its own limits", keys},
	{"waiting as long as RetryAfter says succeeds", retryAfter},
	{"after Reset no units are taken", reset},
	{"all policies are charged or none", allOrNone},
	{"the names select the policies", names},
	{"the decision names the policy that refuses for the longest time", longest},
	{"a request takes as many units as it costs", costs},
	{"a cost that can never be admitted is an error", costErrors},
	{"Peek returns what Take would, and charges nothing", peek},
	{"Refund gives back what was charged, and never more than a burst", refund},
	{"a quota admits its units until its period ends", quota},
	{"a rate and a quota hold together", rateAndQuota},
	{"Policies is a copy", policies},
	{"exact among goroutines: one policy", concurrent},
	{"exact among goroutines: several policies", concurrentSeveral},
	{"exact among goroutines: refunds", concurrentRefunds},
}
