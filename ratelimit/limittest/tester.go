package limittest

import (
	"context"
	"testing"
	"time"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/internal/interval"
)

// hourly has an interval of at least half a minute for limits up to 120, so
// that no unit comes back during a check.
func hourly(name string, limit int) ratelimit.Policy { return ratelimit.PerHour(name, limit) }

// intervalOf is the time in which a rate gives one unit back.
func intervalOf(p ratelimit.Policy) time.Duration { return interval.Of(p.Window, p.Limit) }

// tester calls a limiter and fails the test on errors.
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
	noError(a.t, err)
	consistent(a.t, d)
	return d
}

func (a tester) peek(key string, cost int, policies ...string) ratelimit.Decision {
	a.t.Helper()
	d, err := a.Peek(context.Background(), key, cost, policies...)
	noError(a.t, err)
	consistent(a.t, d)
	return d
}

func (a tester) refund(key string, cost int, policies ...string) {
	a.t.Helper()
	noError(a.t, a.Refund(context.Background(), key, cost, policies...))
}

// drain takes one unit at a time until it is refused, at most one more than
// most, and returns how many were admitted.
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

// consistent checks what holds in every decision.
func consistent(t *testing.T, d ratelimit.Decision) {
	t.Helper()
	isTrue(t, d.Policy != nil, "every decision names the policy that decided")
	equal(t, d.Allowed, d.RetryAfter == 0, "RetryAfter is 0 exactly if the request is allowed")
	least, longest, found := -1, time.Duration(0), false
	for s := range d.States() {
		isTrue(t, s.Policy != nil, "every state has a policy")
		isTrue(t, s.Remaining >= 0, "Remaining is %d", s.Remaining)
		atMost(t, s.Remaining, s.Policy.MaxCost(), "Remaining")
		isTrue(t, s.RetryAfter >= 0, "RetryAfter is %v", s.RetryAfter)
		atMost(t, s.More, s.Reset, "all units are back no sooner than the next one")
		equal(t, s.Reset == 0, s.More == 0, "More and Reset are 0 together, if no units are taken")
		isTrue(t, s.More > 0 || s.Remaining >= s.Policy.MaxCost(), "units that are missing come back some time")
		if least < 0 || s.Remaining < least {
			least = s.Remaining
		}
		longest = max(longest, s.RetryAfter)
		found = found || s.Policy.Name == d.Policy.Name
	}
	equal(t, least, d.Remaining, "Remaining is the smallest of the policies applied")
	equal(t, longest, d.RetryAfter, "RetryAfter is the longest of the policies applied")
	isTrue(t, found, "the policy that decided is one of those applied")
}

// states returns the decision's states by the names of their policies, and the
// names in order.
func states(d ratelimit.Decision) (names []string, by map[string]ratelimit.State) {
	by = map[string]ratelimit.State{}
	for s := range d.States() {
		names = append(names, s.Policy.Name)
		by[s.Policy.Name] = s
	}
	return names, by
}
