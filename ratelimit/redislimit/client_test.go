package redislimit_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

// A charge whose reply is lost is not sent again, whatever the client does
// with other commands.
func TestNothingIsSentTwice(t *testing.T) {
	s := sharedServer(t)
	var lose atomic.Bool
	client := redis.NewClient(&redis.Options{
		Addr: s.addr(), ReadTimeout: 300 * time.Millisecond,
		Dialer: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, network, addr)
			return lossy{c, &lose}, err
		},
	})
	defer client.Close()
	o := redislimit.Options{Prefix: prefix(), Timeout: patient, Outage: redislimit.FailClosed}
	l := redislimit.New(client, o, ratelimit.PerHour("p", 10))
	_, err := l.Take(t.Context(), "k", 1)
	require.NoError(t, err)
	lose.Store(true)
	_, err = l.Take(t.Context(), "k", 1)
	require.ErrorIs(t, err, apierr.Unavailable)
	d, err := l.Peek(t.Context(), "k", 1)
	require.NoError(t, err)
	require.Equal(t, 8, d.Remaining)
}

// lossy is a connection that breaks when the next reply comes.
type lossy struct {
	net.Conn
	lose *atomic.Bool
}

func (c lossy) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.lose.CompareAndSwap(true, false) {
		return 0, io.EOF
	}
	return n, err
}

// A client may hang for good in what users hook into it. Others take the
// places of the calls that are lost.
func TestCallsThatNeverReturn(t *testing.T) {
	client := newClient(t, sharedServer(t).patiently())
	hook := &stuck{end: make(chan struct{})}
	defer close(hook.end)
	client.AddHook(hook)
	o := redislimit.Options{Prefix: prefix(), Timeout: 200 * time.Millisecond, Outage: redislimit.FailClosed, Logger: slog.New(slog.DiscardHandler)}
	l := redislimit.New(client, o, ratelimit.PerHour("p", 10))
	hook.left.Store(4)
	require.Eventually(t, func() bool {
		_, err := l.Take(t.Context(), "k", 1)
		return err == nil
	}, 20*time.Second, time.Millisecond)
}

type stuck struct {
	left atomic.Int32
	end  chan struct{}
}

func (s *stuck) DialHook(next redis.DialHook) redis.DialHook { return next }

func (s *stuck) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if s.left.Add(-1) >= 0 {
			<-s.end
		}
		return next(ctx, cmd)
	}
}

func (s *stuck) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if s.left.Add(-1) >= 0 {
			<-s.end
		}
		return next(ctx, cmds)
	}
}

// After many failures to dial, the pool of go-redis would look only once a
// second whether the server is there again.
func TestReturnAfterManyDials(t *testing.T) {
	s := newServer(t)
	client := newClient(t, s.url()+"?pool_size=1")
	l := redislimit.New(client, redislimit.Options{Logger: slog.New(slog.DiscardHandler)}, ratelimit.PerHour("p", 1000))
	tr := &traffic{t: t, used: "k", limiters: []*redislimit.Limiter{l}}
	stop := tr.start()
	defer stop()
	for range 3 {
		require.Eventually(t, func() bool { return l.Stats().State == redislimit.Degraded }, 20*time.Second, time.Millisecond)
		errors := l.Stats().Errors
		require.Eventually(t, func() bool { return l.Stats().Errors > errors+3 }, 20*time.Second, time.Millisecond)
		s.start()
		s.await()
		healed := time.Now()
		tr.awaitState(redislimit.Connected)
		require.LessOrEqual(t, time.Since(healed), 500*time.Millisecond+tr.stall())
		s.kill()
	}
}
