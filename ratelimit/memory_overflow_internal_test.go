package ratelimit

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOverflow charges more keys than there are buckets, which no caller can
// bring about for a bucket of its set.
func TestOverflow(t *testing.T) {
	const buckets, keys = 64, 200
	s := newOverflow(buckets, 2)
	own := map[uint64][2]int64{}
	r := rand.New(rand.NewPCG(1, 2))
	hashes := make([]uint64, keys)
	for i := range hashes {
		hashes[i] = r.Uint64()
	}
	read := func(h uint64) []atomic.Int64 {
		row := make([]atomic.Int64, 2)
		s.read(h, row)
		return row
	}
	for range 2000 {
		h := hashes[r.IntN(keys)]
		row := read(h)
		mine := own[h]
		for i := range row {
			if charge := r.Int64N(10); r.IntN(2) == 0 {
				row[i].Add(charge)
				mine[i] += charge
			}
		}
		s.write(h, row)
		own[h] = mine
		forgotten := 0
		for _, h := range hashes {
			row := read(h)
			if row[0].Load() < own[h][0] || row[1].Load() < own[h][1] {
				forgotten++
			}
		}
		require.Zero(t, forgotten, "what a key has spent is not forgotten")
	}
	require.False(t, s.recovered([]int64{0, 0}))
	require.True(t, s.recovered([]int64{1 << 40, 1 << 40}))
}

// TestOverflowRefusesFew spends what one key has: hardly anybody else sees it.
func TestOverflowRefusesFew(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	s := newOverflow(1024, 1)
	var row [1]atomic.Int64
	row[0].Store(100)
	s.write(r.Uint64(), row[:])
	hit := 0
	for range 10_000 {
		row[0].Store(0)
		s.read(r.Uint64(), row[:])
		if row[0].Load() > 0 {
			hit++
		}
	}
	require.Less(t, hit, 5, "both buckets must be the same: two in a million")
}
