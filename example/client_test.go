package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/example/internal/limits"
)

// demo is the whole server on loopback, and a client that looks for faults in
// whatever it answers.
type demo struct {
	url      string
	contract string
	support  *support
	plain    http.Handler // without New
}

func start(t *testing.T, contract string) demo {
	t.Helper()
	return startWith(t, contract, limits.InMemory)
}

// startWith is start with limits made by limit.
func startWith(t *testing.T, contract string, limit limits.Maker) demo {
	t.Helper()
	srv := httptest.NewUnstartedServer(nil)
	url := "http://" + srv.Listener.Addr().String()
	h, err := newServer(settings{contract: contract, at: address{strings.TrimPrefix(url, "http://"), true}, logger: slog.New(slog.DiscardHandler), limit: limit})
	require.NoError(t, err)
	srv.Config.Handler = h
	srv.Start()
	t.Cleanup(func() { h.stop(); srv.Close() })
	return demo{url, contract, h.support, h.plain}
}

// tested are the contracts that a slow test goes through: under -short two that
// have little in common.
func tested() []string {
	if testing.Short() {
		return []string{"polyai", "problem"}
	}
	return contracts
}

// ask is a request. A body is sent as JSON unless the header says otherwise.
type ask struct {
	method, path, key, body string
	header                  http.Header
}

// jsonType is for bodies that are empty.
var jsonType = http.Header{"Content-Type": {"application/json"}}

// answer is a response, read to its end.
type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a and checks what must hold for every answer.
func (d demo) do(t *testing.T, a ask) answer {
	t.Helper()
	got, err := d.try(t, a)
	require.NoError(t, err)
	return got
}

// try is do for answers that may be cut: err is that of reading the body.
func (d demo) try(t *testing.T, a ask) (answer, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), a.method, d.url+a.path, strings.NewReader(a.body))
	require.NoError(t, err)
	if a.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, values := range a.header {
		req.Header[name] = values
	}
	if a.key != "" && d.contract == "polyai" {
		req.Header.Set("X-Api-Key", a.key)
	} else if a.key != "" {
		req.Header.Set("Authorization", "Bearer "+a.key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	got := answer{resp.StatusCode, resp.Header, string(body)}
	d.checkAlways(t, got)
	return got, err
}

// leaks are words that no answer may hold.
var leaks = []string{
	"lab-secret", "goroutine", ".go:", "runtime.", "panic(", "github.com/", "*errors.", "*apierr.",
	"sendRequest", "annotateRequest", "Go struct", "reflect", "0x",
}

func (d demo) checkAlways(t *testing.T, got answer) {
	t.Helper()
	name := "X-Request-Id"
	if d.contract == "polyai" {
		name = "X-Polyai-Correlation-Id"
	}
	require.Len(t, got.header[name], 1, "one %s", name)
	require.NotEmpty(t, got.header[name][0])
	for _, leak := range leaks {
		require.NotContains(t, got.body, leak)
		for name, values := range got.header {
			require.NotContains(t, strings.Join(values, " "), leak, name)
		}
	}
}

// failure is what the five contracts have in common.
type failure struct {
	Code, Message string
	ID            *int
	CorrelationID string `json:"correlation_id"`
	Details       map[string]any
}

// failure reads the body as the contract has it, and checks its form.
func (d demo) failure(t *testing.T, got answer) failure {
	t.Helper()
	if d.contract == "problem" {
		require.Equal(t, "application/problem+json", got.header.Get("Content-Type"))
		var p struct {
			Type, Title, Detail, Instance, Code string
			Status                              int
		}
		require.NoError(t, json.Unmarshal([]byte(got.body), &p), got.body)
		require.Equal(t, got.status, p.Status)
		require.NotEmpty(t, p.Type)
		require.NotEmpty(t, p.Title)
		return failure{Code: p.Code, Message: p.Detail}
	}
	require.Equal(t, "application/json", got.header.Get("Content-Type"))
	var body map[string]failure
	require.NoError(t, json.Unmarshal([]byte(got.body), &body), got.body)
	require.Len(t, body, 1)
	f := body["error"]
	if d.contract == "polyai" {
		require.Equal(t, got.header.Get("X-Polyai-Correlation-Id"), f.CorrelationID)
	}
	return f
}

// fails checks that the answer is this failure, whole and in form.
func (d demo) fails(t *testing.T, got answer, status int, code string) failure {
	t.Helper()
	require.Equal(t, status, got.status, got.body)
	f := d.failure(t, got)
	require.Equal(t, code, f.Code)
	require.NotEmpty(t, f.Message)
	switch status {
	case http.StatusUnauthorized:
		require.NotEmpty(t, got.header.Get("Www-Authenticate"))
	case http.StatusMethodNotAllowed:
		require.Contains(t, got.header, "Allow") // empty where nobody knows
	case http.StatusTooManyRequests:
		require.Regexp(t, `^[1-9][0-9]*$`, got.header.Get("Retry-After"))
	}
	return f
}

// row is one line of a table: a request, and what is answered.
type row struct {
	method, path, key, body string
	status                  int
	code                    string // empty: it does not fail
}

// run sends the rows one after the other and returns the codes it saw.
func (d demo) run(t *testing.T, rows []row) map[string]bool {
	t.Helper()
	seen := make(map[string]bool)
	for _, row := range rows {
		t.Run(strings.TrimSpace(row.code+" "+row.method+" "+row.path), func(t *testing.T) {
			got := d.do(t, ask{method: row.method, path: row.path, key: row.key, body: row.body})
			if row.code == "" {
				require.Equal(t, row.status, got.status, got.body)
				require.NotContains(t, got.body, `"error"`)
				return
			}
			d.fails(t, got, row.status, row.code)
			seen[row.code] = true
		})
	}
	return seen
}

// decode reads the body of a success.
func decode[T any](t *testing.T, got answer) (v T) {
	t.Helper()
	require.Equal(t, 200, got.status, got.body)
	require.NoError(t, json.Unmarshal([]byte(got.body), &v), got.body)
	return v
}
