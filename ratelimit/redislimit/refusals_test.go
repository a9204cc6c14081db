package redislimit_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

// machine is one of several that share a Redis.
type machine struct {
	t *testing.T
	*redislimit.Limiter
}

func machines(t *testing.T, n int, o redislimit.Options, policies ...ratelimit.Policy) (m []machine) {
	o.Prefix, o.Timeout, o.Outage = prefix(), patient, redislimit.FailClosed
	for range n {
		m = append(m, machine{t, redislimit.New(newClient(t, sharedServer(t).patiently()), o, policies...)})
	}
	return m
}

// take returns whether it is allowed, and how many round trips that took.
func (m machine) take(key string, cost int, policies ...string) (allowed bool, trips int) {
	m.t.Helper()
	before := m.Stats().RoundTrips
	d, err := m.Take(m.t.Context(), key, cost, policies...)
	require.NoError(m.t, err)
	return d.Allowed, int(m.Stats().RoundTrips - before)
}

func (m machine) want(allowed bool, trips int, key string, cost int, policies ...string) {
	m.t.Helper()
	a, n := m.take(key, cost, policies...)
	require.Equal(m.t, allowed, a)
	require.Equal(m.t, trips, n, "round trips")
}

// A flood of a refused key costs Redis nothing.
func TestRefusalsAreRemembered(t *testing.T) {
	m := machines(t, 1, redislimit.Options{Recheck: time.Hour}, ratelimit.PerHour("a", 10), ratelimit.PerHour("b", 20))[0]
	m.take("other", 1) // loads the script
	m.want(true, 1, "k", 8)
	m.want(false, 1, "k", 5)
	for cost := 3; cost <= 10; cost++ {
		m.want(false, 0, "k", cost)
	}
	m.want(false, 0, "k", 3, "a") // a alone refused, and it is known
	m.want(true, 1, "k", 1, "b")  // b was known to admit
	m.want(true, 1, "k", 2)       // a smaller request may be admitted, and was
	m.want(false, 0, "k", 1, "a") // and a is spent, by the last reply of Redis
	m.want(true, 1, "k", 2, "b")
	m.want(true, 1, "other", 1)
	require.EqualValues(t, 10, m.Stats().Remembered)

	p, err := m.Peek(t.Context(), "k", 1)
	require.NoError(t, err)
	require.False(t, p.Allowed)
	require.Equal(t, "a", p.Policy.Name)
	require.InDelta(t, 6*time.Minute, p.RetryAfter, float64(20*time.Second))
}

func TestRefundIsSeen(t *testing.T) {
	const recheck = 300 * time.Millisecond
	m := machines(t, 2, redislimit.Options{Recheck: recheck}, ratelimit.PerHour("p", 2))
	m[0].take("k", 2)
	m[0].want(false, 1, "k", 1)
	m[1].want(false, 1, "k", 1)

	for range 3 {
		require.NoError(t, m[0].Refund(t.Context(), "k", 1))
		m[0].want(true, 1, "k", 1) // at once, where it was made
		require.NoError(t, m[0].Refund(t.Context(), "k", 1))
		time.Sleep(recheck) // the bound for all others
		m[1].want(true, 1, "k", 1)
		allowed, _ := m[1].take("k", 1)
		require.False(t, allowed, "the last reply counts")
	}
}

// Keys that a client invents are not kept for ever.
func TestRefusalsAreBounded(t *testing.T) {
	const most = 640
	m := machines(t, 1, redislimit.Options{MaxRefusals: most, Recheck: time.Hour}, ratelimit.PerHour("p", 1))[0]
	for i := range 3 * most {
		key := fmt.Sprint(i)
		m.take(key, 1)
		m.take(key, 1)
	}
	require.LessOrEqual(t, m.Remembers(), most)
	require.Greater(t, m.Remembers(), most/2)
}

// A refused request is answered with few allocations.
func TestRefusalAllocs(t *testing.T) {
	m := machines(t, 1, redislimit.Options{Recheck: time.Hour}, ratelimit.PerHour("p", 1))[0]
	m.take("k", 1)
	m.take("k", 1)
	ctx := t.Context()
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		if d, _ := m.Take(ctx, "k", 1); d.Allowed {
			t.Fatal("it was refused before")
		}
	}), 2.0)
}
