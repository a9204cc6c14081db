package ratelimit

import (
	"context"
	"hash/maphash"
	"math/bits"
	"slices"
	"sync/atomic"
	"time"
)

// Memory is a [Limiter] in the memory of this process.
//
// For each key it keeps a hash of 64 bits, seeded anew in each process, and 8
// bytes for each policy; the key itself is not kept. With one policy that is
// 21 to 32 bytes a key, the free room of the tables included. A key is
// forgotten only where that changes no answer, when all it took has come back,
// and its memory is given back soon after: by later calls, each of which does a
// little of it. There is no goroutine, and a Memory nobody calls keeps what it
// has.
//
// Two keys whose hashes are equal share their limits. With a million keys that
// happens once in 37 million processes, and nobody without the seed can look
// for such keys.
//
// Rates follow the monotonic clock: no step of the wall clock forgives or takes
// anything. Quotas follow the wall clock forward only: a step back never opens
// an earlier period again, and until the clock has caught up the later one is
// charged; a step forward may open the next period early.
type Memory struct {
	rules    []rule
	policies []Policy
	seed     maphash.Seed
	clock    clock
	only     rule    // the first, if it is a rate, alone, and on the process's own clock; else empty
	shards   []shard // a power of two
	mask     uint64
	maxKeys  int64
	buckets  int // shared ones in each shard

	due atomic.Int64 // when the next sweep is
	_   [64]byte     // what follows is written often, what precedes is not

	hand      atomic.Uint64 // the shard that was swept last
	keys      atomic.Int64
	sharing   atomic.Int64 // shards with shared buckets
	overflows atomic.Uint64
}

// MemoryOptions are the settings of a Memory. The zero value means the
// defaults.
type MemoryOptions struct {
	// MaxKeys is the most keys that are kept at once, each in 21 to 32 bytes
	// where there is one policy. 0: 4,194,304 (2^22). Without any keys a
	// Memory takes 16 KiB; with other MaxKeys 64 bytes for each 16,384 of
	// them, but at least 4 KiB.
	//
	// Keys that are known keep their own state whatever comes. A key that
	// finds no room belongs to two of the shared buckets, of which there is
	// one for each four keys of MaxKeys, but at least 4,096, and is refused
	// only where both are spent. So it is never admitted more than was
	// promised, and at times less; when it finds room again, it brings along
	// what its buckets have spent. Refund gives such a key nothing back. For
	// quotas, MaxKeys should be above the number of keys that are seen in a
	// period, since none is forgotten sooner.
	MaxKeys int

	// Now is the clock, for tests. It is called by many goroutines. nil: the
	// process's own. If it is set back, the time of rates stands still until
	// it has caught up.
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
// panics where [Check] refuses them.
func NewMemory(policies ...Policy) *Memory {
	return NewMemoryWith(MemoryOptions{}, policies...)
}

// NewMemoryWith returns a Memory with the policies. It panics where [Check]
// refuses them, and where MaxKeys is negative.
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

// Take implements [Limiter]. The context is not used: nothing waits. It
// allocates nothing where the limiter has one policy, and the list of states
// where it has several.
func (m *Memory) Take(_ context.Context, key string, cost int, policies ...string) (Decision, error) {
	// The way that nearly every request goes: one rate alone, and a key that
	// has a row. Everything else is decided by ask.
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

// Peek implements [Limiter]. The context is not used.
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

// Refund implements [Limiter]. The context is not used.
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

// Close does nothing, since there is nothing to end. It is there for those who
// close every limiter; the Memory can be used after it.
func (m *Memory) Close() {}

// MemoryStats is what a Memory tells of itself.
type MemoryStats struct {
	// Keys is the number of keys that are kept. Some of them may have
	// recovered and not yet been dropped.
	Keys int

	// Overflows counts the requests that were decided by shared buckets, since
	// their keys found no room under MaxKeys. Where it grows, MaxKeys is too
	// small or somebody invents keys.
	Overflows uint64
}

// Stats returns the figures of this moment.
func (m *Memory) Stats() MemoryStats {
	return MemoryStats{Keys: int(m.keys.Load()), Overflows: m.overflows.Load()}
}

// hash is never 0, which marks a free row.
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
