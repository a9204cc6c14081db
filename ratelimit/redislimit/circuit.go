package redislimit

import (
	"math"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// circuit decides whether Redis is asked. While it is closed, every call goes to
// Redis. After some failures in a row it opens, and only probes do, one at a
// time, until one succeeds.
//
// No goroutine waits: the first request after a probe is due starts it and does
// not wait for it. So an idle limiter costs nothing, and needs no Close.
type circuit struct {
	// era counts the changes: even is closed, odd is open. A failure counts
	// only in the era in which its call began, so that calls that hung before
	// a recovery do not open the circuit again.
	era      atomic.Uint32
	failures atomic.Int32 // in a row
	due      atomic.Int64 // of the next probe
	gap      atomic.Int64 // to the probe after it
}

const (
	tripAfter = 3
	firstGap  = 50 * time.Millisecond
	// The last gap keeps the return under a second, even if it takes two
	// probes: one to learn of a cluster's new master, and one to ask it.
	lastGap = 250 * time.Millisecond
)

// ask returns the current era, and ok if Redis may be asked. probe is true for
// one caller when a probe is due: that caller must start one, with the era.
func (c *circuit) ask(now int64) (era uint32, ok, probe bool) {
	era = c.era.Load()
	if era%2 == 0 {
		return era, true, false
	}
	due := c.due.Load()
	return era, false, now >= due && c.due.CompareAndSwap(due, math.MaxInt64)
}

// hurry is ask for a probe that is not due yet, after another server is back.
func (c *circuit) hurry() (era uint32, probe bool) {
	era = c.era.Load()
	due := c.due.Load()
	return era, era%2 == 1 && due != math.MaxInt64 && c.due.CompareAndSwap(due, math.MaxInt64)
}

func (c *circuit) succeeded(era uint32) {
	if era == c.era.Load() && c.failures.Load() != 0 {
		c.failures.Store(0)
	}
}

// failed counts a failure, and reports whether it has opened the circuit.
func (c *circuit) failed(era uint32, now int64) (opened bool) {
	if era != c.era.Load() || c.failures.Add(1) < tripAfter {
		return false
	}
	c.gap.Store(int64(firstGap))
	c.due.Store(now + jitter(int64(firstGap)))
	return c.era.CompareAndSwap(era, era+1)
}

// probed takes the result of a probe, and reports whether it has closed the
// circuit.
func (c *circuit) probed(era uint32, now int64, err error) (closed bool) {
	if err != nil {
		gap := min(c.gap.Load()*2, int64(lastGap))
		c.gap.Store(gap)
		c.due.Store(now + jitter(gap))
		return false
	}
	c.failures.Store(0)
	return c.era.CompareAndSwap(era, era+1)
}

// jitter returns 3/4 to 5/4 of d, so that many machines do not probe at once.
func jitter(d int64) int64 { return d*3/4 + rand.Int64N(d/2) }
