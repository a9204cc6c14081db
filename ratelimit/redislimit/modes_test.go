package redislimit_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

// absent is a limiter whose Redis is not there.
func absent(t *testing.T, o redislimit.Options, policies ...ratelimit.Policy) (*redislimit.Limiter, string) {
	t.Helper()
	addr := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return redislimit.New(newClient(t, "redis://"+addr), o, policies...), addr
}

func TestFailOpen(t *testing.T) {
	l, _ := absent(t, redislimit.Options{Outage: redislimit.FailOpen}, ratelimit.PerHour("p", 1))
	for range 100 {
		d, err := l.Take(t.Context(), "k", 1)
		require.NoError(t, err)
		require.True(t, d.Allowed)
		require.Nil(t, d.Policy, "nothing is known")
	}
	require.EqualValues(t, 100, l.Stats().Degraded)
}

func TestFailClosed(t *testing.T) {
	l, addr := absent(t, redislimit.Options{Outage: redislimit.FailClosed}, ratelimit.PerHour("p", 1))
	for range 10 { // before and after the circuit opens
		_, err := l.Take(t.Context(), "k", 1)
		require.ErrorIs(t, err, apierr.Unavailable)
		_, err = l.Peek(t.Context(), "k", 1)
		require.ErrorIs(t, err, apierr.Unavailable)
		require.ErrorIs(t, l.Refund(t.Context(), "k", 1), apierr.Unavailable)
	}

	key := func(*http.Request) (string, error) { return "k", nil }
	h := ratelimit.Middleware(l, key)(http.NotFoundHandler())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	require.Equal(t, 503, w.Code)
	require.Equal(t, "1", w.Header().Get("Retry-After"))
	for _, secret := range []string{"redis", addr, "refused", "dial"} {
		require.NotContains(t, strings.ToLower(w.Body.String()), secret)
	}
}

func TestFailLocal(t *testing.T) {
	policies := []ratelimit.Policy{ratelimit.PerHour("rate", 100).WithBurst(20), ratelimit.Daily("quota", 10), ratelimit.PerHour("small", 2)}
	for _, c := range []struct {
		share               float64
		rate, quota, small  int
		interval            time.Duration
		costliest, costlier int // of the rate: admitted, and 503
	}{
		{1, 20, 10, 2, 36 * time.Second, 20, 0},
		{0.5, 10, 5, 1, 72 * time.Second, 10, 11},
		{0.25, 5, 2, 1, 144 * time.Second, 5, 20},
		{0.01, 1, 1, 1, time.Hour, 1, 2},
	} {
		t.Run(fmt.Sprint(c.share), func(t *testing.T) {
			l, _ := absent(t, redislimit.Options{Outage: redislimit.FailLocal(c.share)}, policies...)
			drain := func(policy string) (n int, d ratelimit.Decision) {
				for ; ; n++ {
					d, err := l.Take(t.Context(), "k", 1, policy)
					require.NoError(t, err)
					if !d.Allowed {
						return n, d
					}
				}
			}
			n, d := drain("rate")
			require.Equal(t, c.rate, n)
			require.InDelta(t, c.interval, d.RetryAfter, float64(10*time.Second))
			require.Equal(t, 100, d.Policy.Limit, "the policy is the declared one")
			n, _ = drain("quota")
			require.Equal(t, c.quota, n)
			n, _ = drain("small")
			require.Equal(t, c.small, n)

			d, err := l.Take(t.Context(), "other", c.costliest, "rate")
			require.NoError(t, err)
			require.True(t, d.Allowed)
			if c.costlier > 0 {
				_, err = l.Take(t.Context(), "third", c.costlier, "rate")
				require.ErrorIs(t, err, apierr.Unavailable)
			}
			require.ErrorIs(t, l.Refund(t.Context(), "k", 1, "quota"), apierr.Unavailable, "Redis does not know of it")
			p, err := l.Peek(t.Context(), "k", 1, "quota")
			require.NoError(t, err)
			require.Equal(t, 1, p.Remaining, "but the standby does")
		})
	}
}

// What a machine admitted through Redis is charged to its limiter in memory too,
// and what Redis refused stays refused.
func TestStandbyIsWarm(t *testing.T) {
	s := startServer(t)
	policies := []ratelimit.Policy{ratelimit.PerHour("rate", 10), ratelimit.Daily("quota", 50)}
	o := redislimit.Options{Logger: slog.New(slog.DiscardHandler), Timeout: time.Second}
	here := redislimit.New(newClient(t, s.patiently()), o, policies...)
	there := redislimit.New(newClient(t, s.patiently()), o, policies...)
	take := func(l *redislimit.Limiter, key string, cost int) ratelimit.Decision {
		t.Helper()
		d, err := l.Take(t.Context(), key, cost)
		require.NoError(t, err)
		return d
	}
	take(here, "a", 7)
	take(there, "b", 10)
	require.False(t, take(here, "b", 1).Allowed)
	s.kill()
	require.Equal(t, 3, take(here, "a", 1).Remaining+1, "7 were admitted before")
	require.False(t, take(here, "b", 1).Allowed, "another machine spent it, but this one received a refusal")
	require.True(t, take(here, "c", 10).Allowed)
}

func TestLogLines(t *testing.T) {
	var log bytes.Buffer
	done := make(chan redislimit.Change, 10)
	s := startServer(t)
	l := redislimit.New(s.client(), redislimit.Options{
		Logger:   slog.New(slog.NewTextHandler(&log, nil)),
		OnChange: func(c redislimit.Change) { done <- c },
	}, ratelimit.PerHour("p", 1000))
	until := func(want redislimit.State) {
		for {
			_, err := l.Take(t.Context(), "secret-key", 1)
			require.NoError(t, err)
			select {
			case c := <-done:
				if c.To == want {
					return
				}
			default:
				time.Sleep(time.Millisecond)
			}
		}
	}
	s.kill()
	until(redislimit.Degraded)
	s.start()
	s.await()
	until(redislimit.Connected)
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	require.Contains(t, lines[0], "level=WARN")
	require.Contains(t, lines[0], "limits are not shared")
	require.Contains(t, lines[0], "cause=")
	require.Contains(t, lines[len(lines)-1], "level=INFO")
	require.Contains(t, lines[len(lines)-1], "limits are shared")
	require.NotContains(t, log.String(), "secret-key")
}
