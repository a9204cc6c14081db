package client

import (
	"sync"
	"time"
)

// budget is a token bucket of retries. The zero value is full. It bounds the
// retries by the number of requests, so that the clients of a server that is down
// add a tenth to its load. MaxRetries alone would let them multiply it.
type budget struct {
	mu      sync.Mutex
	missing int       // of budgetSize
	since   time.Time // when missing was last counted
}

// The unit of a budget is a thousandth of a retry.
const (
	budgetRetry   = 1000
	budgetSize    = 10 * budgetRetry
	budgetRequest = budgetRetry / 10      // each request adds it
	budgetTick    = 10 * time.Millisecond // adds one unit, so that ten seconds add a retry
)

// deposit adds what one request earns.
func (b *budget) deposit(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refill(now)
	b.missing = max(b.missing-budgetRequest, 0)
}

// take takes one retry, and reports whether there was one.
func (b *budget) take(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refill(now)
	if b.missing+budgetRetry > budgetSize {
		return false
	}
	b.missing += budgetRetry
	return true
}

// refill adds what the time since the last call has earned.
func (b *budget) refill(now time.Time) {
	ticks := now.Sub(b.since) / budgetTick
	switch {
	case ticks >= time.Duration(b.missing):
		b.missing, b.since = 0, now
	case ticks > 0:
		b.missing -= int(ticks)
		b.since = b.since.Add(ticks * budgetTick)
	}
}
