package ratelimit_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/failwell/failwell/ratelimit"
)

// BenchmarkTake asks for one key. The row "map and mutex" is the least that a
// limiter can do in a few lines: a time for each key, without expiry.
func BenchmarkTake(b *testing.B) {
	ctx := context.Background()
	wide := ratelimit.PerHour("a", 1_000_000_000)
	three := []ratelimit.Policy{wide, ratelimit.Daily("b", 999_999_999_999), ratelimit.Monthly("c", 999_999_999_999)}
	spent := ratelimit.NewMemory(ratelimit.PerHour("a", 1))
	_, _ = spent.Take(ctx, "192.0.2.77", 1)
	var mu sync.Mutex
	times, origin := map[string]time.Duration{}, time.Now()
	for _, row := range []struct {
		name string
		f    func()
	}{
		{"map and mutex", func() {
			now := time.Since(origin)
			mu.Lock()
			times["192.0.2.77"] = max(times["192.0.2.77"], now) + 3600
			mu.Unlock()
		}},
		{"a rate", take1(ratelimit.NewMemory(wide))},
		{"a quota", take1(ratelimit.NewMemory(three[1]))},
		{"three policies", take1(ratelimit.NewMemory(three...))},
		{"refused", take1(spent)},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				row.f()
			}
		})
		b.Run(row.name+", parallel", func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					row.f()
				}
			})
		})
	}
}

func take1(l *ratelimit.Memory) func() {
	return func() { _, _ = l.Take(context.Background(), "192.0.2.77", 1) }
}

// BenchmarkShrink is the calls while a million keys expire. worst-µs is the
// slowest of them, in the round that other work on the machine disturbed
// least: use -benchtime 5x or more.
func BenchmarkShrink(b *testing.B) {
	const keys = 1_000_000
	least := time.Hour
	for b.Loop() {
		b.StopTimer()
		clock := newClock()
		l := ratelimit.NewMemoryWith(ratelimit.MemoryOptions{Now: clock.Now}, ratelimit.PerHour("a", 60))
		for i := range keys {
			_, _ = l.Take(context.Background(), fmt.Sprint(i), 1)
		}
		runtime.GC()
		clock.Add(time.Hour)
		b.StartTimer()
		worst := time.Duration(0)
		for l.Stats().Keys > 1 {
			clock.Add(time.Millisecond)
			start := time.Now()
			_, _ = l.Take(context.Background(), "one", 1)
			worst = max(worst, time.Since(start))
		}
		least = min(least, worst)
	}
	b.ReportMetric(float64(least)/1e3, "worst-µs")
}

// BenchmarkMiddleware has the bare handler and recorder as its baseline.
func BenchmarkMiddleware(b *testing.B) {
	wide := ratelimit.PerHour("a", 1_000_000_000)
	for _, row := range []struct {
		name string
		wrap bool
		p    []ratelimit.Policy
	}{
		{"baseline", false, nil},
		{"allowed", true, []ratelimit.Policy{wide}},
		{"allowed by three", true, []ratelimit.Policy{wide, ratelimit.Daily("b", 999_999_999_999), ratelimit.Monthly("c", 999_999_999_999)}},
		{"refused", true, []ratelimit.Policy{ratelimit.PerHour("a", 1)}},
	} {
		b.Run(row.name, func(b *testing.B) {
			h := ok.ServeHTTP
			if row.wrap {
				h = limit()(row.p...).ServeHTTP
			}
			r := request(stranger)
			b.ReportAllocs()
			for b.Loop() {
				h(httptest.NewRecorder(), r)
			}
		})
	}
}
