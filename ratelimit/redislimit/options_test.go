package redislimit_test

import (
	"math"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

func TestNewPanics(t *testing.T) {
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1"})
	defer client.Close()
	ok := ratelimit.PerSecond("p", 1)
	for _, c := range []struct {
		why      string
		client   redis.UniversalClient
		options  redislimit.Options
		policies []ratelimit.Policy
	}{
		{"needs a client", nil, redislimit.Options{}, []ratelimit.Policy{ok}},
		{"needs a policy", client, redislimit.Options{}, nil},
		{"two policies are named", client, redislimit.Options{}, []ratelimit.Policy{ok, ok}},
		{"has a brace", client, redislimit.Options{Prefix: "a{b"}, []ratelimit.Policy{ok}},
		{"Timeout is negative", client, redislimit.Options{Timeout: -1}, []ratelimit.Policy{ok}},
		{"Recheck is negative", client, redislimit.Options{Recheck: -1}, []ratelimit.Policy{ok}},
		{"Recheck is negative", client, redislimit.Options{Recheck: -1, NoRefusals: true}, []ratelimit.Policy{ok}},
		{"MaxRefusals is negative", client, redislimit.Options{MaxRefusals: -1}, []ratelimit.Policy{ok}},
		{"MaxKeys is negative", client, redislimit.Options{MaxKeys: -1}, []ratelimit.Policy{ok}},
		{"Outage", client, redislimit.Options{Outage: 1.5}, []ratelimit.Policy{ok}},
		{"Outage", client, redislimit.Options{Outage: redislimit.Outage(math.NaN())}, []ratelimit.Policy{ok}},
		{"more than one unit a microsecond", client, redislimit.Options{}, []ratelimit.Policy{ratelimit.PerSecond("p", 1_002_000)}},
		{"takes over", client, redislimit.Options{}, []ratelimit.Policy{{Name: "p", Limit: 1, Window: 4_611_686, Burst: 999_999_999_999}}},
	} {
		func() {
			defer func() {
				fault, _ := recover().(string)
				require.Contains(t, fault, c.why)
			}()
			redislimit.New(c.client, c.options, c.policies...)
		}()
	}
	for _, share := range []float64{0, -1, 1.01, math.NaN(), math.Inf(1)} {
		require.Panics(t, func() { redislimit.FailLocal(share) }, "%v", share)
	}
}

// A slow rate may have a share that is slower than a time.Duration can say.
func TestShareOfSlowRates(t *testing.T) {
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1"})
	defer client.Close()
	for _, p := range []ratelimit.Policy{
		{Name: "p", Limit: 1, Window: 146 * 365 * 24 * time.Hour},
		{Name: "p", Limit: 1, Window: 100 * 365 * 24 * time.Hour},
		{Name: "p", Limit: 1000, Window: 100 * 365 * 24 * time.Hour, Burst: 1400},
	} {
		require.NotPanics(t, func() {
			redislimit.New(client, redislimit.Options{Outage: redislimit.FailLocal(1e-6)}, p)
		})
	}
}

func TestNewClient(t *testing.T) {
	for _, c := range []struct {
		url  string
		want any
	}{
		{"redis://:secret@localhost:6379/1", &redis.Client{}},
		{"rediss://localhost", &redis.Client{}},
		{"unix:///tmp/redis.sock", &redis.Client{}},
		{"redis://localhost:6379?addr=localhost:6380", &redis.ClusterClient{}},
		{"redis://localhost:26379?master_name=m&addr=localhost:26380", &redis.Client{}},
	} {
		client, err := redislimit.NewClient(c.url)
		require.NoError(t, err, c.url)
		require.IsType(t, c.want, client, c.url)
		require.NoError(t, client.Close())
	}
	for _, url := range []string{"", "localhost:6379", "http://localhost", "redis://:secret@local host", "redis://localhost?no_such=1", "redis://a?addr=b&no_such=1", "redis://a?master_name=m&no_such=1"} {
		_, err := redislimit.NewClient(url)
		require.Error(t, err, url)
		require.NotContains(t, err.Error(), "secret")
	}
	client, err := redislimit.NewClient("redis://localhost:6379?read_timeout=7s&max_retries=5&pool_size=3")
	require.NoError(t, err)
	defer client.Close()
	o := client.(*redis.Client).Options()
	require.Equal(t, 7*time.Second, o.ReadTimeout, "what the URL says is kept")
	require.Equal(t, 3, o.PoolSize)
	require.Zero(t, o.MaxRetries, "but for retries")
	require.True(t, o.ContextTimeoutEnabled)
}
