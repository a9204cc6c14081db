package redislimit

import (
	"math"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// circuit decides whether Redis is asked. Closed: it is. After some failures
// in a row it opens, and only probes go through, one at a time, until one of
// them succeeds.
//
// There is no goroutine that waits: a probe is started by a request that comes
// when one is due, and the request does not wait for it. So a limiter nobody
// asks costs nothing, and needs no Close.
type circuit struct {
	// era counts the changes: even is closed, odd is open. A failure counts
	// only in the era in which its call began, so that calls which hung before
	// a recovery do not undo it.
	era      atomic.Uint32
	failures atomic.Int32 // in a row
	due      atomic.Int64 // of the next probe
	gap      atomic.Int64 // to the probe after it
}

const (
	tripAfter = 3
	firstGap  = 50 * time.Millisecond
	// The last gap keeps the return under a second, even where it takes two
	// probes: one to learn of a cluster's new master, and one to ask it.
	lastGap = 250 * time.Millisecond
)

// ask returns the era in which Redis may be asked; ok is false where it may
// not. probe is true for one caller when a probe is due: it must then start
// one, with the era.
func (c *circuit) ask(now int64) (era uint32, ok, probe bool) {
	era = c.era.Load()
	if era%2 == 0 {
		return era, true, false
	}
	due := c.due.Load()
	return era, false, now >= due && c.due.CompareAndSwap(due, math.MaxInt64)
}

// hurry is ask for a probe that is not due yet: some server has come back.
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

// failed reports whether this failure has opened the circuit.
func (c *circuit) failed(era uint32, now int64) (opened bool) {
	if era != c.era.Load() || c.failures.Add(1) < tripAfter {
		return false
	}
	c.gap.Store(int64(firstGap))
	c.due.Store(now + jitter(int64(firstGap)))
	return c.era.CompareAndSwap(era, era+1)
}

// probed is told how a probe went, and reports whether the circuit is closed
// by it.
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

// jitter is 3/4 to 5/4 of d, so that many machines do not come back at once.
func jitter(d int64) int64 { return d*3/4 + rand.Int64N(d/2) }
