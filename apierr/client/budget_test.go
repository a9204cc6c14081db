package client_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr/client"
)

// down is a server that answers 503, and counts.
type down struct{ attempts atomic.Int64 }

func (d *down) RoundTrip(*http.Request) (*http.Response, error) {
	d.attempts.Add(1)
	return response(503, "", ""), nil
}

// The retries of a server that is down, by how often it is asked.
func TestBudget(t *testing.T) {
	for _, test := range []struct {
		name     string
		requests int
		every    time.Duration
		retries  int64 // within 3
	}{
		{"one", 1, 0, 3},
		{"three", 3, 0, 9},
		{"a burst", 1000, 0, 110}, // the reserve and a tenth
		{"a thousand a second, for 5 s", 5000, time.Millisecond, 510},
		{"one a second, for 1000 s", 1000, time.Second, 110},
		{"one each 15 s", 100, 15 * time.Second, 20}, // no time of an outage earns more
		{"one a minute", 100, time.Minute, 20},
		{"one a day", 100, 24 * time.Hour, 20},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := new(down)
				tr := &client.Transport{Base: s}
				r := get(t, t.Context())
				var wg sync.WaitGroup
				for range test.requests {
					wg.Go(func() {
						resp, err := tr.RoundTrip(r)
						require.NoError(t, err)
						require.Equal(t, 503, resp.StatusCode)
					})
					time.Sleep(test.every)
				}
				wg.Wait()
				require.InDelta(t, test.retries, s.attempts.Load()-int64(test.requests), 3)
			})
		})
	}
}

// The reason is reported, and successes earn retries too.
func TestBudgetRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		status, reason := 503, client.Reason("")
		attempts := 0
		tr := &client.Transport{
			Base: roundTrip(func(*http.Request) (*http.Response, error) {
				attempts++
				return response(status, "", ""), nil
			}),
			MaxRetries: 20,
			Observe:    func(a client.Attempt) { reason = a.Reason },
			MaxWait:    time.Millisecond,
		}
		send := func() int {
			attempts = 0
			_, err := tr.RoundTrip(get(t, t.Context()))
			require.NoError(t, err)
			return attempts
		}
		require.Equal(t, 11, send(), "ten in reserve")
		require.Equal(t, client.ReasonBudget, reason)
		require.Equal(t, 1, send())
		status = 200
		for range 30 {
			require.Equal(t, 1, send())
		}
		status = 503
		require.Equal(t, 1+3, send(), "thirty requests earn three")
		time.Sleep(time.Hour)
		require.Equal(t, 1, send(), "the time of an outage earns none")
		answers := func(after time.Duration) {
			time.Sleep(after)
			status = 200
			require.Equal(t, 1, send())
			status = 503
		}
		answers(20 * time.Second)
		require.Equal(t, 1+2, send(), "twenty seconds until an answer earn two")
		for range 3 {
			answers(6 * time.Second)
		}
		require.Equal(t, 1+2, send(), "in parts, too")
		answers(time.Hour)
		require.Equal(t, 1+10, send(), "and no time more than ten")
	})
}

// A body that was opened for a retry is closed if there is none left.
func TestBudgetClosesBodies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reason client.Reason
		tr := &client.Transport{Base: &server{steps: []step{{status: 503}}}, MaxRetries: 20, Observe: func(a client.Attempt) { reason = a.Reason }}
		r := get(t, t.Context())
		opened, closed := 0, 0
		r.Body = io.NopCloser(strings.NewReader("body"))
		r.GetBody = func() (io.ReadCloser, error) {
			opened++
			return &body{strings.NewReader("body"), func() { closed++ }}, nil
		}
		_, err := tr.RoundTrip(r)
		require.NoError(t, err)
		require.Equal(t, client.ReasonBudget, reason)
		require.Equal(t, 11, opened)
		require.Equal(t, opened, closed)
	})
}
