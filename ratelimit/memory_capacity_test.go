package ratelimit_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
)

// heap returns the bytes in use.
func heap() float64 {
	var s runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&s)
	return float64(s.HeapAlloc)
}

func TestMemoryPerKey(t *testing.T) {
	const keys = 1_000_000 / min(raceScale, 4)
	for _, c := range []struct {
		policies []ratelimit.Policy
		want     float64 // bytes a key
	}{
		{[]ratelimit.Policy{ratelimit.PerHour("a", 60)}, 33},
		{[]ratelimit.Policy{ratelimit.PerHour("a", 60), ratelimit.Monthly("b", 60)}, 49},
	} {
		clock := newClock()
		before := heap()
		l := ratelimit.NewMemoryWith(ratelimit.MemoryOptions{Now: clock.Now}, c.policies...)
		for i := range keys {
			_, _ = l.Take(context.Background(), fmt.Sprint("key", i), 1)
		}
		full := heap() - before
		require.Equal(t, keys, l.Stats().Keys)
		require.Less(t, full/keys, c.want)

		// All have recovered; one caller is left, with a request each 10 ms.
		clock.Add(40 * 24 * time.Hour)
		for range 600 {
			clock.Add(10 * time.Millisecond)
			take(t, l, "one")
		}
		require.Less(t, l.Stats().Keys, 10)
		require.Less(t, (heap()-before)/full, 0.02, "what is left after expiry")
		runtime.KeepAlive(l)
	}
}

// TestGivenBack is about one caller who is left on the process's own clock.
func TestGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.NewMemory(ratelimit.PerSecond("p", 1))
		for i := range 100_000 {
			take(t, l, fmt.Sprint("key", i))
		}
		require.Equal(t, 100_000, l.Stats().Keys)
		for range 400 {
			time.Sleep(5 * time.Millisecond)
			take(t, l, "one")
		}
		require.Less(t, l.Stats().Keys, 10)
	})
}

// TestForgotten looks at the answers of some keys while others come, are
// forgotten and come again around them.
func TestForgotten(t *testing.T) {
	clock := newClock()
	l := ratelimit.NewMemoryWith(ratelimit.MemoryOptions{Now: clock.Now, MaxKeys: 100_000}, ratelimit.PerMinute("p", 6).WithBurst(12))
	for k := range 100 {
		for range 1 + k%12 {
			require.True(t, take(t, l, fmt.Sprint("k", k)))
		}
	}
	for second := range 125 {
		for i := range 300 {
			take(t, l, fmt.Sprint(second, " ", i)) // each is back after 10 s
		}
		for k := range 100 {
			require.Equal(t, min(11-k%12+second/10, 12), remaining(t, l, fmt.Sprint("k", k)), "after %d s", second)
		}
		clock.Add(time.Second)
	}
	require.Less(t, l.Stats().Keys, 125*300/2, "most keys have been forgotten")
}

func TestMaxKeys(t *testing.T) {
	const maxKeys = 1000
	clock := newClock()
	l := ratelimit.NewMemoryWith(ratelimit.MemoryOptions{Now: clock.Now, MaxKeys: maxKeys},
		ratelimit.PerHour("hour", 5), ratelimit.Daily("day", 40))
	known := func(i int) string { return fmt.Sprint("known", i) }
	for i := range maxKeys {
		for range 1 + i%5 {
			require.True(t, take(t, l, known(i)))
		}
	}
	require.Equal(t, ratelimit.MemoryStats{Keys: maxKeys}, l.Stats())

	// Somebody invents keys.
	admitted := 0
	for i := range 20_000 {
		if take(t, l, fmt.Sprint("invented", i)) {
			admitted++
		}
	}
	s := l.Stats()
	require.Equal(t, maxKeys, s.Keys, "the cap is hard")
	require.EqualValues(t, 20_000, s.Overflows)
	require.Greater(t, admitted, 4096, "not everyone is refused")
	for i := range maxKeys {
		require.Equal(t, 4-i%5, remaining(t, l, known(i), "hour"), "known keys are as they were")
	}

	// The limit of a new key holds, and it keeps its state when it finds room.
	spent := 0
	for range 100 {
		if take(t, l, "newcomer") {
			spent++
		}
	}
	require.LessOrEqual(t, spent, 5)
	for i := range maxKeys {
		require.NoError(t, l.Refund(context.Background(), known(i), 1+i%5))
	}
	clock.Add(time.Second) // the room is found
	require.False(t, take(t, l, "newcomer"))
	require.Less(t, l.Stats().Keys, maxKeys)
	require.False(t, take(t, l, "newcomer"), "it has a row now, and has spent what it had")

	// And all of it passes.
	clock.Add(48 * time.Hour)
	for range 1000 {
		clock.Add(5 * time.Millisecond)
		take(t, l, "one")
	}
	require.Less(t, l.Stats().Keys, 10)
	require.Equal(t, 5, remaining(t, l, "newcomer"))
}

// TestMaxKeysPassing fills the table with keys that recover, so that there is
// always room.
func TestMaxKeysPassing(t *testing.T) {
	for _, maxKeys := range []int{1, 10, 1000} {
		clock := newClock()
		l := ratelimit.NewMemoryWith(ratelimit.MemoryOptions{Now: clock.Now, MaxKeys: maxKeys}, ratelimit.PerSecond("p", 1))
		for round := range 50 {
			for i := range maxKeys {
				require.True(t, take(t, l, fmt.Sprint(round, " ", i)))
				require.False(t, take(t, l, fmt.Sprint(round, " ", i)))
			}
			clock.Add(time.Second)
		}
		require.Zero(t, l.Stats().Overflows, "%d keys", maxKeys)
	}
}
