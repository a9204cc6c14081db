package redislimit_test

import (
	"context"
	"fmt"
	"log/slog"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

// startCluster starts three masters, and a replica of the first.
func startCluster(t *testing.T) (nodes []*server) {
	t.Helper()
	if _, err := exec.LookPath("redis-cli"); err != nil {
		t.Skip("there is no redis-cli on the PATH: apt-get install redis-tools")
	}
	for range 4 {
		nodes = append(nodes, startServer(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "1000",
			"--cluster-replica-validity-factor", "0", "--repl-diskless-sync-delay", "0"))
	}
	cli := func(args ...string) {
		t.Helper()
		out, err := exec.Command("redis-cli", append(args, "--cluster-yes")...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	cli("--cluster", "create", nodes[0].addr(), nodes[1].addr(), nodes[2].addr())
	for _, n := range nodes[:3] {
		n.awaitCluster(3)
	}
	cli("--cluster", "add-node", nodes[3].addr(), nodes[0].addr(), "--cluster-slave", "--cluster-master-id", nodes[0].id())
	c := nodes[3].admin()
	require.Eventually(t, func() bool {
		return strings.Contains(c.Info(context.Background(), "replication").Val(), "master_link_status:up")
	}, 30*time.Second, 10*time.Millisecond, "the replica follows its master")
	return nodes
}

func (s *server) id() string {
	id, err := s.admin().Do(context.Background(), "cluster", "myid").Text()
	require.NoError(s.t, err)
	return id
}

// awaitCluster waits until the node finds its cluster well, with so many
// masters that answer.
func (s *server) awaitCluster(masters int) {
	s.t.Helper()
	c := s.admin()
	require.Eventually(s.t, func() bool {
		info := c.ClusterInfo(context.Background()).Val()
		return strings.Contains(info, "cluster_state:ok") &&
			strings.Contains(info, fmt.Sprintf("cluster_size:%d", masters))
	}, 30*time.Second, 5*time.Millisecond)
}

func (s *server) isMaster() bool {
	return strings.Contains(s.admin().Info(context.Background(), "replication").Val(), "role:master")
}

func TestCluster(t *testing.T) {
	if testing.Short() {
		t.Skip("a cluster takes some seconds to form")
	}
	nodes := startCluster(t)
	seeds := "?addr=" + nodes[1].addr() + "&addr=" + nodes[2].addr()
	wait := "&dial_timeout=20s&read_timeout=20s&write_timeout=20s&pool_timeout=20s"
	policies := []ratelimit.Policy{ratelimit.PerHour("hour", 10), ratelimit.Daily("day", 20), ratelimit.PerHour("other", 30)}

	t.Run("all keys of a decision are in one slot", func(t *testing.T) {
		o := redislimit.Options{Prefix: prefix(), Timeout: patient, Outage: redislimit.FailClosed}
		l := redislimit.New(newClient(t, nodes[0].url()+seeds+wait), o, policies...)
		for i := range 100 { // keys in slots of all masters
			key := fmt.Sprint("key", i)
			d, err := l.Take(t.Context(), key, 10)
			require.NoError(t, err)
			require.True(t, d.Allowed)
			d, err = l.Take(t.Context(), key, 1)
			require.NoError(t, err)
			require.False(t, d.Allowed)
			require.NoError(t, l.Refund(t.Context(), key, 1))
			d, err = l.Peek(t.Context(), key, 1)
			require.NoError(t, err)
			require.Equal(t, 1, d.Remaining)
		}
		for _, n := range nodes[:3] {
			keys, err := n.admin().DBSize(t.Context()).Result()
			require.NoError(t, err)
			require.Positive(t, keys, "all masters decide")
		}
	})

	t.Run("a failover", func(t *testing.T) {
		tr := &traffic{t: t, used: "k"}
		l := redislimit.New(nodes[1].clientOf(seeds), redislimit.Options{
			Prefix: prefix(), Logger: slog.New(slog.DiscardHandler),
		}, ratelimit.PerHour("p", 100))
		tr.limiters = []*redislimit.Limiter{l}
		stop := tr.start() // over keys in all slots
		tr.awaitState(redislimit.Connected)
		nodes[0].kill()
		tr.awaitState(redislimit.Degraded)
		require.Eventually(t, nodes[3].isMaster, 30*time.Second, 5*time.Millisecond, "the replica takes over")
		for _, n := range nodes[1:] {
			n.awaitCluster(3)
		}
		healed := time.Now()
		tr.awaitState(redislimit.Connected)
		back := time.Since(healed)
		time.Sleep(200 * time.Millisecond)
		stop()
		t.Logf("back after %v, slowest answer %v", back, tr.longest())
		require.LessOrEqual(t, back, time.Second+tr.stall(), "back within a second")
		require.LessOrEqual(t, tr.longest(), 100*time.Millisecond+tr.stall(), "answered within 100 ms throughout")
		require.Zero(t, tr.failed.Load())
		require.LessOrEqual(t, tr.admitted("k"), 2*100, "the bound of the package comment")
		d, err := l.Peek(t.Context(), "k", 1)
		require.NoError(t, err)
		require.False(t, d.Allowed, "the replica has the state of the master")
	})
}
