package redislimit_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit/redislimit"
)

// server is a redis-server of its own, on a free port of the loopback.
type server struct {
	t    testing.TB
	port int
	args []string
	cmd  *exec.Cmd
	out  *bytes.Buffer
}

const noServer = "there is no redis-server on the PATH: apt-get install redis-server"

// startServer skips the test where there is no redis-server on the PATH.
func startServer(t testing.TB, args ...string) *server {
	t.Helper()
	s := newServer(t, args...)
	s.start()
	s.await()
	return s
}

func newServer(t testing.TB, args ...string) *server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip(noServer)
	}
	s := &server{t: t, port: freePort(t)}
	s.args = append([]string{
		"--port", strconv.Itoa(s.port), "--bind", "127.0.0.1", "--dir", t.TempDir(),
		"--save", "", "--appendonly", "no", "--databases", "1",
	}, args...)
	t.Cleanup(s.kill)
	return s
}

func (s *server) start() {
	s.out = new(bytes.Buffer)
	s.cmd = exec.Command("redis-server", s.args...)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	s.cmd.SysProcAttr = dieWithParent()
	require.NoError(s.t, startOnThread(s.cmd))
}

// await waits until the server answers.
func (s *server) await() {
	s.t.Helper()
	c := s.admin()
	require.Eventually(s.t, func() bool { return c.Ping(context.Background()).Err() == nil },
		20*time.Second, 5*time.Millisecond, "redis-server on port %d does not answer", s.port)
}

// kill is kill -9. It may be called again.
func (s *server) kill() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// hang stops the server: it still accepts connections, and never answers.
func (s *server) hang()   { require.NoError(s.t, s.cmd.Process.Signal(syscall.SIGSTOP)) }
func (s *server) resume() { require.NoError(s.t, s.cmd.Process.Signal(syscall.SIGCONT)) }

func (s *server) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }
func (s *server) url() string  { return "redis://" + s.addr() }

// client is one as users make it.
func (s *server) client() redis.UniversalClient { return newClient(s.t, s.url()) }

// clientOf is one of the cluster that has these seeds, too.
func (s *server) clientOf(seeds string) redis.UniversalClient { return newClient(s.t, s.url()+seeds) }

// patiently is a URL for tests of what is decided, not of how soon.
func (s *server) patiently() string {
	return s.url() + "?dial_timeout=20s&read_timeout=20s&write_timeout=20s&pool_timeout=20s"
}

// patient is the Options.Timeout for them: a busy machine must not make an
// outage of them.
const patient = 20 * time.Second

func newClient(t testing.TB, url string) redis.UniversalClient {
	t.Helper()
	c, err := redislimit.NewClient(url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// admin is a patient client for the test's own commands.
func (s *server) admin() *redis.Client {
	c := redis.NewClient(&redis.Options{Addr: s.addr()})
	s.t.Cleanup(func() { _ = c.Close() })
	return c
}

func freePort(t testing.TB) int {
	t.Helper()
	for {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		port := l.Addr().(*net.TCPAddr).Port
		_ = l.Close()
		if port < 55000 { // a node of a cluster takes the port 10,000 above, too
			return port
		}
	}
}

// shared is a server for the tests that do it no harm.
var shared = struct {
	sync.Once
	*server
}{}

func sharedServer(t testing.TB) *server {
	t.Helper()
	exampleURL()
	if shared.server == nil {
		t.Skip(noServer)
	}
	s := *shared.server
	s.t = t
	return &s
}

// exampleURL is that of a server or, without one, of an address where none is:
// the output of an example is the same.
func exampleURL() string {
	shared.Do(func() {
		if _, err := exec.LookPath("redis-server"); err == nil {
			shared.server = startServer(unending{})
		}
	})
	if shared.server == nil {
		return "redis://127.0.0.1:1"
	}
	return shared.url()
}

// unending is a test whose clean-up is that of the process.
type unending struct{ testing.TB }

func (u unending) Helper()                   {}
func (u unending) Errorf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }
func (u unending) FailNow()                  { panic("the server for the tests does not start") }

func (u unending) Cleanup(f func()) { atExit = append(atExit, f) }

func (u unending) TempDir() string {
	dir, err := os.MkdirTemp("", "redislimit")
	require.NoError(u, err)
	u.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

var atExit []func()

var prefixes atomic.Int64

// prefix is one that no other test has.
func prefix() string { return fmt.Sprintf("test%d:", prefixes.Add(1)) }
