// Package benchmarks measures redislimit beside redis_rate, on one server in
// one run:
//
//	go test -bench . -benchtime 2s -count 3 ./ratelimit/redislimit/benchmarks
//
// Both have a client with the same settings. trips/op are the round trips of
// each decision.
package benchmarks

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

// decider decides about one key, under all the policies.
type decider func(key string) (allowed bool)

// Both limiters have the same policies: with these limits everything is
// allowed, or everything but a first few.
func limits(allowed bool) []int {
	if allowed {
		return []int{1_000_000, 1_000_000, 1_000_000}
	}
	return []int{3, 2, 1}
}

func ours(client redis.UniversalClient, prefix string, n int, allowed bool) decider {
	var policies []ratelimit.Policy
	for i, limit := range limits(allowed)[:n] {
		policies = append(policies, ratelimit.Policy{
			Name: fmt.Sprintf("p%d", i), Limit: limit, Window: time.Duration(i+1) * time.Hour,
		})
	}
	l := redislimit.New(client, redislimit.Options{Prefix: prefix, Timeout: 10 * time.Second}, policies...)
	return func(key string) bool {
		d, err := l.Take(context.Background(), key, 1)
		if err != nil {
			panic(err)
		}
		return d.Allowed
	}
}

// theirs asks once for each policy, since a limit of redis_rate is one.
func theirs(client redis.UniversalClient, prefix string, n int, allowed bool) decider {
	l := redis_rate.NewLimiter(client)
	var policies []redis_rate.Limit
	var names []string
	for i, limit := range limits(allowed)[:n] {
		policies = append(policies, redis_rate.Limit{Rate: limit, Burst: limit, Period: time.Duration(i+1) * time.Hour})
		names = append(names, fmt.Sprintf("%sp%d:", prefix, i))
	}
	return func(key string) bool {
		allowed := true
		for i, p := range policies {
			r, err := l.Allow(context.Background(), names[i]+key, p)
			if err != nil {
				panic(err)
			}
			allowed = allowed && r.Allowed > 0
		}
		return allowed
	}
}

const keys = 1000

func Benchmark(b *testing.B) {
	addr := startServer(b)
	for _, outcome := range []string{"allowed", "denied"} {
		for _, n := range []int{1, 3} {
			for _, who := range []string{"redislimit", "redis_rate"} {
				b.Run(fmt.Sprintf("%s/policies=%d/%s", outcome, n, who), func(b *testing.B) {
					run(b, addr, who, n, outcome == "allowed")
				})
			}
		}
	}
}

var runs atomic.Int64

func run(b *testing.B, addr, who string, n int, allowed bool) {
	client, err := redislimit.NewClient("redis://" + addr + "?dial_timeout=20s&read_timeout=20s&write_timeout=20s&pool_timeout=20s")
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	var trips counter
	client.AddHook(&trips)
	decide := ours
	if who == "redis_rate" {
		decide = theirs
	}
	d := decide(client, fmt.Sprintf("%s%d:", who, runs.Add(1)), n, allowed)
	names := make([]string, keys)
	for i := range names {
		names[i] = "user-" + strconv.Itoa(i)
		for range 4 { // the denied keys are used up before the clock runs
			d(names[i])
		}
	}
	trips.Store(0)
	var workers, wrong atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(32) // 64 requests at a time on two cores
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		i := int(workers.Add(1)) * 61
		for pb.Next() {
			i++
			if d(names[i%keys]) != allowed {
				wrong.Add(1)
			}
		}
	})
	b.StopTimer()
	if wrong.Load() > 0 {
		b.Fatalf("%d decisions were not as they should be", wrong.Load())
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
	b.ReportMetric(float64(trips.Load())/float64(b.N), "trips/op")
}

// counter is a hook that counts round trips.
type counter struct{ atomic.Int64 }

func (c *counter) DialHook(next redis.DialHook) redis.DialHook { return next }
func (c *counter) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.Add(1)
		return next(ctx, cmd)
	}
}
func (c *counter) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.Add(1)
		return next(ctx, cmds)
	}
}

func startServer(b *testing.B) (addr string) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		b.Skip("there is no redis-server on the PATH: apt-get install redis-server")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	addr = l.Addr().String()
	_ = l.Close()
	_, port, _ := net.SplitHostPort(addr)
	cmd := exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", b.TempDir())
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer client.Close()
	for range 1000 {
		if client.Ping(context.Background()).Err() == nil {
			return addr
		}
		time.Sleep(5 * time.Millisecond)
	}
	b.Fatal("redis-server does not answer")
	return ""
}
