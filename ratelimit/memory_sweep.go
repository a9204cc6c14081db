package ratelimit

import "time"

// No goroutine cleans up: the calls do, each a part. Once in sweepGap, one call
// looks at as many shards as are needed to see all in one sweepCycle, and stops
// after sweepRows rows, so that no call takes long.
const (
	sweepGap   = int64(2 * time.Millisecond)
	sweepCycle = int64(time.Second)
	sweepRows  = 4096
)

// sweep frees the memory of keys without units taken. It is called when m.due
// has come.
func (m *Memory) sweep(now instant) {
	due := m.due.Load()
	if now.mono < due || !m.due.CompareAndSwap(due, now.mono+sweepGap) {
		return
	}
	full := m.keys.Load() >= m.maxKeys
	shards := int64(len(m.shards))
	n := shards // a full Memory needs room
	if !full {
		late := min(now.mono-due+sweepGap, sweepCycle)
		n = late*shards/sweepCycle + 1
	}
	var room [maxPolicies]int64
	floors := m.floors(now, room[:len(m.rules)])
	for rows := 0; n > 0 && rows < sweepRows; n-- {
		sh := &m.shards[m.hand.Add(1)&m.mask]
		rows += m.tidy(sh, floors, full) + 1
	}
}

// tidy makes the shard's table smaller if less than a quarter of its rows have
// units taken, or, in a full Memory, if an eighth of its keys have none. It
// returns the number of rows that it has looked at.
func (m *Memory) tidy(sh *shard, floors []int64, full bool) (rows int) {
	live := 0
	t := sh.table.Load()
	if t != nil {
		rows = int(t.rows)
		live = t.live(floors)
	}
	loose := live*4 < rows && (rows > minRows || live == 0)
	if !loose && !full && m.overflowing.Load() == 0 {
		return rows
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if loose || full && (sh.used-live)*8 > sh.used {
		m.rebuild(sh, floors, 0)
	}
	if sh.overflow != nil {
		rows += m.buckets
		if sh.overflow.recovered(floors) {
			sh.overflow = nil
			m.overflowing.Add(-1)
		}
	}
	return rows
}
