package redislimit_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

// A step is one call at a time by Redis's clock.
type step struct {
	at   time.Duration // from the clock's own time
	cost int
	want bool
	wait time.Duration // RetryAfter, to within a second
	why  string
}

// Redis's clock is set by operators and by NTP, and another one takes over
// with a replica.
func TestClockSteps(t *testing.T) {
	const m, h = time.Minute, time.Hour
	client := newClient(t, sharedServer(t).patiently())
	for _, c := range []struct {
		name   string
		policy ratelimit.Policy
		steps  []step
	}{
		{"back: nobody is locked out longer than one burst", ratelimit.PerHour("p", 60).WithBurst(10), []step{
			{0, 10, true, 0, "a whole burst"},
			{-24 * h, 1, false, m, "what is taken is at most a burst, and the next unit comes in a minute"},
			{-24*h + m, 1, true, 0, "and so it does"},
			{-24*h + m, 1, false, m, ""},
			{-24*h + 11*m, 10, true, 0, "a burst's time after the step a whole burst is there"},
		}},
		{"back, by less than a burst: nothing is forgiven", ratelimit.PerHour("p", 60).WithBurst(10), []step{
			{0, 4, true, 0, ""},
			{-3 * m, 4, false, m, "7 of 10 are taken"},
			{-3 * m, 3, true, 0, ""},
		}},
		{"forward: one burst is forgiven", ratelimit.PerHour("p", 60).WithBurst(10), []step{
			{0, 10, true, 0, ""},
			{24 * h, 10, true, 0, "the burst that was taken"},
			{24 * h, 1, false, m, "and no more"},
		}},
		{"forward and back: one burst is forgiven, and nobody is locked out", ratelimit.PerHour("p", 60).WithBurst(10), []step{
			{0, 10, true, 0, ""},
			{24 * h, 10, true, 0, ""},
			{0, 1, false, m, ""},
			{10 * m, 10, true, 0, ""},
		}},
		{"a refusal writes the step down", ratelimit.PerHour("p", 60).WithBurst(10), []step{
			{0, 10, true, 0, ""},
			{-24 * h, 10, false, 10 * m, ""},
			{-24*h + 5*m, 10, false, 5 * m, "the wait goes on from the first refusal"},
			{-24*h + 10*m, 10, true, 0, ""},
		}},
		{"a quota that was begun is never left backwards", ratelimit.Daily("q", 5), []step{
			{0, 5, true, 0, ""},
			{24 * h, 5, true, 0, "the next day"},
			{0, 1, false, 24*h + day(), "the later day is charged on, to its end"},
			{24 * h, 1, false, day(), ""},
			{48 * h, 5, true, 0, "and then the one after it"},
		}},
		{"a quota, far back: until the end of the present period at most", ratelimit.Daily("q", 5), []step{
			{0, 5, true, 0, ""},
			{-30 * 24 * h, 1, false, day(), ""},
			{-29 * 24 * h, 5, true, 0, ""},
		}},
		{"a quota, far forward: one is forgiven", ratelimit.Monthly("q", 5), []step{
			{0, 5, true, 0, ""},
			{1000 * 24 * h, 5, true, 0, ""},
			{1000 * 24 * h, 1, false, -1, ""},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := redislimit.Options{Prefix: prefix(), Timeout: patient, Outage: redislimit.FailClosed, NoRefusals: true}
			l := redislimit.New(client, o, c.policy)
			for i, s := range c.steps {
				l.StepClock(s.at)
				d, err := l.Take(t.Context(), "k", s.cost)
				require.NoError(t, err)
				require.Equal(t, s.want, d.Allowed, "step %d: %s", i, s.why)
				if s.wait >= 0 {
					require.InDelta(t, s.wait, d.RetryAfter, float64(20*time.Second), "step %d: %s", i, s.why)
				}
			}
		})
	}
}

// day is what is left of today.
func day() time.Duration {
	now := time.Now()
	return now.Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(now)
}

// The periods of a quota are those of Redis's clock, however far this
// machine's is from it.
func TestQuotaOnRedisClock(t *testing.T) {
	o := redislimit.Options{Prefix: prefix(), Timeout: patient, Outage: redislimit.FailClosed}
	l := redislimit.New(newClient(t, sharedServer(t).patiently()), o, ratelimit.Daily("day", 3), ratelimit.PerHour("hour", 30))
	l.StepClock(-400 * 24 * time.Hour)
	take := func(key string) int {
		t.Helper()
		d, err := l.Take(t.Context(), key, 1)
		require.NoError(t, err)
		require.True(t, d.Allowed)
		return d.Remaining
	}
	require.NoError(t, sharedServer(t).admin().ScriptFlush(t.Context()).Err())
	before := l.Stats().RoundTrips
	require.Equal(t, 2, take("a"))
	trips := l.Stats().RoundTrips - before
	require.GreaterOrEqual(t, trips, uint64(3), "the first is sent the script, and then the clock")
	require.Equal(t, 1, take("a"))
	require.Equal(t, 2, take("b"))
	require.Equal(t, before+trips+2, l.Stats().RoundTrips, "the others once")
}
