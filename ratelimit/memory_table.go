package ratelimit

import (
	"math"
	"math/bits"
	"sync/atomic"
)

// table is an open-addressed table of rows. A row is the hash of a key and
// then the key's state under each policy; the key itself is not kept.
//
// Rows are only added, under the shard's lock, and the table is dropped as a
// whole. So it can be read without the lock.
type table struct {
	words []atomic.Int64
	rows  uint64
	width uint64 // words in a row
}

const (
	minRows = 8

	// moved is the state of a row that is in another table now, or forgotten.
	// A call that finds it decides again under the lock.
	moved = math.MinInt64
)

func newTable(rows, policies int) *table {
	width := policies + 1
	return &table{words: make([]atomic.Int64, rows*width), rows: uint64(rows), width: uint64(width)}
}

// home returns the row at which the search for h begins. It uses the upper bits
// of h; the shard uses the lower ones.
func (t *table) home(h uint64) uint64 {
	hi, _ := bits.Mul64(h, t.rows)
	return hi
}

// find returns the index of the word that holds h or, if h is absent, of the
// free word for it. A table always has a free row.
func (t *table) find(h uint64) (at uint64, found bool) {
	for at = t.home(h) * t.width; ; {
		switch uint64(t.words[at].Load()) {
		case h:
			return at, true
		case 0:
			return at, false
		}
		if at += t.width; at == uint64(len(t.words)) {
			at = 0
		}
	}
}

// states returns the states of the row whose hash is the word at.
func (t *table) states(at uint64) []atomic.Int64 { return t.words[at+1 : at+t.width] }

// live counts the rows with units taken. Without the lock the count may be out
// of date.
func (t *table) live(floors []int64) (n int) {
	for at := uint64(0); at < uint64(len(t.words)); at += t.width {
		if t.words[at].Load() != 0 && inUse(t.states(at), floors) {
			n++
		}
	}
	return n
}

// inUse reports whether any state is above its floor.
func inUse(states []atomic.Int64, floors []int64) bool {
	for i := range states {
		if states[i].Load() > floors[i] {
			return true
		}
	}
	return false
}
