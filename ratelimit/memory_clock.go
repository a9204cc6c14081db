package ratelimit

import (
	"sync/atomic"
	"time"
)

// clock reads the two times that limits need. Rates follow the monotonic clock,
// which has no steps; quotas follow the wall clock.
type clock struct {
	origin time.Time
	now    func() time.Time // nil: the process's own clock
	wall   bool             // a quota needs the wall clock

	// high is the latest time that now has returned. The clock behind now may
	// be set back, and a key that was forgotten before the step must not be
	// charged in the past after it.
	high atomic.Int64
}

// instant is one reading of the clock.
type instant struct {
	mono int64 // nanoseconds since the origin, never negative
	sec  int64 // of the wall clock, since 1970; 0 without a quota
	nsec int64
}

func (c *clock) start(now func() time.Time, wall bool) {
	c.now, c.wall = now, wall
	if now == nil {
		now = time.Now
	}
	c.origin = now()
}

func (c *clock) read() instant {
	if c.now == nil && !c.wall {
		return instant{mono: int64(time.Since(c.origin))}
	}
	return c.readBoth()
}

func (c *clock) readBoth() instant {
	if c.now == nil {
		t := time.Now()
		return instant{int64(t.Sub(c.origin)), t.Unix(), int64(t.Nanosecond())}
	}
	t := c.now()
	mono := int64(t.Sub(c.origin))
	for {
		high := c.high.Load()
		if mono <= high {
			mono = high
			break
		}
		if c.high.CompareAndSwap(high, mono) {
			break
		}
	}
	return instant{mono, t.Unix(), int64(t.Nanosecond())}
}

// until returns the time from now to a second of the wall clock, at least 1 ns.
func (now instant) until(sec int64) time.Duration {
	const most = int64(1<<63-1) / int64(time.Second) // 292 years
	left := min(max(sec-now.sec, 0), most)
	return max(time.Duration(left)*time.Second-time.Duration(now.nsec), 1)
}
