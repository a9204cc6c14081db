package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

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

// The whole program: it says where it listens, serves, logs as JSON, lets a
// request under way end when it is stopped, and stops.
func TestRun(t *testing.T) {
	for _, contract := range contracts {
		t.Run(contract, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			var stdout, stderr writer
			done := make(chan error, 1)
			go func() {
				done <- run(ctx, []string{"-addr", "127.0.0.1:0", "-contract", contract}, &stdout, &stderr)
			}()

			var url string
			require.Eventually(t, func() bool {
				url = regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(stdout.String())
				return url != ""
			}, 5*time.Second, time.Millisecond)
			require.Equal(t, 3, strings.Count(stdout.String(), "\n  curl -i "))
			require.NotContains(t, stdout.String(), "URL")

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
			require.NoError(t, <-done)

			records := 0
			for line := range strings.Lines(stderr.String()) {
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

func TestRun_UnknownContract(t *testing.T) {
	var out writer
	err := run(t.Context(), []string{"-contract", "nobody's"}, &out, &out)
	require.ErrorContains(t, err, "chatbase, polyai, avatarium, standard, problem")
}
