package client

import (
	"sync"
	"time"
)

// budget is a token bucket of retries. The zero value is full. It bounds the
// retries by the number of requests, so that the clients of a server that is down
// add a tenth to its load. MaxRetries alone would let them multiply it.
//
// Time earns retries too, for clients with few requests, but only while the server
// answers: otherwise clients with a request a minute would retry each of them for
// as long as it is down.
type budget struct {
	mu      sync.Mutex
	missing int       // of budgetSize
	since   time.Time // the end of the last attempt, less a rest under budgetTick
}

// The unit of a budget is a thousandth of a retry.
const (
	budgetRetry   = 1000
	budgetSize    = 10 * budgetRetry
	budgetRequest = budgetRetry / 10      // each request adds it
	budgetTick    = 10 * time.Millisecond // adds one unit, so that ten seconds add a retry
)

// record adds what an attempt that ended now has earned: a part for the first one of
// a request, and the time since the attempt before if it did not fail.
func (b *budget) record(now time.Time, first, failed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if first {
		b.missing = max(b.missing-budgetRequest, 0)
	}
	ticks := now.Sub(b.since) / budgetTick
	switch {
	case failed:
		b.since = now
	case ticks >= time.Duration(b.missing):
		b.missing, b.since = 0, now
	case ticks > 0:
		b.missing -= int(ticks)
		b.since = b.since.Add(ticks * budgetTick)
	}
}

// take takes one retry, and reports whether there was one.
func (b *budget) take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.missing+budgetRetry > budgetSize {
		return false
	}
	b.missing += budgetRetry
	return true
}
