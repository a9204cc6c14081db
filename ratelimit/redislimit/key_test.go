package redislimit_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

// What is in Redis after calls of every kind: keys with the prefix, a hash and
// the policy, none without an end, and nothing that a client wrote.
func TestKeysInRedis(t *testing.T) {
	s := startServer(t)
	o := redislimit.Options{Prefix: "limits/v1:", Timeout: patient, Outage: redislimit.FailClosed, NoRefusals: true}
	l := redislimit.New(newClient(t, s.patiently()), o,
		ratelimit.PerMinute("per:minute/1", 10), ratelimit.Monthly("plan", 5), ratelimit.PerSecond("fast", 3).WithBurst(2))
	keys := []string{"", "alice@example.com", "{a}b", "*\r\nFLUSHALL\r\n", strings.Repeat("x", 1<<20), "\x00\xff", "limits/v1:"}
	for _, key := range keys {
		for range 4 {
			_, err := l.Take(t.Context(), key, 1)
			require.NoError(t, err)
		}
		_, err := l.Peek(t.Context(), key, 2)
		require.NoError(t, err)
		require.NoError(t, l.Refund(t.Context(), key, 1, "plan"))
	}
	c := s.admin()
	names, err := c.Keys(t.Context(), "*").Result()
	require.NoError(t, err)
	require.NotEmpty(t, names)
	tags := map[string]bool{}
	form := regexp.MustCompile(`^limits/v1:\{([A-Za-z0-9_-]{22})\}(per:minute/1@6000000x10|plan|fast@333334x2)$`)
	for _, name := range names {
		m := form.FindStringSubmatch(name)
		require.NotNil(t, m, "%q", name)
		tags[m[1]] = true
		ttl, err := c.PTTL(t.Context(), name).Result()
		require.NoError(t, err)
		require.NotEqual(t, time.Duration(-1), ttl, "%q has no end", name)
		require.LessOrEqual(t, ttl, 31*24*time.Hour)
		if strings.Contains(name, "@6000000x10") {
			require.LessOrEqual(t, ttl, time.Minute, "kept as long as it matters, and no longer")
		}
	}
	require.Len(t, tags, len(keys))
	memory, err := c.MemoryUsage(t.Context(), names[0]).Result()
	require.NoError(t, err)
	t.Logf("%q takes %d bytes", names[0], memory)
	require.LessOrEqual(t, memory, int64(200), "the sentence for operators")
}

// Whatever is found under a key, it is not an error for everybody.
func TestForeignValues(t *testing.T) {
	s := startServer(t)
	o := redislimit.Options{Timeout: patient, Outage: redislimit.FailClosed, NoRefusals: true}
	l := redislimit.New(newClient(t, s.patiently()), o, ratelimit.PerHour("r", 4), ratelimit.Daily("q", 4))
	_, err := l.Take(t.Context(), "k", 4)
	require.NoError(t, err)
	c := s.admin()
	names, err := c.Keys(t.Context(), "*").Result()
	require.NoError(t, err)
	require.Len(t, names, 2)
	for _, value := range []string{"", "x", "nan", "-inf", "-1", "0:0", "1:1", ":", "9:x", "1e400:5", "12:34:56", "\x00"} {
		for _, name := range names {
			require.NoError(t, c.Set(t.Context(), name, value, time.Hour).Err())
		}
		d, err := l.Take(t.Context(), "k", 4)
		require.NoError(t, err, "%q", value)
		require.True(t, d.Allowed, "%q counts as nothing", value)
	}
	require.NoError(t, c.Set(t.Context(), names[0], "inf", 0).Err())
	require.NoError(t, c.Set(t.Context(), names[1], "1e300", 0).Err())
	_, err = l.Take(t.Context(), "k", 1)
	require.NoError(t, err)
}
