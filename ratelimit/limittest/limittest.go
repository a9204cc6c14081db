// Package limittest checks implementations of [ratelimit.Limiter].
//
//	func TestLimiter(t *testing.T) {
//		limittest.Run(t, func(t *testing.T, policies ...ratelimit.Policy) (ratelimit.Limiter, func(time.Duration)) {
//			return mylimiter.New(policies...), time.Sleep
//		})
//	}
package limittest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
)

// Maker makes a limiter that has seen no request, and a function that lets
// time pass for it: one that moves its clock, or time.Sleep. All waits of the
// checks together are under ten seconds.
//
// The checks do not mind if the limiter's clock runs on meanwhile, so long as
// each takes less than half a minute.
type Maker func(t *testing.T, policies ...ratelimit.Policy) (l ratelimit.Limiter, wait func(time.Duration))

// Run checks everything that the comments of [ratelimit.Limiter] and
// [ratelimit.Decision] promise, in subtests that are named for the promise.
// Each makes limiters of its own.
func Run(t *testing.T, make Maker) {
	for _, c := range checks {
		t.Run(c.promise, func(t *testing.T) { c.check(t, make) })
	}
}

var checks = []struct {
	promise string
	check   func(*testing.T, Maker)
}{
	{"a whole burst is admitted at once, and no more", burst},
	{"each key has its own limits", keys},
	{"waiting as long as RetryAfter says succeeds", retryAfter},
	{"after Reset nothing is taken", reset},
	{"all policies are charged or none", allOrNone},
	{"the names choose the policies", names},
	{"the decision tells of the policy that refused for the longest", longest},
	{"a request takes as many units as it costs", costs},
	{"a cost that can never be admitted is an error", costErrors},
	{"Peek tells what Take would, and charges nothing", peek},
	{"Refund gives back what was charged, and never more than a burst", refund},
	{"a quota admits its units until its period ends", quota},
	{"a rate and a quota hold together", rateAndQuota},
	{"Policies is a copy", policies},
	{"exact among goroutines: one policy", concurrent},
	{"exact among goroutines: several policies", concurrentSeveral},
	{"exact among goroutines: refunds", concurrentRefunds},
}

// hourly has an interval of at least half a minute for limits up to 120, so
// that none comes back during a check.
func hourly(name string, limit int) ratelimit.Policy { return ratelimit.PerHour(name, limit) }

// tester asks a limiter and fails the test on errors.
type tester struct {
	t *testing.T
	ratelimit.Limiter
}

func start(t *testing.T, make Maker, policies ...ratelimit.Policy) (tester, func(time.Duration)) {
	l, wait := make(t, policies...)
	return tester{t, l}, wait
}

func (a tester) take(key string, cost int, policies ...string) ratelimit.Decision {
	a.t.Helper()
	d, err := a.Take(context.Background(), key, cost, policies...)
	require.NoError(a.t, err)
	sound(a.t, d)
	return d
}

func (a tester) peek(key string, cost int, policies ...string) ratelimit.Decision {
	a.t.Helper()
	d, err := a.Peek(context.Background(), key, cost, policies...)
	require.NoError(a.t, err)
	sound(a.t, d)
	return d
}

func (a tester) refund(key string, cost int, policies ...string) {
	a.t.Helper()
	require.NoError(a.t, a.Refund(context.Background(), key, cost, policies...))
}

// drain takes one unit at a time until it is refused, and returns how many it
// got.
func (a tester) drain(key string, most int, policies ...string) (n int) {
	a.t.Helper()
	for range most + 1 {
		if !a.take(key, 1, policies...).Allowed {
			return n
		}
		n++
	}
	return n
}

// sound checks what holds in every decision.
func sound(t *testing.T, d ratelimit.Decision) {
	t.Helper()
	require.NotNil(t, d.Policy, "every decision names the policy that decided")
	require.Equal(t, d.Allowed, d.RetryAfter == 0, "RetryAfter is 0 exactly where the request is allowed")
	least, longest, found := -1, time.Duration(0), false
	for s := range d.States() {
		require.NotNil(t, s.Policy)
		require.GreaterOrEqual(t, s.Remaining, 0)
		require.LessOrEqual(t, s.Remaining, s.Policy.Most())
		require.GreaterOrEqual(t, s.RetryAfter, time.Duration(0))
		require.GreaterOrEqual(t, s.Reset, s.More, "all is back no sooner than the next unit")
		require.Equal(t, s.Reset == 0, s.More == 0, "More and Reset are 0 together, where nothing is taken")
		if s.Remaining < s.Policy.Most() {
			require.Positive(t, s.More, "where units are missing, they come back some time")
		}
		if least < 0 || s.Remaining < least {
			least = s.Remaining
		}
		longest = max(longest, s.RetryAfter)
		found = found || s.Policy.Name == d.Policy.Name
	}
	require.Equal(t, least, d.Remaining, "Remaining is the fewest of the policies asked")
	require.Equal(t, longest, d.RetryAfter, "RetryAfter is the longest of the policies asked")
	require.True(t, found, "the policy that decided is one of those that were asked")
}

// states are the decision's, by the names of their policies.
func states(d ratelimit.Decision) (names []string, by map[string]ratelimit.State) {
	by = map[string]ratelimit.State{}
	for s := range d.States() {
		names = append(names, s.Policy.Name)
		by[s.Policy.Name] = s
	}
	return names, by
}
