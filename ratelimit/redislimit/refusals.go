package redislimit

import (
	"math"
	"sync"
	"time"

	"github.com/failwell/failwell/ratelimit"
)

// refusals remembers the arrival times of keys that Redis has refused. Except
// for a Refund they only move up, so until they pass, Redis would refuse the
// same request and any larger one again, and need not be asked. A key is
// identified by a hash of 64 bits with a seed of this process, as in
// [ratelimit.Memory].
type refusals struct {
	keep   int64 // nanoseconds for which Redis is not asked again; 0: nothing is kept
	retry  int64 // while one request asks again, the others are answered from memory
	most   int   // in each shard
	shards [refusalShards]refusalShard
}

const refusalShards = 64

type refusalShard struct {
	mu      sync.Mutex
	refunds uint64 // so far; a verdict from before one is not learned
	keys    map[uint64]*refusal
}

type refusal struct {
	until int64               // the latest of the arrivals
	asked ratelimit.PolicySet // the policies that are known
	known []known             // by policy
}

type known struct {
	standing
	heard int64 // when Redis replied
	fresh int64 // until when Redis is not asked again
}

func newRefusals(o Options) *refusals {
	return &refusals{
		keep:  keepFor(o),
		retry: int64(o.Timeout),
		most:  (o.MaxRefusals + refusalShards - 1) / refusalShards,
	}
}

// keepFor returns Options.Recheck in nanoseconds, or 0 with NoRefusals.
func keepFor(o Options) int64 {
	if o.NoRefusals {
		return 0
	}
	return int64(o.Recheck)
}

// find returns the states of the selected policies, in order, if all are known
// and one of them refuses the cost. fresh is false if the caller should ask Redis
// again; that is one caller at a time. A verdict that is requested now is learned
// with the number of refunds.
func (f *refusals) find(rules []rule, hash uint64, choice ratelimit.PolicySet, cost int, now int64) (states []ratelimit.State, fresh bool, refunds uint64) {
	s := &f.shards[hash%refusalShards]
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.keys[hash]
	if r == nil || r.asked&choice != choice {
		return nil, false, s.refunds
	}
	refused, until := false, int64(math.MaxInt64)
	for i := range rules {
		if has(choice, i) {
			k := &r.known[i]
			refused = refused || rules[i].state(k.standing, cost, now).RetryAfter > 0
			until = min(until, k.fresh)
		}
	}
	if !refused {
		return nil, false, s.refunds
	}
	fresh = now < until
	for i := range rules {
		if has(choice, i) {
			states = append(states, rules[i].state(r.known[i].standing, cost, now))
			if !fresh {
				r.known[i].fresh = now + f.retry
			}
		}
	}
	return states, fresh, s.refunds
}

// learn keeps the standings of the selected policies, in order, of a key that is
// refused, or that was refused before and is still known.
func (f *refusals) learn(policies int, hash uint64, choice ratelimit.PolicySet, v verdict, refunds uint64) {
	if f.keep == 0 {
		return
	}
	s := &f.shards[hash%refusalShards]
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.keys[hash]
	if s.refunds != refunds || r == nil && v.admitted {
		return
	}
	if r == nil {
		r = s.add(hash, policies, f.most, v.now)
	}
	r.asked |= choice
	n := 0
	for i := range r.known {
		if k := &r.known[i]; has(choice, i) {
			if v.asked >= k.heard {
				*k = known{v.standings[n], v.now, v.now + f.keep}
			} else {
				k.standing, k.heard = later(k.standing, v.standings[n]), v.now
			}
			r.until = max(r.until, k.arrival) // too late, after a refund, does no harm
			n++
		}
	}
}

// later returns the later of two standings of overlapping calls, whose replies
// come in any order: without a refund they only move up, within one period of a
// quota.
func later(a, b standing) standing {
	const hour = int64(time.Hour) // less than any period, more than any delay
	switch {
	case b.arrival > a.arrival+hour:
		return b
	case a.arrival > b.arrival+hour:
		return a
	}
	return standing{max(a.arrival, b.arrival), max(a.units, b.units)}
}

func (s *refusalShard) add(hash uint64, policies, most int, now int64) *refusal {
	if s.keys == nil {
		s.keys = make(map[uint64]*refusal)
	}
	if len(s.keys) >= most {
		s.evict(now)
	}
	r := &refusal{known: make([]known, policies)}
	s.keys[hash] = r
	return r
}

// evict drops, of a few keys, those that have ended and the one that ends first.
func (s *refusalShard) evict(now int64) {
	const look = 8
	n, first, until := 0, uint64(0), int64(math.MaxInt64)
	for hash, r := range s.keys {
		if r.until <= now {
			delete(s.keys, hash)
		}
		if r.until < until {
			first, until = hash, r.until
		}
		if n++; n == look {
			break
		}
	}
	delete(s.keys, first)
}

// forget drops a key for a Refund.
func (f *refusals) forget(hash uint64) {
	s := &f.shards[hash%refusalShards]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refunds++
	delete(s.keys, hash)
}

func (f *refusals) len() (n int) {
	for i := range f.shards {
		s := &f.shards[i]
		s.mu.Lock()
		n += len(s.keys)
		s.mu.Unlock()
	}
	return n
}
