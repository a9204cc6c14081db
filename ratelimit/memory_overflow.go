package ratelimit

import (
	"math/bits"
	"sync/atomic"
)

// overflow has the buckets of a shard for the keys that find no room under
// MaxKeys. Each key has two of them. Its state is the lower of the two, and a
// charge raises both to at least its new state. So neither is ever below the
// key's own state: nothing that a key has spent is forgotten, and a key is
// refused for what others have spent only if both of its buckets are theirs too
// (a count-min sketch with conservative update, after Estan and Varghese).
//
// The shard's lock guards it. It is made when it is first needed and dropped
// when all units of every bucket are back.
type overflow struct {
	states   []int64 // of each bucket under each policy
	buckets  uint64
	policies uint64
}

func newOverflow(buckets, policies int) *overflow {
	return &overflow{states: make([]int64, buckets*policies), buckets: uint64(buckets), policies: uint64(policies)}
}

// pair returns the two buckets of h. It uses other bits than the shard.
func (s *overflow) pair(h uint64) (a, b []int64) {
	i, _ := bits.Mul64(h, s.buckets)
	j, _ := bits.Mul64(bits.RotateLeft64(h, 32), s.buckets)
	if i == j {
		j = (j + 1) % s.buckets
	}
	return s.states[i*s.policies:][:s.policies], s.states[j*s.policies:][:s.policies]
}

// read writes the states of h into row. A nil overflow has none.
func (s *overflow) read(h uint64, row []atomic.Int64) {
	if s == nil {
		return
	}
	a, b := s.pair(h)
	for i := range row {
		row[i].Store(min(a[i], b[i]))
	}
}

// write raises the buckets of h to the states in row.
func (s *overflow) write(h uint64, row []atomic.Int64) {
	a, b := s.pair(h)
	for i := range row {
		v := row[i].Load()
		a[i], b[i] = max(a[i], v), max(b[i], v)
	}
}

// recovered reports whether no bucket has units taken.
func (s *overflow) recovered(floors []int64) bool {
	for i, v := range s.states {
		if v > floors[uint64(i)%s.policies] {
			return false
		}
	}
	return true
}
