package redislimit_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

// While Redis is away, every request is answered in time, by a share of the
// limits on each machine; and soon after its return the limits are shared
// again.
func TestOutage(t *testing.T) {
	for _, c := range []struct {
		name       string
		fail, heal func(*server)
		forgotten  int // bursts, by Redis
	}{
		{"kill -9, and a restart that has forgotten everything", (*server).kill, func(s *server) { s.start(); s.await() }, 1},
		{"a hang: connections are accepted and nothing is answered", (*server).hang, (*server).resume, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			const machines, burst = 2, 100
			s := startServer(t)
			limit := ratelimit.Policy{Name: "p", Limit: burst, Window: 24 * time.Hour} // nothing comes back during the test
			tr := &traffic{t: t, used: "known"}
			var changes changes
			for range machines {
				o := redislimit.Options{Outage: redislimit.FailLocal(1.0 / machines), OnChange: changes.add, Logger: slog.New(slog.DiscardHandler)}
				tr.limiters = append(tr.limiters, redislimit.New(s.client(), o, limit))
			}
			stop := tr.start()
			tr.awaitState(redislimit.Connected)
			require.Eventually(t, func() bool { return tr.admitted("known") >= burst }, 10*time.Second, time.Millisecond)

			c.fail(s)
			tr.awaitState(redislimit.Degraded)
			before, since := tr.trips(), time.Now()
			tr.use("new")
			require.Eventually(t, func() bool { return tr.admitted("new") >= burst }, 10*time.Second, time.Millisecond,
				"each machine admits its share of a key")
			time.Sleep(time.Second)
			require.Equal(t, burst, tr.admitted("new"), "and no more than its share")
			require.LessOrEqual(t, float64(tr.trips()-before), 1+machines*20*time.Since(since).Seconds(),
				"only probes go to Redis")

			c.heal(s)
			healed := time.Now()
			tr.awaitState(redislimit.Connected)
			back := time.Since(healed)
			time.Sleep(300 * time.Millisecond)
			stop()
			t.Logf("back after %v, slowest answer %v", back, tr.longest())

			require.LessOrEqual(t, back, time.Second+tr.stall(), "back within a second")
			require.LessOrEqual(t, tr.longest(), 100*time.Millisecond+tr.stall(), "answered within 100 ms throughout")
			require.Zero(t, tr.failed.Load(), "no request fails")
			require.LessOrEqual(t, tr.admitted("known"), burst*(1+1+c.forgotten), "the bound of the package comment")
			require.LessOrEqual(t, tr.admitted("new"), burst*(1+1), "the bound of the package comment")
			for _, l := range tr.limiters {
				require.Equal(t, redislimit.Connected, l.Stats().State)
				require.Positive(t, l.Stats().Errors)
			}
			changes.check(t, machines)
		})
	}
}

// A server that is not there when the process starts is an outage, not an
// error.
func TestMissingAtStart(t *testing.T) {
	s := newServer(t)
	l := redislimit.New(s.client(), redislimit.Options{Logger: slog.New(slog.DiscardHandler)}, ratelimit.PerHour("p", 3))
	for want := 2; want >= 0; want-- {
		d, err := l.Take(t.Context(), "k", 1)
		require.NoError(t, err)
		require.Equal(t, want, d.Remaining)
		require.Equal(t, "p", d.Policy.Name)
	}
	d, err := l.Take(t.Context(), "k", 1)
	require.NoError(t, err)
	require.False(t, d.Allowed)
	require.Equal(t, redislimit.Degraded, l.Stats().State)

	s.start()
	s.await()
	require.Eventually(t, func() bool {
		_, err := l.Peek(t.Context(), "other", 1)
		return err == nil && l.Stats().State == redislimit.Connected
	}, 5*time.Second, 10*time.Millisecond)
}

// changes are the arguments of OnChange.
type changes struct {
	mu   sync.Mutex
	list []redislimit.Change
}

func (c *changes) add(x redislimit.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, x)
}

// check wants each machine to have lost Redis and found it again. On a busy
// machine that may happen more than once.
func (c *changes) check(t *testing.T, machines int) {
	t.Helper()
	require.Eventually(t, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		lost, found := 0, 0
		for _, x := range c.list {
			if x.To == redislimit.Connected {
				found++
				require.NoError(t, x.Cause)
			} else {
				lost++
				require.Error(t, x.Cause)
			}
		}
		return lost == found && lost >= machines
	}, 5*time.Second, time.Millisecond, "a hook is called for every change")
}

// traffic asks several limiters about one key or another without a pause, and
// measures how long the answers take.
type traffic struct {
	t        *testing.T
	limiters []*redislimit.Limiter
	workers  int // of each; 0: 4
	failed   atomic.Int64

	mu     sync.Mutex
	used   string
	counts map[string]int
	slow   time.Duration // the slowest answer
	late   time.Duration // by how much this machine woke a sleeper late
}

func (tr *traffic) start() (stop func()) {
	tr.counts = make(map[string]int)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for _, l := range tr.limiters {
		for worker := range max(tr.workers, 4) {
			wg.Go(func() { tr.ask(ctx, l, worker) })
		}
	}
	wg.Go(func() { tr.watch(ctx) })
	return func() { cancel(); wg.Wait() }
}

func (tr *traffic) ask(ctx context.Context, l *redislimit.Limiter, worker int) {
	for i := 0; ctx.Err() == nil; i++ {
		tr.mu.Lock()
		key := tr.used
		tr.mu.Unlock()
		if i%8 == 0 {
			key = fmt.Sprint("other", worker, i) // never refused, and so never remembered
		}
		before := time.Now()
		d, err := l.Take(context.Background(), key, 1)
		took := time.Since(before)
		if err != nil {
			tr.failed.Add(1)
		}
		tr.mu.Lock()
		if d.Allowed {
			tr.counts[key]++
		}
		tr.slow = max(tr.slow, took)
		tr.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
}

// watch measures how busy the machine is: what it does to a sleeper it does to
// an answer, perhaps twice.
func (tr *traffic) watch(ctx context.Context) {
	for ctx.Err() == nil {
		before := time.Now()
		time.Sleep(5 * time.Millisecond)
		tr.mu.Lock()
		tr.late = max(tr.late, time.Since(before)-5*time.Millisecond)
		tr.mu.Unlock()
	}
}

func (tr *traffic) use(key string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.used = key
}

func (tr *traffic) admitted(key string) int {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.counts[key]
}

func (tr *traffic) longest() time.Duration {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.slow
}

func (tr *traffic) stall() time.Duration {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return 2 * tr.late
}

func (tr *traffic) trips() (n uint64) {
	for _, l := range tr.limiters {
		n += l.Stats().RoundTrips
	}
	return n
}

func (tr *traffic) awaitState(want redislimit.State) {
	tr.t.Helper()
	require.Eventually(tr.t, func() bool {
		for _, l := range tr.limiters {
			if s := l.Stats(); s.State != want || s.RoundTrips == 0 {
				return false
			}
		}
		return true
	}, 20*time.Second, time.Millisecond, "the limits are to be %v", want)
}
