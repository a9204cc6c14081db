package redislimit_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

// lines is a log that goroutines may write.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) with(text string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.b.String(), text)
}

// A key of another type under the prefix fails alone: the other keys are
// decided by Redis, it is reported once, and it is left as it is.
func TestWrongTypes(t *testing.T) {
	s := startServer(t)
	admin := s.admin()
	for _, c := range []struct {
		name string
		put  func(key string) error
	}{
		{"list", func(key string) error { return admin.RPush(t.Context(), key, "x").Err() }},
		{"set", func(key string) error { return admin.SAdd(t.Context(), key, "x").Err() }},
		{"zset", func(key string) error { return admin.ZAdd(t.Context(), key, redis.Z{Member: "x"}).Err() }},
		{"hash", func(key string) error { return admin.HSet(t.Context(), key, "x", "y").Err() }},
		{"stream", func(key string) error {
			return admin.XAdd(t.Context(), &redis.XAddArgs{Stream: key, Values: []string{"x", "y"}}).Err()
		}},
	} {
		for _, policies := range [][]ratelimit.Policy{
			{ratelimit.PerHour("a", 100)},
			{ratelimit.Monthly("a", 100)},
			{ratelimit.Daily("z", 100), ratelimit.PerHour("a", 100), ratelimit.PerHour("b", 100)},
		} {
			require.NoError(t, admin.FlushAll(t.Context()).Err())
			log := &lines{}
			o := redislimit.Options{Timeout: patient, Outage: redislimit.FailClosed, NoRefusals: true, Logger: slog.New(slog.NewTextHandler(log, nil))}
			l := redislimit.New(newClient(t, s.patiently()), o, policies...)
			_, err := l.Take(t.Context(), "bad", 1, "a")
			require.NoError(t, err)
			names, err := admin.Keys(t.Context(), "*").Result()
			require.NoError(t, err)
			require.Len(t, names, 1)
			require.NoError(t, admin.Del(t.Context(), names[0]).Err())
			require.NoError(t, c.put(names[0]))

			for i := range 20 {
				_, err := l.Take(t.Context(), "bad", 1)
				require.ErrorIs(t, err, apierr.Unavailable)
				_, err = l.Peek(t.Context(), "bad", 1)
				require.ErrorIs(t, err, apierr.Unavailable)
				require.ErrorIs(t, l.Refund(t.Context(), "bad", 1), apierr.Unavailable)
				d, err := l.Take(t.Context(), "good", 1)
				require.NoError(t, err, "other keys are decided by Redis")
				require.Equal(t, 99-i, d.Remaining)
			}
			require.Equal(t, redislimit.Connected, l.Stats().State)
			require.Eventually(t, func() bool { return l.Stats().Errors == 60 }, 5*time.Second, time.Millisecond) // a lane counts after its reply
			require.Eventually(t, func() bool { return log.with("is not the limiter's") > 0 }, 5*time.Second, time.Millisecond)
			require.Equal(t, 1, log.with("level=ERROR"), "it is reported once")
			require.Zero(t, log.with("not shared"))
			kind, err := admin.Type(t.Context(), names[0]).Result()
			require.NoError(t, err)
			require.Equal(t, c.name, kind, "it is left as it is")
			if len(policies) > 1 {
				d, err := l.Peek(t.Context(), "bad", 1, "z")
				require.NoError(t, err, "its other policies have keys of their own")
				require.Equal(t, 100, d.Remaining, "all are charged or none")
			}

			require.NoError(t, admin.Del(t.Context(), names[0]).Err())
			d, err := l.Take(t.Context(), "bad", 1)
			require.NoError(t, err, "until somebody deletes it")
			require.Equal(t, 99, d.Remaining)
		}
	}
}

// Under FailLocal the limiter in memory decides about such a key.
func TestWrongTypeFailsLocal(t *testing.T) {
	s := startServer(t)
	o := redislimit.Options{Timeout: patient, Logger: slog.New(slog.DiscardHandler), NoRefusals: true}
	l := redislimit.New(newClient(t, s.patiently()), o, ratelimit.PerHour("a", 3))
	_, err := l.Take(t.Context(), "bad", 1)
	require.NoError(t, err)
	names, err := s.admin().Keys(t.Context(), "*").Result()
	require.NoError(t, err)
	require.NoError(t, s.admin().Del(t.Context(), names[0]).Err())
	require.NoError(t, s.admin().RPush(t.Context(), names[0], "x").Err())
	admitted := 0
	for range 10 {
		d, err := l.Take(t.Context(), "bad", 1)
		require.NoError(t, err)
		if d.Allowed {
			admitted++
		}
	}
	require.Equal(t, 2, admitted, "what Redis had admitted before counts")
	require.EqualValues(t, 10, l.Stats().Degraded)
	require.Equal(t, redislimit.Connected, l.Stats().State)
}
