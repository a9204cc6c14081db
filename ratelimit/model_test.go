package ratelimit_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/internal/interval"
)

// intervalOf is the time in which a rate gives one unit back.
func intervalOf(p ratelimit.Policy) time.Duration { return interval.Of(p.Window, p.Limit) }

// model is a policy in its simplest form.
// It is a bucket of Most units which leaks one an Interval, or a count for
// each period.
type model struct {
	policy ratelimit.Policy
	loc    *time.Location
	level  time.Duration // of a rate: what is taken, in time
	seen   time.Time
	used   map[string]int // of a quota, by period
}

func newModel(p ratelimit.Policy, now time.Time) *model {
	m := &model{policy: p, seen: now, used: map[string]int{}, loc: time.UTC}
	if p.Location != nil {
		m.loc = p.Location
	}
	return m
}

func (m *model) period(now time.Time) string {
	if m.policy.Calendar == ratelimit.Month {
		return now.In(m.loc).Format("2006-01")
	}
	return now.In(m.loc).Format("2006-01-02")
}

func (m *model) remaining(now time.Time) int {
	if m.policy.Calendar != 0 {
		return m.policy.Limit - m.used[m.period(now)]
	}
	m.level = max(m.level-now.Sub(m.seen), 0)
	m.seen = now
	room := time.Duration(m.policy.MaxCost())*intervalOf(m.policy) - m.level
	return int(room / intervalOf(m.policy))
}

func (m *model) add(now time.Time, cost int) {
	if m.policy.Calendar != 0 {
		m.used[m.period(now)] = max(m.used[m.period(now)]+cost, 0)
		return
	}
	m.level = max(m.level+time.Duration(cost)*intervalOf(m.policy), 0)
}

// FuzzModel holds random policies, costs and steps of time against the model.
func FuzzModel(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1))
		clock := newClock()
		policies := randomPolicies(r)
		l := ratelimit.NewMemoryWith(ratelimit.MemoryOptions{Now: clock.Now}, policies...)
		models := map[string][]*model{}
		for step := range 400 {
			key := fmt.Sprint("key", r.IntN(5))
			if models[key] == nil {
				for _, p := range policies {
					models[key] = append(models[key], newModel(p, clock.Now()))
				}
			}
			modelStep(t, r, l, key, models[key], clock.Now(), step)
			clock.Add(randomStep(r))
		}
	})
}

func modelStep(t *testing.T, r *rand.Rand, l *ratelimit.Memory, key string, models []*model, now time.Time, step int) {
	var asked []*model
	var names []string
	for _, m := range models {
		if r.IntN(3) > 0 {
			asked, names = append(asked, m), append(names, m.policy.Name)
		}
	}
	if len(asked) == 0 {
		asked = models
	}
	most := asked[0].policy.MaxCost()
	allowed, least := true, 1<<62
	for _, m := range asked {
		most = min(most, m.policy.MaxCost())
	}
	cost := 1 + r.IntN(min(most, 5))
	for _, m := range asked {
		allowed = allowed && m.remaining(now) >= cost
		least = min(least, m.remaining(now))
	}
	switch op := r.IntN(10); {
	case op == 0:
		require.NoError(t, l.Refund(context.Background(), key, cost, names...))
		for _, m := range asked {
			m.add(now, -cost)
		}
	case op <= 2:
		d, err := l.Peek(context.Background(), key, cost, names...)
		require.NoError(t, err)
		require.Equal(t, allowed, d.Allowed, "step %d: peek", step)
		require.Equal(t, least, d.Remaining, "step %d: peek", step)
	default:
		d, err := l.Take(context.Background(), key, cost, names...)
		require.NoError(t, err)
		require.Equal(t, allowed, d.Allowed, "step %d: take", step)
		if allowed {
			for _, m := range asked {
				m.add(now, cost)
			}
			least -= cost
			for _, m := range asked {
				least = min(least, m.remaining(now))
			}
		}
		require.Equal(t, least, d.Remaining, "step %d: take", step)
	}
}

func randomPolicies(r *rand.Rand) (policies []ratelimit.Policy) {
	zones := []*time.Location{nil, time.UTC, time.FixedZone("", -5*3600), time.FixedZone("", 5*3600+1800)}
	for i := range 1 + r.IntN(4) {
		name := fmt.Sprint("p", i)
		limit := 1 + r.IntN(20)
		switch r.IntN(4) {
		case 0:
			policies = append(policies, ratelimit.Daily(name, limit).In(zones[r.IntN(len(zones))]))
		case 1:
			policies = append(policies, ratelimit.Monthly(name, limit*10).In(zones[r.IntN(len(zones))]))
		default:
			window := time.Duration(1 + r.Int64N(int64(time.Hour)))
			policies = append(policies, ratelimit.Policy{Name: name, Limit: limit, Window: max(window, time.Duration(limit)), Burst: r.IntN(8)})
		}
	}
	return policies
}

func randomStep(r *rand.Rand) time.Duration {
	switch r.IntN(8) {
	case 0:
		return time.Duration(r.Int64N(int64(48 * time.Hour)))
	case 1, 2:
		return time.Duration(r.Int64N(int64(10 * time.Minute)))
	case 3:
		return time.Duration(r.IntN(3)) // nanoseconds
	}
	return 0
}

// TestWait holds RetryAfter, More and Reset to the nanosecond: one less is too
// early.
func TestWait(t *testing.T) {
	for _, p := range []ratelimit.Policy{
		ratelimit.PerSecond("p", 3), // 333,333,334 ns each
		ratelimit.PerMinute("p", 7).WithBurst(2),
		{Name: "p", Limit: 1, Window: 10 * time.Second, Burst: 30},
		{Name: "p", Limit: 1_000_000_000, Window: time.Second, Burst: 40}, // 1 ns each
		ratelimit.Daily("p", 9),
		ratelimit.Monthly("p", 9).In(time.FixedZone("", -9*3600)),
	} {
		for cost := 1; cost <= min(p.MaxCost(), 3); cost++ {
			d, _ := spent(t, p, cost, 0)
			require.False(t, d.Allowed)
			for s := range d.States() {
				_, left := spent(t, p, cost, s.More-1)
				require.Equal(t, 0, left, "%v: 1 ns before More", p)
				_, left = spent(t, p, cost, s.More)
				require.Positive(t, left, "%v: More", p)
				d, _ = spent(t, p, cost, s.RetryAfter-1)
				require.False(t, d.Allowed, "%v: 1 ns before RetryAfter", p)
				d, _ = spent(t, p, cost, s.RetryAfter)
				require.True(t, d.Allowed, "%v: RetryAfter", p)
				_, left = spent(t, p, cost, s.Reset-1)
				require.Less(t, left, p.MaxCost(), "%v: 1 ns before Reset", p)
				_, left = spent(t, p, cost, s.Reset)
				require.Equal(t, p.MaxCost(), left, "%v: Reset", p)
			}
		}
	}
}

// spent returns the decision about a key that took a whole burst, a third of an
// interval and then later ago.
func spent(t *testing.T, p ratelimit.Policy, cost int, later time.Duration) (d ratelimit.Decision, left int) {
	clock := newClock()
	l := ratelimit.NewMemoryWith(ratelimit.MemoryOptions{Now: clock.Now}, p)
	_, err := l.Take(context.Background(), "k", p.MaxCost())
	require.NoError(t, err)
	clock.Add(intervalOf(p)/3 + later)
	d, err = l.Peek(context.Background(), "k", cost)
	require.NoError(t, err)
	return d, d.Remaining
}

// TestAdmissionBound asks without a pause through several windows, from many
// goroutines, and counts what was admitted in every span of time.
func TestAdmissionBound(t *testing.T) {
	const limit, crowd = 200, 8
	p := ratelimit.PerSecond("p", limit).WithBurst(50)
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.NewMemory(p)
		start := time.Now()
		var mu sync.Mutex
		var times []time.Duration
		var wg sync.WaitGroup
		for i := range crowd {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(uint64(i), 2))
				for time.Since(start) < 3*time.Second {
					d, err := l.Take(context.Background(), "k", 1)
					if err == nil && d.Allowed {
						mu.Lock()
						times = append(times, time.Since(start))
						mu.Unlock()
					}
					time.Sleep(time.Duration(r.Int64N(int64(2 * time.Millisecond))))
				}
			})
		}
		wg.Wait()
		for i := range times {
			for j := i; j < len(times); j++ {
				span := times[j] - times[i]
				most := 50 + int(span/intervalOf(p))
				require.LessOrEqual(t, j-i+1, most, "admitted in %v", span)
			}
		}
		require.InDelta(t, 50+3*limit, len(times), 2, "and no less than that")
	})
}

// TestRebuild charges keys while tables grow, shrink and are swept, and counts
// every admission.
func TestRebuild(t *testing.T) {
	const keys, burst, crowd = 3000 / min(raceScale, 5), 20, 8
	clock := newClock()
	one, more, two := ratelimit.PerHour("a", burst), ratelimit.PerHour("a", burst+1), ratelimit.Daily("b", burst)
	for _, l := range []*ratelimit.Memory{
		ratelimit.NewMemoryWith(ratelimit.MemoryOptions{MaxKeys: 50_000}, one),
		ratelimit.NewMemoryWith(ratelimit.MemoryOptions{MaxKeys: 50_000, Now: clock.Now}, one),
		ratelimit.NewMemoryWith(ratelimit.MemoryOptions{MaxKeys: 50_000, Now: clock.Now}, more, two),
	} {
		stop := make(chan struct{})
		var background, wg sync.WaitGroup
		background.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default: // keys that come and go, so that tables are rebuilt
					key := fmt.Sprint("passing", i)
					_, _ = l.Take(context.Background(), key, 1)
					_ = l.Refund(context.Background(), key, 1)
					clock.Add(time.Microsecond)
				}
			}
		})
		var admitted atomic.Int64
		for range crowd {
			wg.Go(func() {
				for range burst {
					for i := range keys {
						if d, _ := l.Take(context.Background(), fmt.Sprint(i), 1); d.Allowed {
							admitted.Add(1)
						}
					}
				}
			})
		}
		wg.Wait()
		close(stop)
		background.Wait()
		require.EqualValues(t, keys*burst, admitted.Load())
	}
}
