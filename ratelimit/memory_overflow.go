package ratelimit

import (
	"math/bits"
	"sync/atomic"
)

// shared are the buckets of a shard for the keys that find no room under
// MaxKeys. Each key belongs to two of them. Its state is the lower of the two,
// and a charge lifts both to at least its new state. So neither is ever under
// the key's own state: nothing that a key has spent is forgotten, and it is
// refused for what others have spent only where both of its buckets are theirs
// (a count-min sketch with conservative update, after Estan and Varghese).
//
// The shard's lock guards it. It is made when first needed and thrown away
// when every bucket has recovered.
type shared struct {
	states   []int64 // of each bucket under each policy
	buckets  uint64
	policies uint64
}

func newShared(buckets, policies int) *shared {
	return &shared{states: make([]int64, buckets*policies), buckets: uint64(buckets), policies: uint64(policies)}
}

// pair returns the two buckets of h, from bits that are not the shard's.
func (s *shared) pair(h uint64) (a, b []int64) {
	i, _ := bits.Mul64(h, s.buckets)
	j, _ := bits.Mul64(bits.RotateLeft64(h, 32), s.buckets)
	if i == j {
		j = (j + 1) % s.buckets
	}
	return s.states[i*s.policies:][:s.policies], s.states[j*s.policies:][:s.policies]
}

// read writes the states of h into row. A nil shared has none.
func (s *shared) read(h uint64, row []atomic.Int64) {
	if s == nil {
		return
	}
	a, b := s.pair(h)
	for i := range row {
		row[i].Store(min(a[i], b[i]))
	}
}

// write lifts the buckets of h to the states in row.
func (s *shared) write(h uint64, row []atomic.Int64) {
	a, b := s.pair(h)
	for i := range row {
		v := row[i].Load()
		a[i], b[i] = max(a[i], v), max(b[i], v)
	}
}

// recovered reports whether nothing is taken in any bucket.
func (s *shared) recovered(floors []int64) bool {
	for i, v := range s.states {
		if v > floors[uint64(i)%s.policies] {
			return false
		}
	}
	return true
}
