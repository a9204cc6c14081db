package main

import (
	"context"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Two programs with one Redis have one limit between them.
func TestRun_Redis(t *testing.T) {
	port := startRedis(t)
	ctx, stop := context.WithCancel(t.Context())
	var urls [2]string
	var programs [2]*program
	for i := range urls {
		urls[i], programs[i] = background(t, ctx, "chatbase", "-redis", "redis://127.0.0.1:"+port)
	}
	admitted := 0
	for i := range 12 {
		resp, err := http.Get(urls[i%2] + "/lab/limited")
		require.NoError(t, err)
		resp.Body.Close()
		if resp.StatusCode == 200 {
			admitted++
		}
	}
	require.Equal(t, 5, admitted)
	stop()
	for _, p := range programs {
		require.NoError(t, <-p.err)
	}
}

// A Redis that is not there is no reason not to start, and no reason to admit
// all.
func TestRun_RedisMissing(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	url, p := background(t, ctx, "avatarium", "-redis", "redis://127.0.0.1:1")
	d := demo{url: url, contract: "avatarium"}
	got := d.exhaust(t, ask{method: "GET", path: "/lab/limited"}, 6)
	d.fails(t, got, 429, "rate_limit_exceeded")
	d.fails(t, d.do(t, ask{method: "POST", path: avatarMessages, key: "over-quota-key", body: `{"content":"Hello"}`}), 429, "quota_exceeded")
	stop()
	require.NoError(t, <-p.err)
}

func TestRun_RedisURL(t *testing.T) {
	var out writer
	require.Error(t, run(t.Context(), []string{"-addr", "127.0.0.1:0", "-redis", "no URL"}, &out, &out))
}

// startRedis starts a redis-server and returns its port; it skips the test
// where there is none.
func startRedis(t *testing.T) (port string) {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("there is no redis-server on the PATH: apt-get install redis-server")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port = strconv.Itoa(free.Addr().(*net.TCPAddr).Port)
	require.NoError(t, free.Close())

	cmd := exec.Command(path, "--port", port, "--bind", "127.0.0.1", "--dir", t.TempDir(), "--save", "", "--appendonly", "no")
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() }) // killed
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			conn.Close()
		}
		return err == nil
	}, 10*time.Second, 5*time.Millisecond)
	return port
}
