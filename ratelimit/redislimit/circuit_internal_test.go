package redislimit

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The circuit takes the time as an argument, so that its life is a list of
// steps. It is internal since nothing of it is exported.
func TestCircuit(t *testing.T) {
	lost := errors.New("lost")
	now := int64(1000)
	pass := func(d time.Duration) { now += int64(d) }
	var c circuit

	era, ok, probe := c.ask(now)
	require.True(t, ok)
	require.False(t, probe)
	require.False(t, c.failed(era, now))
	require.False(t, c.failed(era, now))
	c.succeeded(era)
	require.False(t, c.failed(era, now), "failures count in a row")
	require.False(t, c.failed(era, now))
	require.True(t, c.failed(era, now), "the third opens it")
	require.False(t, c.failed(era, now), "only once")

	open, ok, probe := c.ask(now)
	require.False(t, ok)
	require.False(t, probe, "none is due yet")
	require.NotEqual(t, era, open)
	for gap := firstGap; ; gap = min(gap*2, lastGap) {
		pass(gap * 5 / 4)
		_, ok, probe = c.ask(now)
		require.False(t, ok)
		require.True(t, probe, "due after %v", gap*5/4)
		_, _, probe = c.ask(now)
		require.False(t, probe, "one at a time")
		if gap == lastGap {
			break
		}
		require.False(t, c.probed(open, now, lost))
		_, _, probe = c.ask(now)
		require.False(t, probe, "the next is not due at once")
	}
	require.True(t, c.probed(open, now, nil))

	closed, ok, _ := c.ask(now)
	require.True(t, ok)
	for range tripAfter {
		require.False(t, c.failed(era, now), "calls of an earlier era do not count")
	}
	_, ok, _ = c.ask(now)
	require.True(t, ok)
	require.False(t, c.failed(closed, now))
	c.succeeded(era)
	require.False(t, c.failed(closed, now))
	require.True(t, c.failed(closed, now), "nor do their successes")
}

func TestHurry(t *testing.T) {
	var c circuit
	_, probe := c.hurry()
	require.False(t, probe, "it is closed")
	for range tripAfter {
		c.failed(0, 0)
	}
	era, probe := c.hurry()
	require.True(t, probe)
	_, probe = c.hurry()
	require.False(t, probe, "one is under way")
	require.True(t, c.probed(era, 0, nil))
}
