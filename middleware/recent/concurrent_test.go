package recent_test

import (
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/recent"
)

// Writers and readers at once: every failure that is read is whole, and belongs
// to the ID that it was asked for by.
func TestConcurrent(t *testing.T) {
	const writers, each = 4, 1500
	s := recent.New(recent.WithRedact(func(f *recent.Failure) { f.Route = f.Path }))
	var write, readers sync.WaitGroup
	for w := range writers {
		write.Go(func() {
			for i := range each {
				id := fmt.Sprint("w", w, "-", i)
				observe(s, middleware.Outcome{
					RequestID: id, CorrelationID: fmt.Sprint("w", w), Path: "/" + id, Status: 400 + 100*(i%2),
					Stack: strings.Repeat(id+"\n", i%300), // evicts by bytes too
				})
			}
		})
	}
	written := make(chan struct{})
	go func() { write.Wait(); close(written) }()
	whole := func(f recent.Failure) bool {
		return f.Path == "/"+f.RequestID && f.Route == f.Path && strings.HasPrefix(f.RequestID, f.CorrelationID) &&
			f.Stack == strings.Repeat(f.RequestID+"\n", strings.Count(f.Stack, "\n"))
	}
	for r := range 3 {
		readers.Go(func() {
			for i := 0; ; i++ {
				for _, f := range s.Find(fmt.Sprint("w", i%writers)) {
					if !whole(f) {
						t.Errorf("reader %d: %+v", r, f)
						return
					}
				}
				for _, path := range []string{"/", "/failures.json", "/?id=w1"} {
					w := httptest.NewRecorder()
					s.Handler(everyone).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
					if w.Code != 200 {
						t.Errorf("reader %d: %d", r, w.Code)
					}
				}
				select {
				case <-written:
					return
				default:
				}
			}
		})
	}
	readers.Wait()
	observe(s, middleware.Outcome{RequestID: "w9-1", CorrelationID: "w9", Path: "/w9-1", Status: 500})
	last := s.Find("w9")
	require.Len(t, last, 1)
	require.True(t, whole(last[0]))
}

// Readers that ask for the page and never read it hold up no request.
func TestHandler_SlowReader(t *testing.T) {
	s := serve(t, nil)
	full := func(id string) middleware.Outcome {
		return middleware.Outcome{RequestID: id, CorrelationID: "chain", Status: 500, Stack: strings.Repeat("x", 12<<10)}
	}
	for i := range 1000 {
		observe(s.failures, full(fmt.Sprint(i)))
	}
	for range 2 {
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		require.NoError(t, err)
		defer conn.Close()
		require.NoError(t, conn.(*net.TCPConn).SetReadBuffer(1<<10))
		_, err = io.WriteString(conn, strings.Repeat("GET /support/?id=chain HTTP/1.1\r\nHost: x\r\n\r\n", 20))
		require.NoError(t, err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 2000 {
			observe(s.failures, full(fmt.Sprint(i)))
		}
		s.get("/nowhere")
	}()
	select {
	case <-done:
	case <-time.After(patience):
		require.FailNow(t, "a request waits for a reader")
	}
	require.Len(t, s.failures.Find("1999"), 1)
	s.CloseClientConnections()
}
