package redislimit

import (
	"time"

	"github.com/failwell/failwell/ratelimit"
)

// StepClock sets Redis's clock, as the script sees it, by d from what it is.
func (l *Limiter) StepClock(d time.Duration) { l.step.Store(d.Microseconds()) }

// Remembers is the number of keys that are remembered as refused.
func (l *Limiter) Remembers() int { return l.refusals.len() }

// Slot is that of a hash tag.
func Slot(tag string) int { return slot(tag) }

// Ends are those of the periods around a second: the last, the present and the
// next two.
func Ends(p ratelimit.Policy, sec int64) []any { return newQuota(&p).args(sec)[2:] }
