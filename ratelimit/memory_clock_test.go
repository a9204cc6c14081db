package ratelimit_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
)

// remaining is what is left for the key.
func remaining(t *testing.T, l ratelimit.Limiter, key string, names ...string) int {
	t.Helper()
	d, err := l.Peek(context.Background(), key, 1, names...)
	require.NoError(t, err)
	return d.Remaining
}

// take reports whether one unit was there.
func take(t *testing.T, l ratelimit.Limiter, key string, names ...string) bool {
	t.Helper()
	d, err := l.Take(context.Background(), key, 1, names...)
	require.NoError(t, err)
	return d.Allowed
}

// TestClockSteps sets the wall clock, without a monotonic one, as no process's
// own clock ever would be.
func TestClockSteps(t *testing.T) {
	noon := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	clock := newClock()
	clock.Set(noon)
	l := ratelimit.NewMemoryWith(ratelimit.MemoryOptions{Now: clock.Now},
		ratelimit.PerMinute("rate", 2), ratelimit.Daily("day", 10), ratelimit.Monthly("month", 20))
	left := func() string {
		return fmt.Sprint(remaining(t, l, "k", "rate"), remaining(t, l, "k", "day"), remaining(t, l, "k", "month"))
	}
	require.True(t, take(t, l, "k"))
	for _, step := range []struct {
		what string
		to   time.Time
		want string
	}{
		{"nothing happens", noon, "1 9 19"},
		{"an hour back forgives nothing", noon.Add(-time.Hour), "1 9 19"},
		{"a day back opens no earlier day", noon.AddDate(0, 0, -1), "1 9 19"},
		{"a year back opens no earlier month", noon.AddDate(-1, 0, 0), "1 9 19"},
		{"on time again", noon.Add(30 * time.Second), "2 9 19"},
		{"a day ahead opens the next", noon.AddDate(0, 0, 1), "2 10 19"},
		{"and back again stays in it", noon, "2 10 19"},
		{"a month ahead opens the next", noon.AddDate(0, 1, 0), "2 10 20"},
	} {
		clock.Set(step.to)
		require.Equal(t, step.want, left(), step.what)
	}

	clock.Set(noon.AddDate(0, 0, -3))
	for range 2 {
		require.True(t, take(t, l, "k"))
	}
	d, err := l.Take(context.Background(), "k", 2, "rate")
	require.NoError(t, err)
	require.False(t, d.Allowed, "the time of rates stands still after a step back")
	require.Equal(t, "0 8 18", left(), "and the later day is charged")
}

func TestCalendar(t *testing.T) {
	for _, c := range []struct {
		policy        ratelimit.Policy
		now, nextWant string // RFC 3339
	}{
		{ratelimit.Daily("q", 1), "2026-03-14T00:00:00Z", "2026-03-15T00:00:00Z"},
		{ratelimit.Daily("q", 1), "2026-03-14T23:59:59.999999999Z", "2026-03-15T00:00:00Z"},
		{ratelimit.Daily("q", 1), "2026-12-31T12:00:00Z", "2027-01-01T00:00:00Z"},
		{ratelimit.Daily("q", 1).In(zone(t, "Europe/Paris")), "2026-03-28T23:30:00Z", "2026-03-29T22:00:00Z"},   // a day of 23 hours
		{ratelimit.Daily("q", 1).In(zone(t, "Europe/Paris")), "2026-10-24T22:30:00Z", "2026-10-25T23:00:00Z"},   // of 25
		{ratelimit.Daily("q", 1).In(zone(t, "America/Havana")), "2026-03-07T12:00:00Z", "2026-03-08T05:00:00Z"}, // no midnight
		{ratelimit.Daily("q", 1).In(zone(t, "America/Havana")), "2026-10-31T12:00:00Z", "2026-11-01T04:00:00Z"}, // two midnights
		{ratelimit.Daily("q", 1).In(zone(t, "Pacific/Apia")), "2011-12-29T12:00:00Z", "2011-12-30T10:00:00Z"},   // no 30 December
		{ratelimit.Monthly("q", 1), "2026-02-28T23:00:00Z", "2026-03-01T00:00:00Z"},
		{ratelimit.Monthly("q", 1), "2024-02-28T23:00:00Z", "2024-03-01T00:00:00Z"},
		{ratelimit.Monthly("q", 1), "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		{ratelimit.Monthly("q", 1).In(zone(t, "Asia/Tokyo")), "2026-02-28T14:59:59Z", "2026-02-28T15:00:00Z"},
		{ratelimit.Monthly("q", 1).In(zone(t, "Asia/Tokyo")), "2026-02-28T15:00:00Z", "2026-03-31T15:00:00Z"},
	} {
		t.Run(fmt.Sprint(c.policy.Location, " ", c.now), func(t *testing.T) {
			clock := newClock()
			clock.Set(at(t, c.now))
			l := ratelimit.NewMemoryWith(ratelimit.MemoryOptions{Now: clock.Now}, c.policy)
			require.True(t, take(t, l, "k"))
			d, err := l.Take(context.Background(), "k", 1)
			require.NoError(t, err)
			require.False(t, d.Allowed)
			require.Equal(t, at(t, c.nextWant), clock.Now().Add(d.RetryAfter).UTC())
			clock.Add(d.RetryAfter - 1)
			require.False(t, take(t, l, "k"))
			clock.Add(1)
			require.True(t, take(t, l, "k"))
		})
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("no time zones on this machine: %v", err)
	}
	return loc
}

func at(t *testing.T, s string) time.Time {
	t.Helper()
	u, err := time.Parse(time.RFC3339Nano, s)
	require.NoError(t, err)
	return u
}
