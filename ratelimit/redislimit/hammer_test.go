package redislimit_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

const hammerEnv = "REDISLIMIT_HAMMER"

// hammered is what eight processes share.
func hammered(url string) *redislimit.Limiter {
	client, err := redislimit.NewClient(url)
	if err != nil {
		panic(err)
	}
	// FailClosed: what was not decided by Redis is an error, and is not
	// admitted by anybody else.
	o := redislimit.Options{Prefix: "hammer:", Timeout: patient, Outage: redislimit.FailClosed}
	return redislimit.New(client, o, ratelimit.PerSecond("second", 200).WithBurst(300), ratelimit.Daily("day", 1_000_000))
}

// hammer is the whole of a child process: it asks as fast as it can from the
// line "go" on until its input ends, and prints how many were admitted.
func hammer(url string) {
	l := hammered(url)
	in := bufio.NewReader(os.Stdin)
	fmt.Println("ready")
	_, _ = in.ReadString('\n')
	ctx, stop := context.WithCancel(context.Background())
	go func() { _, _ = in.ReadString('\n'); stop() }()
	var mu sync.Mutex
	var wg sync.WaitGroup
	admitted, refused := 0, 0
	for range 8 {
		wg.Go(func() {
			a, r := 0, 0
			for ctx.Err() == nil {
				d, err := l.Take(context.Background(), "key", 1)
				switch {
				case err != nil:
					panic(err)
				case d.Allowed:
					a++
				default:
					r++
				}
			}
			mu.Lock()
			admitted, refused = admitted+a, refused+r
			mu.Unlock()
		})
	}
	wg.Wait()
	fmt.Println(admitted, refused, l.Stats().RoundTrips)
}

func TestEightProcesses(t *testing.T) {
	s := startServer(t)
	span := 5 * time.Second
	if testing.Short() {
		span = time.Second
	}
	var children []*child
	for range 8 {
		children = append(children, startChild(t, s.patiently()))
	}
	for _, c := range children {
		require.Equal(t, "ready\n", c.line(t))
	}
	before := time.Now()
	for _, c := range children {
		c.say(t, "go")
	}
	time.Sleep(span) // the one test that measures a span
	inside := time.Since(before)
	for _, c := range children {
		c.say(t, "stop")
	}
	admitted, refused, trips := 0, 0, 0
	for _, c := range children {
		var a, r, n int
		_, err := fmt.Sscan(c.line(t), &a, &r, &n)
		require.NoError(t, err)
		admitted, refused, trips = admitted+a, refused+r, trips+n
	}
	outside := time.Since(before)
	t.Logf("in %v: %d admitted, %d refused, %d round trips", inside, admitted, refused, trips)
	// One limiter admits its burst and what comes back: 200 a second.
	most := 300 + int(outside.Seconds()*200) + 1
	least := 300 + int(inside.Seconds()*200)*95/100
	require.LessOrEqual(t, admitted, most, "never more than one limiter would")
	require.GreaterOrEqual(t, admitted, least, "and as much as one would")
	require.Positive(t, refused)

	d, err := hammered(s.patiently()).Peek(context.Background(), "key", 1, "day")
	require.NoError(t, err)
	require.Equal(t, 1_000_000-admitted, d.Remaining, "Redis has counted what they were admitted, to the last one")
}

type child struct {
	in  *bufio.Writer
	out *bufio.Reader
}

func startChild(t *testing.T, url string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), hammerEnv+"="+url)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = dieWithParent()
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, startOnThread(cmd))
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return &child{bufio.NewWriter(in), bufio.NewReader(out)}
}

func (c *child) say(t *testing.T, line string) {
	t.Helper()
	_, err := c.in.WriteString(line + "\n")
	require.NoError(t, err)
	require.NoError(t, c.in.Flush())
}

func (c *child) line(t *testing.T) string {
	t.Helper()
	line, err := c.out.ReadString('\n')
	require.NoError(t, err)
	return line
}
