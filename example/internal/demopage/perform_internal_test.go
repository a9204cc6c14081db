package demopage

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

// newTestPage returns a page with one scenario, whose requests the handler answers on
// both sides.
func newTestPage(t *testing.T, s Scenario, h http.HandlerFunc) *Page {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	addr := strings.TrimPrefix(srv.URL, "http://")
	return New(Config{Addr: addr, Plain: addr, CorrelationID: "X-Id", Groups: []Group{{Scenarios: []Scenario{s}}}, Records: new(Records)})
}

// Of many responses the page shows how many had each status.
func TestPerform_Statuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		times int
		codes []int // of the requests to both sides, in their order; 0: aborted
		ours  []statuses
		plain []statuses
	}{
		{"once", 0, []int{200, 404}, []statuses{{200, 1}}, []statuses{{404, 1}}},
		{"all succeed", 2, []int{200, 200, 200, 204}, []statuses{{200, 2}}, []statuses{{200, 1}, {204, 1}}},
		{"until it fails", 3, []int{200, 200, 429, 429}, []statuses{{200, 2}, {429, 1}}, []statuses{{429, 1}}},
		{"at once", 300, []int{401, 500}, []statuses{{401, 1}}, []statuses{{500, 1}}},
		{"aborted", 3, []int{0, 200, 0}, []statuses{{0, 1}}, []statuses{{200, 1}, {0, 1}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var n atomic.Int64
			var seen sync.Map
			p := newTestPage(t, Scenario{Name: "x", Path: "/", Times: c.times}, func(w http.ResponseWriter, r *http.Request) {
				code := c.codes[min(int(n.Add(1)), len(c.codes))-1]
				_, twice := seen.LoadOrStore(r.Header.Get("X-Id"), true)
				if twice {
					code = http.StatusConflict // each request has an ID of its own
				}
				if code == 0 {
					panic(http.ErrAbortHandler)
				}
				w.WriteHeader(code)
			})
			got, err := p.perform(t.Context(), p.scenarios["x"], "", "", "")
			require.NoError(t, err)
			require.Equal(t, c.ours, got.Failwell.Statuses)
			require.Equal(t, c.plain, got.Plain.Statuses)
			require.EqualValues(t, len(c.codes), n.Load())
		})
	}
}

// Many tabs at once make no more than maxRuns runs.
func TestPerform_Bound(t *testing.T) {
	var now, most atomic.Int64
	p := newTestPage(t, Scenario{Name: "x", Path: "/"}, func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		time.Sleep(time.Millisecond)
	})
	var all sync.WaitGroup
	for range 20 * maxRuns {
		all.Go(func() {
			_, err := p.perform(t.Context(), p.scenarios["x"], "", "", "")
			require.NoError(t, err)
		})
	}
	all.Wait()
	require.LessOrEqual(t, most.Load(), int64(maxRuns))
	require.Greater(t, most.Load(), int64(1))
	require.Empty(t, p.turns, "each run gives its turn back")
}

// A run waits for its turn, but not for ever, and not for a client that has left.
func TestTakeTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Config{})
		for range maxRuns {
			require.NoError(t, p.takeTurn(t.Context()))
		}
		began := time.Now()
		require.ErrorIs(t, p.takeTurn(t.Context()), apierr.Unavailable)
		require.Equal(t, turnTimeout, time.Since(began))

		left, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		require.ErrorIs(t, p.takeTurn(left), context.DeadlineExceeded)
		time.AfterFunc(time.Second, func() { <-p.turns })
		require.NoError(t, p.takeTurn(t.Context()))
	})
}

// When the client leaves, the run ends, and the handlers see that it has ended.
func TestPerform_ClientLeaves(t *testing.T) {
	began, ended := make(chan struct{}), make(chan struct{})
	p := newTestPage(t, Scenario{Name: "x", Path: "/", Times: 100}, func(w http.ResponseWriter, r *http.Request) {
		close(began) // once: no second request is sent
		<-r.Context().Done()
		close(ended)
	})
	ctx, leave := context.WithCancel(t.Context())
	go func() { <-began; leave() }()
	_, err := p.perform(ctx, p.scenarios["x"], "", "", "")
	require.ErrorIs(t, err, context.Canceled)
	<-ended
	require.Empty(t, p.turns)
}

// A server that cannot be reached has no record to wait for.
func TestPerform_NoServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l.Close()
	p := New(Config{Addr: l.Addr().String(), Plain: l.Addr().String(), Loopback: true, Groups: []Group{{Scenarios: []Scenario{{Name: "x", Path: "/"}}}}, Records: new(Records)})
	began := time.Now()
	got, err := p.perform(t.Context(), p.scenarios["x"], "", "", "")
	require.NoError(t, err)
	require.Contains(t, got.Failwell.Last.End, "no connection")
	require.Less(t, time.Since(began), recordTimeout)
}

// Whatever a handler answers, and whatever is entered, is text on the page.
func TestRun_Escapes(t *testing.T) {
	const hostile = `"><script>alert(1)</script>`
	s := Scenario{Name: "x", Path: "/", KeyHeader: "X-Key"}
	p := newTestPage(t, s, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Hostile", r.Header.Get("X-Key"))
		w.Write([]byte("</pre>" + hostile + "\x1b\u202e"))
	})
	for _, part := range []string{"", "result"} {
		form := url.Values{"scenario": {"x"}, "part": {part}, "key": {hostile}, "support": {hostile + "\x00\xff"}, "choice": {hostile}}
		r := httptest.NewRequest("POST", "/demo/run", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		require.NoError(t, p.run(w, r))
		require.Equal(t, 2, strings.Count(w.Body.String(), `&lt;/pre&gt;&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\u001b\u202e`))
		require.NotContains(t, w.Body.String(), "<script>")
		require.NotContains(t, w.Body.String(), "\u202e")
	}
}
