package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr/client"
)

func get(t testing.TB, ctx context.Context) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, "GET", "http://api.test/", nil)
	require.NoError(t, err)
	return r
}

// A random wait is anywhere below its bound, which doubles up to MaxWait.
func TestBackoff(t *testing.T) {
	const times = 400
	bounds := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 3 * time.Second, 3 * time.Second}
	sum, longest := make([]time.Duration, len(bounds)), make([]time.Duration, len(bounds))
	for range times {
		synctest.Test(t, func(t *testing.T) {
			s := &server{steps: []step{{status: 503}}}
			tr := &client.Transport{Base: s, MaxRetries: len(bounds), MaxWait: 3 * time.Second}
			_, err := tr.RoundTrip(get(t, t.Context()))
			require.NoError(t, err)
			for i := range bounds {
				wait := s.at[i+1] - s.at[i]
				sum[i], longest[i] = sum[i]+wait, max(longest[i], wait)
			}
		})
	}
	for i, bound := range bounds {
		require.Less(t, longest[i], bound, "retry %d", i+1)
		require.Greater(t, longest[i], bound*9/10, "retry %d", i+1)
		require.InDelta(t, bound/2, sum[i]/times, float64(bound/10), "retry %d: the mean is half of the bound", i+1)
	}
}

// A wait that cannot end in time is not begun. The last response is returned,
// whole.
func TestDeadline(t *testing.T) {
	for _, test := range []struct {
		name     string
		timeout  time.Duration
		header   string
		attempts int
		wait     time.Duration
	}{
		{"the wait ends before it", 10 * time.Second, "Retry-After: 4", 3, 8 * time.Second}, // the third would wait until 12 s
		{"the wait ends at it", 4 * time.Second, "Retry-After: 4", 1, 0},
		{"the wait ends after it", 3 * time.Second, "Retry-After: 4", 1, 0},
		{"a nanosecond later", 4*time.Second + 1, "Retry-After: 4", 2, 4 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{steps: []step{{status: 503, header: test.header}}}
				var last client.Attempt
				tr := &client.Transport{Base: s, Observe: func(a client.Attempt) { last = a }}
				ctx, cancel := context.WithTimeout(t.Context(), test.timeout)
				defer cancel()
				resp, err := tr.RoundTrip(get(t, ctx))
				require.NoError(t, err)
				require.Equal(t, 503, resp.StatusCode)
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				require.True(t, strings.HasPrefix(string(body), "attempt "), "%s", body)
				require.Len(t, s.at, test.attempts)
				require.Equal(t, test.wait, time.Since(s.began))
				require.Equal(t, client.ReasonWait, last.Reason)
				require.Equal(t, 4*time.Second, last.Wait)
				require.False(t, last.Retries())
			})
		})
	}
}

// The deadline of an http.Client is one too.
func TestDeadlineOfClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{steps: []step{{status: 503, header: "Retry-After: 20"}}}
		c := &http.Client{Transport: &client.Transport{Base: s}, Timeout: 10 * time.Second}
		resp, err := c.Get("http://api.test/")
		require.NoError(t, err)
		require.Equal(t, 503, resp.StatusCode)
		require.Zero(t, time.Since(s.began))
		resp.Body.Close()
	})
}

// A context that ends during a wait ends it, with the cause.
func TestCancelDuringWait(t *testing.T) {
	enough := errors.New("enough")
	for _, test := range []struct {
		name string
		body string
	}{
		{"without a body", ""},
		{"with the body of the next attempt open", "body"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{steps: []step{{status: 429, header: "Retry-After: 20"}}}
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(5*time.Second, func() { cancel(enough) })
				r := get(t, ctx)
				opened, closed := 0, 0
				if test.body != "" {
					r.Body = io.NopCloser(strings.NewReader(test.body))
					r.GetBody = func() (io.ReadCloser, error) {
						opened++
						return &body{strings.NewReader(test.body), func() { closed++ }}, nil
					}
				}
				resp, err := (&client.Transport{Base: s}).RoundTrip(r)
				require.ErrorIs(t, err, enough)
				require.Nil(t, resp)
				require.Equal(t, 5*time.Second, time.Since(s.began))
				require.Len(t, s.at, 1)
				require.Equal(t, 1, s.closed)
				require.Equal(t, opened, closed)
			})
		})
	}
}

// An error after the context has ended is no failure of the server.
func TestCancelDuringAttempt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var last client.Attempt
	tr := &client.Transport{
		Base: roundTrip(func(r *http.Request) (*http.Response, error) {
			cancel()
			return nil, r.Context().Err()
		}),
		Observe: func(a client.Attempt) { last = a },
	}
	_, err := tr.RoundTrip(get(t, ctx))
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 1, last.Number)
	require.Equal(t, client.ReasonPermanent, last.Reason)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// The body of a response that is not returned is read within bounds of bytes and of time. The wait
// is not longer for it.
func TestDrain(t *testing.T) {
	for _, test := range []struct {
		name   string
		body   func(closed <-chan struct{}) io.Reader
		header string
		read   int64 // at most
		wait   time.Duration
	}{
		{"short", func(<-chan struct{}) io.Reader { return strings.NewReader("x") }, "Retry-After: 2", 1, 2 * time.Second},
		{"10 GB", func(<-chan struct{}) io.Reader { return io.LimitReader(zeros{}, 10<<30) }, "Retry-After: 2", 64 << 10, 2 * time.Second},
		{"without end, slowly", func(closed <-chan struct{}) io.Reader { return trickle{closed} }, "Retry-After: 2", 3, 2 * time.Second},
		{"an error", func(<-chan struct{}) io.Reader { return broken{} }, "Retry-After: 2", 0, 2 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n, counted, closed := 0, new(counting), make(chan struct{})
				tr := &client.Transport{Base: roundTrip(func(r *http.Request) (*http.Response, error) {
					if n++; n > 1 {
						return response(200, "", "whole"), nil
					}
					resp := response(503, "", "")
					resp.Header.Set("Retry-After", "2")
					counted.Reader = test.body(closed)
					resp.Body = &body{counted, func() { close(closed) }}
					return resp, nil
				})}
				began := time.Now()
				resp, err := tr.RoundTrip(get(t, t.Context()))
				require.NoError(t, err)
				require.Equal(t, 200, resp.StatusCode)
				require.Equal(t, test.wait, time.Since(began))
				<-closed
				synctest.Wait()
				require.LessOrEqual(t, counted.n, test.read)
			})
		})
	}
}

// zeros is a reader without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// trickle yields a byte each 100 ms until it is closed.
type trickle struct{ closed <-chan struct{} }

func (b trickle) Read(p []byte) (int, error) {
	select {
	case <-b.closed:
		return 0, http.ErrBodyReadAfterClose
	case <-time.After(100 * time.Millisecond):
		return 1, nil
	}
}

// counting counts the bytes that are read.
type counting struct {
	io.Reader
	n int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}
