package ratelimit_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
)

func TestPolicyConstructors(t *testing.T) {
	paris := time.FixedZone("Paris", 3600)
	for _, c := range []struct{ got, want ratelimit.Policy }{
		{ratelimit.PerSecond("p", 5), ratelimit.Policy{Name: "p", Limit: 5, Window: time.Second}},
		{ratelimit.PerMinute("p", 5), ratelimit.Policy{Name: "p", Limit: 5, Window: time.Minute}},
		{ratelimit.PerHour("p", 5).WithBurst(9), ratelimit.Policy{Name: "p", Limit: 5, Window: time.Hour, Burst: 9}},
		{ratelimit.Daily("p", 5).In(paris), ratelimit.Policy{Name: "p", Limit: 5, Calendar: ratelimit.Day, Location: paris}},
		{ratelimit.Monthly("p", 5).WithError(planUsedUp), ratelimit.Policy{Name: "p", Limit: 5, Calendar: ratelimit.Month, Error: planUsedUp}},
	} {
		require.Equal(t, c.want, c.got)
		require.NoError(t, ratelimit.Check(c.got))
	}
}

func TestPolicyArithmetic(t *testing.T) {
	for _, c := range []struct {
		policy   ratelimit.Policy
		most     int
		interval time.Duration
	}{
		{ratelimit.PerSecond("p", 10), 10, 100 * time.Millisecond},
		{ratelimit.PerSecond("p", 3), 3, 333_333_334}, // rounded up: never more than the rate
		{ratelimit.PerSecond("p", 10).WithBurst(1), 1, 100 * time.Millisecond},
		{ratelimit.PerSecond("p", 1_000_000_000), 1_000_000_000, 1},
		{ratelimit.PerSecond("p", 999_999_999), 999_999_999, 2},
		{ratelimit.Daily("p", 7), 7, 0},
		{ratelimit.Policy{}, 0, 0},
	} {
		require.Equal(t, c.most, c.policy.MaxCost())
		require.Equal(t, c.interval, intervalOf(c.policy))
	}
}

func TestCheck(t *testing.T) {
	p := ratelimit.PerSecond
	for _, c := range []struct {
		fault    string // empty: none
		policies []ratelimit.Policy
	}{
		{"", []ratelimit.Policy{p("a", 1), p("b", 1)}},
		{"", []ratelimit.Policy{p("a", 1_000_000_000)}},
		{"", []ratelimit.Policy{p("AZaz09._:/-", 1)}},
		{"", []ratelimit.Policy{p(strings.Repeat("x", 64), 1)}},
		{"", []ratelimit.Policy{ratelimit.Daily("q", 999_999_999_999)}},
		{"needs a policy", nil},
		{"two policies are named \"a\"", []ratelimit.Policy{p("a", 1), p("b", 1), p("a", 2)}},
		{"33 policies", slices.Repeat([]ratelimit.Policy{p("a", 1)}, 33)},
		{"the name", []ratelimit.Policy{p("", 1)}},
		{"the name", []ratelimit.Policy{p(strings.Repeat("x", 65), 1)}},
		{"the name", []ratelimit.Policy{p("a b", 1)}},
		{"the name", []ratelimit.Policy{p("a\"", 1)}},
		{"the name", []ratelimit.Policy{p("a\r\nX: y", 1)}},
		{"the name", []ratelimit.Policy{p("ä", 1)}},
		{"the limit 0", []ratelimit.Policy{p("a", 0)}},
		{"the limit -1", []ratelimit.Policy{p("a", -1)}},
		{"the limit 1000000000000", []ratelimit.Policy{ratelimit.Daily("a", 1_000_000_000_000)}},
		{"the window 0s", []ratelimit.Policy{{Name: "a", Limit: 1}}},
		{"the window -1s", []ratelimit.Policy{{Name: "a", Limit: 1, Window: -time.Second}}},
		{"more than one a nanosecond", []ratelimit.Policy{p("a", 1_000_000_001)}},
		{"more than one a nanosecond", []ratelimit.Policy{{Name: "a", Limit: 2, Window: 1}}},
		{"the burst -1", []ratelimit.Policy{p("a", 1).WithBurst(-1)}},
		{"the burst 1000000000000", []ratelimit.Policy{p("a", 1).WithBurst(1_000_000_000_000)}},
		{"takes more than", []ratelimit.Policy{ratelimit.PerHour("a", 1).WithBurst(10_000_000)}},
		{"takes more than", []ratelimit.Policy{{Name: "a", Limit: 1, Window: math.MaxInt64}}},
		{"takes more than", []ratelimit.Policy{{Name: "a", Limit: 1, Window: math.MaxInt64, Burst: 999_999_999_999}}},
		{"a rate has no location", []ratelimit.Policy{p("a", 1).In(time.UTC)}},
		{"neither a window nor a burst", []ratelimit.Policy{ratelimit.Daily("a", 1).WithBurst(2)}},
		{"neither a window nor a burst", []ratelimit.Policy{{Name: "a", Limit: 1, Window: 1, Calendar: ratelimit.Day}}},
		{"no calendar 9", []ratelimit.Policy{{Name: "a", Limit: 1, Calendar: 9}}},
	} {
		t.Run(fmt.Sprint(c.fault, c.policies), func(t *testing.T) {
			err := ratelimit.Check(c.policies...)
			if c.fault == "" {
				require.NoError(t, err)
				ratelimit.NewMemory(c.policies...).Close()
				return
			}
			require.ErrorContains(t, err, c.fault)
			require.Contains(t, panicText(func() { ratelimit.NewMemory(c.policies...) }), c.fault)
		})
	}
	err := ratelimit.Check(ratelimit.Policy{Name: "?"}, ratelimit.Policy{Name: "?"})
	for _, fault := range []string{"the name", "the limit", "the window", "two policies"} {
		require.ErrorContains(t, err, fault, "all faults are reported at once")
	}
}

// TestExtremes asks the largest and the smallest policies that Check lets
// through.
func TestExtremes(t *testing.T) {
	for _, p := range []ratelimit.Policy{
		{Name: "p", Limit: 1, Window: math.MaxInt64 / 2},
		{Name: "p", Limit: 1, Window: math.MaxInt64 / 2 / 999_999_999_999, Burst: 999_999_999_999},
		{Name: "p", Limit: 999_999_999_999, Window: 999_999_999_999},
		{Name: "p", Limit: 1, Window: 1},
		ratelimit.Daily("p", 999_999_999_999),
	} {
		require.NoError(t, ratelimit.Check(p))
		clock := newClock()
		l := ratelimit.NewMemoryWith(ratelimit.MemoryOptions{Now: clock.Now}, p)
		for _, age := range []time.Duration{0, 1, math.MaxInt64 / 2} {
			clock.Add(age)
			d, err := l.Take(context.Background(), fmt.Sprint(age), p.MaxCost())
			require.NoError(t, err)
			require.True(t, d.Allowed)
			require.Zero(t, d.Remaining)
			d, err = l.Take(context.Background(), fmt.Sprint(age), p.MaxCost())
			require.NoError(t, err)
			require.False(t, d.Allowed)
			require.Positive(t, d.RetryAfter)
		}
	}
}

func TestNewDecision(t *testing.T) {
	a, b := ratelimit.PerSecond("a", 9), ratelimit.PerSecond("b", 9)
	for _, c := range []struct {
		name   string
		states []ratelimit.State
		want   string
	}{
		{"nobody asked", nil, "true 0 0s -"},
		{"one, allowed", []ratelimit.State{{Policy: &a, Remaining: 3}}, "true 3 0s a"},
		{"one, refused", []ratelimit.State{{Policy: &a, Remaining: 3, RetryAfter: 5}}, "false 3 5ns a"},
		{"the fewest", []ratelimit.State{{Policy: &a, Remaining: 3}, {Policy: &b, Remaining: 2}}, "true 2 0s b"},
		{"as few, for longer", []ratelimit.State{{Policy: &a, Remaining: 2, More: 1}, {Policy: &b, Remaining: 2, More: 9}}, "true 2 0s b"},
		{"the one that refuses", []ratelimit.State{{Policy: &a, Remaining: 0}, {Policy: &b, Remaining: 2, RetryAfter: 7}}, "false 0 7ns b"},
		{"the longest", []ratelimit.State{{Policy: &a, RetryAfter: 8}, {Policy: &b, RetryAfter: 7}}, "false 0 8ns a"},
	} {
		d := ratelimit.NewDecision(c.states...)
		name := "-"
		if d.Policy != nil {
			name = d.Policy.Name
		}
		require.Equal(t, c.want, fmt.Sprintf("%v %d %v %s", d.Allowed, d.Remaining, d.RetryAfter, name), c.name)
		require.Equal(t, c.states, slices.Collect(d.States()), c.name)
	}
}
