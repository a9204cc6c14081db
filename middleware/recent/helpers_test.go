package recent_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/recent"
)

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// site is a real server whose failures are kept.
type site struct {
	*httptest.Server
	t        *testing.T
	failures *recent.Failures
	observed chan middleware.Outcome // of each request, after it was kept
}

// serve serves h under New, with the page of failures for everyone at /support/.
func serve(t *testing.T, h http.Handler, opts ...recent.Option) *site {
	t.Helper()
	s := &site{t: t, failures: recent.New(opts...), observed: make(chan middleware.Outcome, 1000)}
	mux := http.NewServeMux()
	mux.Handle("/support/", s.failures.Handler(func(*http.Request) bool { return true }))
	if h != nil {
		mux.Handle("/", h)
	}
	wrap := middleware.New(apierr.Standard, middleware.WithLogger(nil),
		middleware.WithObserver(s.failures.Observe),
		middleware.WithObserver(func(_ context.Context, o middleware.Outcome) { s.observed <- o }))
	s.Server = httptest.NewUnstartedServer(wrap(mux))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// wait waits until the next request is over, and returns its outcome.
func (s *site) wait() middleware.Outcome {
	s.t.Helper()
	select {
	case o := <-s.observed:
		return o
	case <-time.After(patience):
		require.FailNow(s.t, "no request ended")
		return middleware.Outcome{}
	}
}

// get sends a request and returns the response with its body. It does not wait
// until the request is over.
func (s *site) get(path string, header ...string) (*http.Response, string) {
	s.t.Helper()
	r, err := http.NewRequest("GET", s.URL+path, nil)
	require.NoError(s.t, err)
	return s.send(r, header...)
}

func (s *site) send(r *http.Request, header ...string) (*http.Response, string) {
	s.t.Helper()
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, ""
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body) // a response may be cut
	return resp, string(body)
}

// leave sends a request and closes the connection once the handler runs.
func (s *site) leave(path string, running <-chan struct{}, header string) {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	require.NoError(s.t, err)
	_, err = io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: x\r\n"+header+"\r\n\r\n")
	require.NoError(s.t, err)
	<-running
	conn.Close()
}

// report is what the JSON says.
type report struct {
	ID           string
	Failures     []failure
	MoreFailures int `json:"more_failures"`
	Related      []failure
	MoreRelated  int      `json:"more_related"`
	ServerErrors overview `json:"server_errors"`
	ClientErrors overview `json:"client_errors"`
}

type overview struct {
	Kept   int
	Oldest time.Time
	Groups []struct {
		Code, Route   string
		Status, Count int
		Newest        []failure
	}
	MoreGroups int `json:"more_groups"`
}

type failure struct {
	Time          time.Time
	RequestID     string `json:"request_id"`
	CorrelationID string `json:"correlation_id"`
	TraceID       string `json:"trace_id"`
	Method        string
	Path, Route   string
	Status        int
	Code          string
	DurationMS    float64 `json:"duration_ms"`
	Cause         string
	Violations    []struct{ In, Path, Rule string }
	WriteError    string `json:"write_error"`
	Secondary     string `json:"secondary_error"`
	ClientGone    bool   `json:"client_gone"`
	Cut           bool
	Stack         string
}

// read returns the JSON at the path, served to everyone.
func read(t *testing.T, s *recent.Failures, target string) report {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler(everyone).ServeHTTP(w, httptest.NewRequest("GET", target, nil))
	require.Equal(t, 200, w.Code)
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	var r report
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &r), w.Body)
	return r
}

func everyone(*http.Request) bool { return true }

// observe keeps outcomes.
func observe(s *recent.Failures, outcomes ...middleware.Outcome) {
	for _, o := range outcomes {
		s.Observe(context.Background(), o)
	}
}

func request(target string) *http.Request { return httptest.NewRequest("GET", target, nil) }

// show returns all fields of f as text.
func show(f recent.Failure) string { return fmt.Sprintf("%+v", f) }
