package ratelimit

import (
	"sync"
	"sync/atomic"
)

// shard is the part of a Memory whose keys have hashes with the same end.
type shard struct {
	// table is nil without keys. A Memory with one policy reads and charges it
	// without the lock. With several, everything is done under the lock, so
	// that all are charged or none.
	table    atomic.Pointer[table]
	mu       sync.Mutex // held to add a row, and to replace the table
	used     int        // rows taken, those that have recovered included
	overflow *overflow  // nil: every key has found room
	_        [32]byte   // to a cache line
}

// request is one call, with its key hashed and its policies selected.
type request struct {
	hash   uint64
	cost   int
	set    PolicySet
	charge bool // false: Peek
}

// decide decides under the shard's lock.
func (m *Memory) decide(sh *shard, q request) Decision {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	// The clock is read again under the lock: another call may have forgotten
	// the state of the earlier time.
	now := m.clock.read()
	if t := sh.table.Load(); t != nil {
		if at, ok := t.find(q.hash); ok {
			return m.weigh(t.states(at), q, now)
		}
	}
	if q.charge {
		if row := m.add(sh, q.hash, now); row != nil {
			return m.weigh(row, q, now)
		}
	}
	var room [maxPolicies]atomic.Int64
	row := room[:len(m.rules)]
	sh.overflow.read(q.hash, row)
	d := m.weigh(row, q, now)
	if q.charge {
		if sh.overflow == nil {
			sh.overflow = newOverflow(m.buckets, len(m.rules))
			m.overflowing.Add(1)
		}
		sh.overflow.write(q.hash, row)
		m.overflows.Add(1)
	}
	return d
}

// weigh returns the decision of the selected policies about the row, and
// charges them if all admit the request and it is to be charged.
func (m *Memory) weigh(row []atomic.Int64, q request, now instant) Decision {
	if len(row) == 1 {
		d, _ := m.takeOne(&row[0], q, now)
		return d
	}
	var floors, ends, taken [maxPolicies]int64
	charge := q.charge
	for i := range row {
		if q.set.has(i) {
			r := &m.rules[i]
			floors[i], ends[i] = r.floor(now)
			taken[i] = max(row[i].Load()-floors[i], 0)
			charge = charge && taken[i]+r.add(q) <= r.room
		}
	}
	states := make([]State, 0, len(row))
	for i := range row {
		if !q.set.has(i) {
			continue
		}
		r := &m.rules[i]
		if charge {
			taken[i] += r.add(q)
			row[i].Store(floors[i] + taken[i])
			states = append(states, r.state(taken[i], 0, ends[i], now))
		} else {
			over := max(taken[i]+r.add(q)-r.room, 0)
			states = append(states, r.state(taken[i], over, ends[i], now))
		}
	}
	return NewDecision(states...)
}

// takeOne decides under a single policy, with or without the lock. ok is false
// if the row has moved.
func (m *Memory) takeOne(state *atomic.Int64, q request, now instant) (d Decision, ok bool) {
	r := &m.rules[0]
	add := r.add(q)
	for late := false; ; {
		floor, end := r.floor(now)
		old := state.Load()
		if old == moved {
			return d, false
		}
		taken := max(old-floor, 0)
		over := max(taken+add-r.room, 0)
		if taken > r.room && !late {
			// More than there is: another call charged at a later reading of
			// the clock, perhaps in the next period.
			now, late = m.clock.read(), true
			continue
		}
		if over == 0 && q.charge {
			if !state.CompareAndSwap(old, floor+taken+add) {
				continue
			}
			taken += add
		}
		s := r.state(taken, over, end, now)
		return Decision{
			Allowed: over == 0, Remaining: s.Remaining, RetryAfter: s.RetryAfter,
			Policy: r.policy, reset: s.Reset,
		}, true
	}
}

// add returns a new row for a key, with the state of its overflow buckets. nil:
// there is no room under MaxKeys. The lock is held.
func (m *Memory) add(sh *shard, h uint64, now instant) []atomic.Int64 {
	if m.keys.Add(1) > m.maxKeys {
		m.keys.Add(-1)
		return nil
	}
	t := sh.table.Load()
	if t == nil || uint64(sh.used+1)*4 > t.rows*3 {
		t = m.rebuild(sh, m.floors(now, make([]int64, len(m.rules))), 1)
	}
	at, _ := t.find(h)
	row := t.states(at)
	sh.overflow.read(h, row)
	t.words[at].Store(int64(h)) // last: a row is read without the lock
	sh.used++
	return row
}

// rebuild moves the rows with units taken into a table that fits them and
// more new ones. The lock is held.
func (m *Memory) rebuild(sh *shard, floors []int64, more int) *table {
	old := sh.table.Load()
	live := 0
	if old != nil {
		live = sh.used - old.forget(floors)
	}
	m.keys.Add(int64(live - sh.used))
	sh.used = live
	if live+more == 0 {
		sh.table.Store(nil)
		return nil
	}
	// Half full, so that a table is between a half and three quarters full
	// while it grows: 21 to 32 bytes a key with one policy.
	t := newTable(max(2*(live+more), minRows), len(m.rules))
	if old != nil {
		old.moveTo(t)
	}
	sh.table.Store(t)
	return t
}

// forget marks the rows without units taken as moved, and counts them.
func (t *table) forget(floors []int64) (n int) {
	for at := uint64(0); at < uint64(len(t.words)); at += t.width {
		if t.words[at].Load() == 0 {
			continue
		}
		row := t.states(at)
		if len(row) == 1 {
			// A charge without the lock may come in between and keep the row.
			for s := row[0].Load(); s <= floors[0]; s = row[0].Load() {
				if row[0].CompareAndSwap(s, moved) {
					n++
					break
				}
			}
		} else if !inUse(row, floors) {
			row[0].Store(moved)
			n++
		}
	}
	return n
}

// moveTo copies the rows that are not forgotten.
func (t *table) moveTo(to *table) {
	for at := uint64(0); at < uint64(len(t.words)); at += t.width {
		h := t.words[at].Load()
		if h == 0 {
			continue
		}
		first := t.words[at+1].Swap(moved)
		if first == moved {
			continue
		}
		new, _ := to.find(uint64(h))
		to.words[new].Store(h)
		to.words[new+1].Store(first)
		for i := uint64(2); i < t.width; i++ {
			to.words[new+i].Store(t.words[at+i].Load())
		}
	}
}
