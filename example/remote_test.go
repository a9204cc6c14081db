package main

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/client"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/example/internal/catalog"
)

// visitor uses the demo with package client.
type visitor struct {
	contract apierr.Contract
	client   *client.Client
	api      *http.Client
	attempts []client.Attempt
}

// underEach calls visit for each contract, with -short for the first and the last:
// one with an envelope, and problem details. Each has a bubble of its own.
func underEach(t *testing.T, visit func(t *testing.T, v *visitor)) {
	for _, name := range contracts {
		if testing.Short() && name != contracts[0] && name != contracts[len(contracts)-1] {
			continue
		}
		t.Run(name, func(t *testing.T) {
			inBubble(t, name, func(t *testing.T, base http.RoundTripper) {
				c, err := catalog.Contract(name)
				require.NoError(t, err)
				v := &visitor{contract: c, client: client.New(c)}
				v.api = &http.Client{Transport: &client.Transport{Base: base, Observe: func(a client.Attempt) { v.attempts = append(v.attempts, a) }}}
				visit(t, v)
			})
		})
	}
}

// get sends a request, and returns the response and its failure.
func (v *visitor) get(t *testing.T, path string) (*http.Response, *client.RemoteError) {
	t.Helper()
	v.attempts = nil
	resp, err := v.api.Get(demoURL + path)
	require.NoError(t, err)
	t.Cleanup(func() { resp.Body.Close() })
	var remote *client.RemoteError
	if err := v.client.Error(resp); err != nil {
		require.ErrorAs(t, err, &remote)
	}
	return resp, remote
}

// Each declared error decodes to itself. Those that may pass are retried first.
func TestRemote_EachDeclaredError(t *testing.T) {
	underEach(t, func(t *testing.T, v *visitor) {
		for _, declared := range v.contract.Declared() {
			time.Sleep(time.Hour) // the budget is full again
			_, e := v.get(t, "/lab/raise/"+declared.Code)
			require.NotNil(t, e, declared.Code)
			require.False(t, e.Intermediary, declared.Code)
			require.ErrorIs(t, e, declared)
			require.Equal(t, declared.Code, e.Remote.Code)
			require.Equal(t, declared.Status, e.Remote.Status)
			require.Equal(t, declared.ID, e.Remote.ID)
			require.Equal(t, declared.Message, e.Remote.Message)
			require.NotEmpty(t, e.RequestID+e.CorrelationID)
			attempts := 1
			if slices.Contains([]int{429, 502, 503, 504}, declared.Status) && declared.RetryAfter <= 30*time.Second {
				attempts = 4
			}
			require.Len(t, v.attempts, attempts, declared.Code)
		}
	})
}

// The limited route is waited for exactly, and succeeds at the first retry.
func TestRemote_Limited(t *testing.T) {
	underEach(t, func(t *testing.T, v *visitor) {
		for range 5 {
			_, e := v.get(t, "/lab/limited")
			require.Nil(t, e)
			require.Len(t, v.attempts, 1)
		}
		for range 3 {
			began := time.Now()
			resp, e := v.get(t, "/lab/limited")
			require.Nil(t, e)
			require.Equal(t, 200, resp.StatusCode)
			require.Len(t, v.attempts, 2)
			require.Equal(t, 429, v.attempts[0].Status)
			require.Equal(t, 12*time.Second, time.Since(began))
		}
	})
}

// Without time to wait, the 429 is returned at once, typed, with what to wait for.
func TestRemote_LimitedWithoutTime(t *testing.T) {
	underEach(t, func(t *testing.T, v *visitor) {
		v.api.Timeout = 11 * time.Second
		for range 5 {
			v.get(t, "/lab/limited")
		}
		began := time.Now()
		_, e := v.get(t, "/lab/limited")
		require.Zero(t, time.Since(began))
		require.Equal(t, 429, e.Remote.Status)
		require.Equal(t, 12*time.Second, e.Remote.RetryAfter)
		require.Equal(t, client.ReasonWait, v.attempts[0].Reason)
	})
}

// Failures of the server end after the stated tries, with the typed error.
func TestRemote_ServerErrors(t *testing.T) {
	underEach(t, func(t *testing.T, v *visitor) {
		for _, test := range []struct {
			path     string
			status   int
			attempts int
			builtin  *apierr.Error
		}{
			{"/lab/panic", 500, 1, apierr.Internal},
			{"/lab/http-error", 500, 1, apierr.Internal},
			{"/lab/unmapped", 500, 1, apierr.Internal},
			{"/lab/timeout", 503, 4, apierr.Unavailable},
			{"/lab/proxy", 502, 4, apierr.BadGateway},
		} {
			_, e := v.get(t, test.path)
			require.Equal(t, test.status, e.Remote.Status, test.path)
			require.Len(t, v.attempts, test.attempts, test.path)
			require.False(t, e.Intermediary, test.path)
			want := test.builtin
			if m, ok := v.contract.Mappings[want]; ok {
				want = m.Error
			}
			require.ErrorIs(t, e, want, test.path)
		}
	})
}

// A panic midway is an error of the body, and not a short success. A connection
// that ends without a response is one of the request.
func TestRemote_Cut(t *testing.T) {
	underEach(t, func(t *testing.T, v *visitor) {
		resp, e := v.get(t, "/lab/panic-midway")
		require.Nil(t, e)
		body, err := io.ReadAll(resp.Body)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.Equal(t, "the first half\n", string(body))
		require.Len(t, v.attempts, 1, "nothing is retried once there is a body")

		v.attempts = nil
		_, err = v.api.Get(demoURL + "/lab/abort")
		require.Error(t, err)
		require.Len(t, v.attempts, 4)
	})
}

// Errors in streams arrive typed, after what came before them.
func TestRemote_Streams(t *testing.T) {
	failed := map[string]*apierr.Error{
		"chatbase": chatbase.ChatStreamingError, "polyai": polyai.InternalServerError, "avatarium": avatarium.InternalError,
		"standard": apierr.StreamFailed, "problem": apierr.StreamFailed,
	}
	underEach(t, func(t *testing.T, v *visitor) {
		resp, e := v.get(t, "/lab/sse-fails")
		require.Nil(t, e)
		var events []string
		for event, err := range v.client.Events(resp.Body) {
			if err != nil {
				require.ErrorAs(t, err, &e)
				break
			}
			events = append(events, event.Name+" "+string(event.Data))
		}
		require.Equal(t, []string{"number 1", "number 2"}, events)
		require.False(t, e.Intermediary)
		require.ErrorIs(t, e, failed[v.contract.Name])

		resp, e = v.get(t, "/lab/ndjson-fails")
		require.Nil(t, e)
		var lines []string
		for line, err := range v.client.Lines(resp.Body) {
			if err != nil {
				require.ErrorAs(t, err, &e)
				break
			}
			lines = append(lines, string(line))
		}
		require.Equal(t, []string{`{"number":1}`, `{"number":2}`}, lines)
		require.False(t, e.Intermediary)
		require.ErrorIs(t, e, failed[v.contract.Name])
	})
}

// A stream of the chat API is whole, or ends with the error that its handler
// raised.
func TestRemote_Chat(t *testing.T) {
	d := start(t, "chatbase")
	chat := client.New(chatbase.Contract)
	for _, test := range []struct {
		message string
		last    string
		err     error
	}{
		{"Hello", "done", nil},
		{"fail midway", "text", chatbase.ChatStreamingError},
	} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", d.url+chatPath, strings.NewReader(`{"stream":true,"message":"`+test.message+`"}`))
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer YOUR_API_KEY")
		r.Header.Set("Content-Type", "application/json")
		resp, err := (&http.Client{Transport: &client.Transport{}}).Do(r)
		require.NoError(t, err)
		defer resp.Body.Close()
		require.NoError(t, chat.Error(resp))
		last, end := "", error(nil)
		for e, err := range chat.Events(resp.Body) {
			if err != nil {
				end = err
				break
			}
			last = e.Name
		}
		require.Equal(t, test.last, last)
		require.True(t, errors.Is(end, test.err), "%v", end)
	}
}
