package ratelimit_test

import (
	"sync"
	"testing"
	"time"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/limittest"
)

// fakeClock is a clock that tests set.
type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *fakeClock { return &fakeClock{now: time.Date(2026, 3, 14, 15, 9, 26, 535, time.UTC)} }

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *fakeClock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

func TestMemory(t *testing.T) {
	t.Run("on a fake clock", func(t *testing.T) {
		limittest.Run(t, func(t *testing.T, policies ...ratelimit.Policy) (ratelimit.Limiter, func(time.Duration)) {
			clock := newClock()
			m := ratelimit.NewMemoryWith(ratelimit.MemoryOptions{Now: clock.Now}, policies...)
			t.Cleanup(m.Close)
			return m, clock.Add
		})
	})
	t.Run("on the process's clock", func(t *testing.T) {
		limittest.Run(t, func(t *testing.T, policies ...ratelimit.Policy) (ratelimit.Limiter, func(time.Duration)) {
			m := ratelimit.NewMemory(policies...)
			t.Cleanup(m.Close)
			return m, time.Sleep
		})
	})
	t.Run("with no room for keys", func(t *testing.T) {
		limittest.Run(t, func(t *testing.T, policies ...ratelimit.Policy) (ratelimit.Limiter, func(time.Duration)) {
			m := ratelimit.NewMemoryWith(ratelimit.MemoryOptions{MaxKeys: 1}, policies...)
			t.Cleanup(m.Close)
			return m, time.Sleep
		})
	})
}
