package redislimit_test

import (
	"context"
	"log/slog"
	"math"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

// A server that has lost the script receives it again, within the call.
func TestNoScript(t *testing.T) {
	s := startServer(t)
	o := redislimit.Options{Timeout: patient, Outage: redislimit.FailClosed}
	l := redislimit.New(newClient(t, s.patiently()), o, ratelimit.PerHour("p", 1000))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 100 {
				if i%10 == 0 {
					_ = s.admin().ScriptFlush(t.Context()).Err()
				}
				if d, err := l.Take(t.Context(), "k", 1); err != nil || !d.Allowed {
					t.Errorf("%v %v", d.Allowed, err)
				}
			}
		})
	}
	wg.Wait()
	d, err := l.Peek(t.Context(), "k", 1)
	require.NoError(t, err)
	require.Equal(t, 200, d.Remaining, "each was charged once")
	require.Zero(t, l.Stats().Errors)
	require.Equal(t, redislimit.Connected, l.Stats().State)
}

// A request whose client has gone is not a failure of Redis.
func TestCancelled(t *testing.T) {
	s := startServer(t)
	o := redislimit.Options{Timeout: patient, Outage: redislimit.FailClosed}
	l := redislimit.New(newClient(t, s.patiently()), o, ratelimit.PerHour("p", 1000))
	_, err := l.Take(t.Context(), "k", 1)
	require.NoError(t, err)

	gone, cancel := context.WithCancel(t.Context())
	cancel()
	trips := l.Stats().RoundTrips
	_, err = l.Take(gone, "k", 1)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, trips, l.Stats().RoundTrips, "nothing is sent")

	s.hang()
	for range 20 {
		soon, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		_, err = l.Take(soon, "k", 1)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, l.Refund(soon, "k", 1), context.DeadlineExceeded)
		cancel()
	}
	s.resume()
	require.Zero(t, l.Stats().Errors)
	_, err = l.Take(t.Context(), "k", 1)
	require.NoError(t, err)
	require.Equal(t, redislimit.Connected, l.Stats().State)
}

// A hang is noticed also where every request gives up sooner than the timeout,
// and the client does not give up at all.
func TestHangBehindImpatientRequests(t *testing.T) {
	client := sharedServer(t).client()
	hook := &stuck{end: make(chan struct{})}
	hook.left.Store(math.MaxInt32)
	defer close(hook.end)
	client.AddHook(hook)
	l := redislimit.New(client, redislimit.Options{Logger: slog.New(slog.DiscardHandler)}, ratelimit.PerHour("p", 1000))
	require.Eventually(t, func() bool {
		soon, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, _ = l.Take(soon, "k", 1)
		return l.Stats().State == redislimit.Degraded
	}, 10*time.Second, time.Millisecond)
}

// The timeout is the limiter's own: a client with go-redis's defaults ignores
// deadlines, waits for five seconds, and asks three times more.
func TestClientThatIgnoresDeadlines(t *testing.T) {
	s := startServer(t)
	client := redis.NewClient(&redis.Options{Addr: s.addr()})
	defer client.Close()
	tr := &traffic{t: t, used: "k"}
	tr.limiters = []*redislimit.Limiter{
		redislimit.New(client, redislimit.Options{Logger: slog.New(slog.DiscardHandler)}, ratelimit.PerHour("p", 10)),
	}
	stop := tr.start()
	tr.awaitState(redislimit.Connected)
	require.Eventually(t, func() bool { return tr.admitted("k") >= 10 }, 10*time.Second, time.Millisecond)
	s.hang()
	tr.awaitState(redislimit.Degraded)
	time.Sleep(500 * time.Millisecond)
	s.resume()
	healed := time.Now()
	tr.awaitState(redislimit.Connected)
	back := time.Since(healed)
	stop()
	require.LessOrEqual(t, back, time.Second+tr.stall())
	require.LessOrEqual(t, tr.longest(), 100*time.Millisecond+tr.stall())
	require.Zero(t, tr.failed.Load())
	require.LessOrEqual(t, tr.admitted("k"), 2*10, "the bound of the package comment")
}

// All that come at once share connections and round trips.
func TestReturnIsNoStampede(t *testing.T) {
	s := startServer(t)
	l := redislimit.New(s.client(), redislimit.Options{Logger: slog.New(slog.DiscardHandler)}, ratelimit.PerHour("p", 1000_000))
	tr := &traffic{t: t, used: "k", limiters: []*redislimit.Limiter{l}, workers: 200}
	stop := tr.start()
	tr.awaitState(redislimit.Connected)
	s.kill()
	tr.awaitState(redislimit.Degraded)
	s.start()
	s.await()
	tr.awaitState(redislimit.Connected)
	time.Sleep(200 * time.Millisecond)
	stop()
	info, err := s.admin().InfoMap(t.Context(), "stats").Result()
	require.NoError(t, err)
	n, err := strconv.Atoi(info["Stats"]["total_connections_received"])
	require.NoError(t, err)
	require.LessOrEqual(t, n, 20, "connections of 200 that ask, and of the test itself")
}
