package ratelimit

import "time"

// There is no goroutine that cleans up: the calls do it, each a little. Every
// sweepGap one call looks at as many shards as bring it round in sweepCycle,
// and stops after sweepRows rows, so that no call takes long.
const (
	sweepGap   = int64(2 * time.Millisecond)
	sweepCycle = int64(time.Second)
	sweepRows  = 4096
)

// sweep gives back the memory of keys that have recovered. It is called when
// m.due has come.
func (m *Memory) sweep(now instant) {
	due := m.due.Load()
	if now.mono < due || !m.due.CompareAndSwap(due, now.mono+sweepGap) {
		return
	}
	full := m.keys.Load() >= m.maxKeys
	shards := int64(len(m.shards))
	n := shards // when full, room is wanted
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

// tidy makes the shard's table smaller where less than a quarter of it is
// live, and where room is wanted also where an eighth of its keys has
// recovered. It returns how many rows it has looked at.
func (m *Memory) tidy(sh *shard, floors []int64, full bool) (rows int) {
	live := 0
	t := sh.table.Load()
	if t != nil {
		rows = int(t.rows)
		live = t.live(floors)
	}
	loose := live*4 < rows && (rows > minRows || live == 0)
	if !loose && !full && m.sharing.Load() == 0 {
		return rows
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if loose || full && (sh.used-live)*8 > sh.used {
		m.rebuild(sh, floors, 0)
	}
	if sh.shared != nil {
		rows += m.buckets
		if sh.shared.recovered(floors) {
			sh.shared = nil
			m.sharing.Add(-1)
		}
	}
	return rows
}
