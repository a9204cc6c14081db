package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
)

// writer is a buffer that another goroutine may look into.
type writer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *writer) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// program is one that runs in the background.
type program struct {
	stdout, stderr writer
	err            chan error // what run returned
}

// background runs the program until ctx is done, and returns where it serves.
func background(t *testing.T, ctx context.Context, contract string, more ...string) (url string, p *program) {
	t.Helper()
	p = &program{err: make(chan error, 1)}
	args := append([]string{"-addr", "127.0.0.1:0", "-contract", contract}, more...)
	go func() { p.err <- run(ctx, args, &p.stdout, &p.stderr) }()
	require.Eventually(t, func() bool {
		url = regexp.MustCompile(`http://\S+:\d+`).FindString(p.stdout.String())
		return url != ""
	}, 5*time.Second, time.Millisecond)
	return url, p
}

// The whole program: it says where it listens, serves, logs as JSON, lets a
// request under way end when it is stopped, and stops.
func TestRun(t *testing.T) {
	for _, contract := range contracts {
		t.Run(contract, func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithCancel(t.Context())
			url, p := background(t, ctx, contract)
			require.Equal(t, 3, strings.Count(p.stdout.String(), "\n  curl -i "))
			require.NotContains(t, p.stdout.String(), "URL")

			under := make(chan string, 1)
			slow, err := http.Get(url + "/lab/stream")
			require.NoError(t, err)
			go func() {
				defer slow.Body.Close()
				var b bytes.Buffer
				_, err := b.ReadFrom(slow.Body)
				under <- fmt.Sprint(b.String(), err)
			}()
			resp, err := http.Get(url + "/lab/panic")
			require.NoError(t, err)
			resp.Body.Close()
			stop()
			require.Equal(t, "one\ntwo\n<nil>", <-under, "a request under way ends")
			require.NoError(t, <-p.err)

			records := 0
			for line := range strings.Lines(p.stderr.String()) {
				var record map[string]any
				require.NoError(t, json.Unmarshal([]byte(line), &record), line)
				if record["path"] == "/lab/panic" {
					records++
					require.Equal(t, "ERROR", record["level"])
				}
			}
			require.Equal(t, 1, records, "one record a request")
		})
	}
}

// The program waits for its WebSockets: here for a peer that reads nothing, and
// so does not see that it is to close.
func TestRun_WebSocket(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	url, p := background(t, ctx, "polyai")
	conn, _, err := websocket.Dial(t.Context(), url+"/ws", &websocket.DialOptions{
		HTTPHeader: http.Header{"X-Api-Key": {"YOUR_API_KEY"}},
	})
	require.NoError(t, err)
	stop()
	require.Never(t, func() bool { return len(p.err) > 0 }, 50*time.Millisecond, time.Millisecond)
	conn.CloseNow() // gone
	require.NoError(t, <-p.err)
}

// "OPTIONS *" is answered by the handler too, and not past it by net/http.
func TestRun_OptionsAsterisk(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	url, _ := background(t, ctx, "chatbase")
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	_, err = conn.Write([]byte("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n"))
	require.NoError(t, err)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusNoContent, res.StatusCode)
	require.Len(t, res.Header["X-Request-Id"], 1)
}

func TestRun_UnknownContract(t *testing.T) {
	var out writer
	err := run(t.Context(), []string{"-contract", "nobody's"}, &out, &out)
	require.ErrorContains(t, err, "chatbase, polyai, avatarium, standard, problem")
}
