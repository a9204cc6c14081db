package ratelimit

import (
	"context"
	"hash/maphash"
	"math/bits"
	"slices"
	"sync/atomic"
	"time"
)

// Memory is a [Limiter] in the memory of one process. Make it with [NewMemory]
// or [NewMemoryWith]; the zero Memory panics when it is used. It starts empty:
// after a restart all units are back, those of Daily and Monthly quotas too, and
// n processes admit n times the limit. Package redislimit shares limits.
//
// For each key it keeps a hash of 64 bits, with a seed of this process, and 8
// bytes for each policy; it does not keep the key. With one policy that is 21
// to 32 bytes a key, the free room of the tables included. It forgets a key
// when all its units are back, which changes no answer, and frees the memory
// soon after: each later call does a small part of that. There is no goroutine,
// and a Memory that is not called frees nothing.
//
// Two keys with the same hash share their limits. With a million keys that
// happens in one of 37 million processes, and nobody can look for such keys
// without the seed.
//
// Rates follow the monotonic clock: a step of the wall clock changes nothing.
// Quotas follow the wall clock forward only: a step back opens no earlier
// period, and the later one is charged until the clock has caught up; a step
// forward may open the next period early.
//
// It is safe for concurrent use.
type Memory struct {
	rules    []rule
	policies []Policy
	seed     maphash.Seed
	clock    clock
	only     rule    // the first, if it is a single rate on the process's own clock; else empty
	shards   []shard // a power of two
	mask     uint64
	maxKeys  int64
	buckets  int // of the overflow of each shard

	due atomic.Int64 // when the next sweep is
	_   [64]byte     // what follows is written often, what precedes is not

	hand        atomic.Uint64 // the shard that was swept last
	keys        atomic.Int64
	overflowing atomic.Int64 // shards with an overflow
	overflows   atomic.Uint64
}

// MemoryOptions are the settings of [NewMemoryWith]. The zero value has the
// defaults.
type MemoryOptions struct {
	// MaxKeys is the maximum number of keys that are kept at once, each in 21
	// to 32 bytes with one policy. 0: 4,194,304 (2^22). Without keys a Memory
	// takes 16 KiB by default, and with another MaxKeys 64 bytes for each
	// 16,384 of them, but at least 4 KiB.
	//
	// A key that is kept has its own state, however many others come. A key
	// that finds no room is counted in two of the overflow buckets, which it
	// shares with other keys, and is refused only if both are spent. There is
	// one bucket for each four keys of MaxKeys, and at least 4,096. So such a
	// key is never admitted more than its limit, and sometimes less. When it
	// finds room, it takes the state of its buckets along. Refund gives it
	// nothing back. With quotas, set MaxKeys above the number of keys of one
	// period, since none is forgotten earlier.
	MaxKeys int

	// Now is the clock, for tests. Many goroutines call it. nil: [time.Now].
	// If it is set back, the time of rates stands still until it has caught
	// up.
	Now func() time.Time
}

const (
	defaultMaxKeys = 1 << 22
	minShards      = 64
	maxShards      = 1 << 16 // 4 MiB
	shardKeys      = 1 << 14 // bounds how long one rebuild takes
	minBuckets     = 64
)

// NewMemory returns a Memory with the policies and the default options. It
// panics if [Check] reports an error.
func NewMemory(policies ...Policy) *Memory {
	return NewMemoryWith(MemoryOptions{}, policies...)
}

// NewMemoryWith returns a Memory with the policies. It panics if [Check]
// reports an error, and if MaxKeys is negative.
func NewMemoryWith(o MemoryOptions, policies ...Policy) *Memory {
	if err := Check(policies...); err != nil {
		panic(err.Error())
	}
	if o.MaxKeys < 0 {
		panic("ratelimit: MaxKeys is negative")
	}
	if o.MaxKeys == 0 {
		o.MaxKeys = defaultMaxKeys
	}
	shards := 1 << bits.Len(uint(min(max(o.MaxKeys/shardKeys, minShards), maxShards)-1))
	m := &Memory{
		rules:    make([]rule, len(policies)),
		policies: slices.Clone(policies),
		seed:     maphash.MakeSeed(),
		shards:   make([]shard, shards),
		mask:     uint64(shards - 1),
		maxKeys:  int64(o.MaxKeys),
		buckets:  max(o.MaxKeys/4/shards, minBuckets),
	}
	quotas := slices.ContainsFunc(policies, func(p Policy) bool { return p.Calendar != 0 })
	m.clock.start(o.Now, quotas)
	for i := range m.rules {
		m.rules[i] = newRule(&m.policies[i])
	}
	if len(policies) == 1 && !quotas && o.Now == nil {
		m.only = m.rules[0]
	}
	return m
}

// Take implements [Limiter]. It does not use the context, because it never
// waits. With one policy it allocates nothing; with several, the list of
// states.
func (m *Memory) Take(_ context.Context, key string, cost int, policies ...string) (Decision, error) {
	// The common case, a key with a row under a single rate, is a second copy
	// of takeOne: without it a hot key takes 1.4 to 2 times as long. ask
	// decides everything else.
	r := &m.only
	if uint(cost-1) >= uint(r.most) || len(policies) > 0 {
		return m.ask(key, cost, policies, true)
	}
	now := int64(time.Since(m.clock.origin))
	if now >= m.due.Load() {
		return m.ask(key, cost, policies, true)
	}
	h := m.hash(key)
	t := m.shards[h&m.mask].table.Load()
	if t == nil {
		return m.ask(key, cost, policies, true)
	}
	at, found := t.find(h)
	if !found {
		return m.ask(key, cost, policies, true)
	}
	state := &t.words[at+1]
	for {
		old := state.Load()
		taken := max(old-now, 0)
		after := taken + r.unit*int64(cost)
		if old == moved || taken > r.room {
			return m.ask(key, cost, policies, true)
		}
		if after > r.room {
			return Decision{
				Remaining: r.left(taken), RetryAfter: time.Duration(after - r.room),
				Policy: r.policy, reset: time.Duration(taken),
			}, nil
		}
		if state.CompareAndSwap(old, now+after) {
			return Decision{Allowed: true, Remaining: r.left(after), Policy: r.policy, reset: time.Duration(after)}, nil
		}
	}
}

// Peek implements [Limiter]. It does not use the context.
func (m *Memory) Peek(_ context.Context, key string, cost int, policies ...string) (Decision, error) {
	return m.ask(key, cost, policies, false)
}

func (m *Memory) ask(key string, cost int, policies []string, charge bool) (Decision, error) {
	set, err := SelectPolicies(m.policies, cost, policies...)
	if err != nil {
		return Decision{}, err
	}
	now := m.clock.read()
	if now.mono >= m.due.Load() {
		m.sweep(now)
	}
	q := request{hash: m.hash(key), cost: cost, set: set, charge: charge}
	sh := &m.shards[q.hash&m.mask]
	if len(m.rules) == 1 {
		if t := sh.table.Load(); t != nil {
			if at, ok := t.find(q.hash); ok {
				if d, ok := m.takeOne(&t.words[at+1], q, now); ok {
					return d, nil
				}
			}
		}
	}
	return m.decide(sh, q), nil
}

// Refund implements [Limiter]. It does not use the context.
func (m *Memory) Refund(_ context.Context, key string, cost int, policies ...string) error {
	set, err := SelectPolicies(m.policies, cost, policies...)
	if err != nil {
		return err
	}
	h := m.hash(key)
	sh := &m.shards[h&m.mask]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	t := sh.table.Load()
	if t == nil {
		return nil
	}
	at, ok := t.find(h)
	if !ok {
		return nil
	}
	now := m.clock.read()
	for i := range m.rules {
		if set.has(i) {
			m.rules[i].refund(&t.words[at+1+uint64(i)], cost, now)
		}
	}
	return nil
}

// Policies implements [Limiter].
func (m *Memory) Policies() []Policy { return slices.Clone(m.policies) }

// Close does nothing, for callers that close every limiter. The Memory can be
// used afterwards.
func (m *Memory) Close() {}

// MemoryStats are the figures of a Memory.
type MemoryStats struct {
	// Keys is the number of keys that are kept. Some of them may have all
	// their units back and not be dropped yet.
	Keys int

	// Overflows counts the requests whose keys found no room under MaxKeys
	// and were decided by overflow buckets. If it grows, MaxKeys is too small
	// or a client invents keys.
	Overflows uint64
}

// Stats returns the present figures.
func (m *Memory) Stats() MemoryStats {
	return MemoryStats{Keys: int(m.keys.Load()), Overflows: m.overflows.Load()}
}

// hash returns the hash of a key; it is never 0, which marks a free row.
func (m *Memory) hash(key string) uint64 {
	h := maphash.String(m.seed, key)
	if h == 0 {
		return 1
	}
	return h
}

// floors writes the floor of each rule into room.
func (m *Memory) floors(now instant, room []int64) []int64 {
	for i := range m.rules {
		room[i], _ = m.rules[i].floor(now)
	}
	return room
}
