package redislimit_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

// startSentinel starts a sentinel that watches the master alone.
func startSentinel(t *testing.T, master *server) *server {
	t.Helper()
	s := newServer(t)
	conf := filepath.Join(t.TempDir(), "sentinel.conf")
	text := fmt.Sprintf("port %d\nbind 127.0.0.1\nsentinel monitor limits 127.0.0.1 %d 1\n"+
		"sentinel down-after-milliseconds limits 500\nsentinel failover-timeout limits 5000\n", s.port, master.port)
	require.NoError(t, os.WriteFile(conf, []byte(text), 0o600))
	s.args = []string{conf, "--sentinel"}
	s.start()
	s.await()
	return s
}

func TestSentinel(t *testing.T) {
	if testing.Short() {
		t.Skip("a failover takes some seconds")
	}
	master := startServer(t)
	replica := startServer(t, "--replicaof", "127.0.0.1 "+strconv.Itoa(master.port), "--repl-diskless-sync-delay", "0")
	sentinel := startSentinel(t, master)
	c := sentinel.admin()
	require.Eventually(t, func() bool {
		return strings.Contains(c.Info(context.Background(), "sentinel").Val(), "status=ok,address=127.0.0.1:"+strconv.Itoa(master.port)+",slaves=1")
	}, 30*time.Second, 10*time.Millisecond, "the sentinel knows the replica")

	client := newClient(t, sentinel.url()+"?master_name=limits")
	l := redislimit.New(client, redislimit.Options{Logger: slog.New(slog.DiscardHandler)}, ratelimit.PerHour("p", 100))
	tr := &traffic{t: t, used: "k", limiters: []*redislimit.Limiter{l}}
	stop := tr.start()
	tr.awaitState(redislimit.Connected)
	require.Eventually(t, func() bool { return tr.admitted("k") >= 100 }, 10*time.Second, time.Millisecond)
	master.kill()
	tr.awaitState(redislimit.Degraded)
	require.Eventually(t, func() bool {
		addr, err := c.Do(context.Background(), "sentinel", "get-master-addr-by-name", "limits").StringSlice()
		return err == nil && addr[1] == strconv.Itoa(replica.port)
	}, 30*time.Second, 5*time.Millisecond, "the replica takes over")
	healed := time.Now()
	tr.awaitState(redislimit.Connected)
	back := time.Since(healed)
	stop()
	t.Logf("back after %v, slowest answer %v", back, tr.longest())
	require.LessOrEqual(t, back, time.Second+tr.stall())
	require.LessOrEqual(t, tr.longest(), 100*time.Millisecond+tr.stall())
	require.Zero(t, tr.failed.Load())
	require.LessOrEqual(t, tr.admitted("k"), 2*100, "the bound of the package comment")
}
