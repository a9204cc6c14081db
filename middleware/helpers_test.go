package middleware_test

import (
	"bytes"
	"context"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// site is a real server on the loopback with New around its handler.
type site struct {
	*httptest.Server
	t      *testing.T
	client *http.Client
	log    *records
	errors *buffer // the server's ErrorLog
}

// onWire runs the test over HTTP/1.1 and over HTTP/2.
func onWire(t *testing.T, h http.Handler, test func(*testing.T, *site), opts ...middleware.Option) {
	t.Helper()
	t.Run("HTTP/1.1", func(t *testing.T) { test(t, serve(t, 1, h, opts...)) })
	t.Run("HTTP/2", func(t *testing.T) { test(t, serve(t, 2, h, opts...)) })
}

func serve(t *testing.T, major int, h http.Handler, opts ...middleware.Option) *site {
	t.Helper()
	logged := newRecords()
	opts = append([]middleware.Option{logTo(logged)}, opts...)
	return serveBare(t, major, middleware.New(apierr.Standard, opts...)(h), logged)
}

// serveBare is serve for a handler that has its New already.
func serveBare(t *testing.T, major int, h http.Handler, logged *records) *site {
	t.Helper()
	s := &site{Server: httptest.NewUnstartedServer(h), t: t, log: logged, errors: new(buffer)}
	s.Config.ErrorLog = log.New(s.errors, "", 0)
	if major == 2 {
		s.EnableHTTP2 = true
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	s.client = s.Client()
	s.client.Timeout = patience
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.client.Transport.(*http.Transport).DisableCompression = true
	return s
}

// reply is a response as the client read it.
type reply struct {
	*http.Response
	body string
	err  error // of reading: the answer was cut
}

func (s *site) send(r *http.Request) reply {
	s.t.Helper()
	resp, err := s.client.Do(r)
	if err != nil {
		return reply{err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return reply{resp, string(body), err}
}

func (s *site) do(method, path, body string, header ...string) reply {
	s.t.Helper()
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	require.NoError(s.t, err)
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] != "" {
			r.Header.Add(header[i], header[i+1])
		}
	}
	return s.send(r)
}

func (s *site) get(path string, header ...string) reply {
	s.t.Helper()
	return s.do("GET", path, "", header...)
}

// raw sends the bytes over a connection of its own and returns it.
func (s *site) raw(request string) net.Conn {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	require.NoError(s.t, err)
	s.t.Cleanup(func() { conn.Close() })
	require.NoError(s.t, conn.SetDeadline(time.Now().Add(patience)))
	_, err = io.WriteString(conn, request)
	require.NoError(s.t, err)
	return conn
}

// failure is the error of an envelope.
type failure struct {
	Code    string         `json:"code"`
	Message string         `json:"message"`
	Details map[string]any `json:"details"`
}

// failure reads a whole answer in the contract's form.
func (r reply) failure(t *testing.T) failure {
	t.Helper()
	require.NoError(t, r.err)
	require.Equal(t, "application/json", r.Header.Get("Content-Type"), "%s", r.body)
	return readEnvelope(t, r.body)
}

func readEnvelope(t *testing.T, body string) failure {
	t.Helper()
	var envelope struct {
		Error failure `json:"error"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &envelope), "%q", body)
	return envelope.Error
}

// code is the code of a whole answer, "" where the answer is none.
func (r reply) code() string {
	var envelope struct {
		Error failure `json:"error"`
	}
	if r.err != nil || json.Unmarshal([]byte(r.body), &envelope) != nil {
		return ""
	}
	return envelope.Error.Code
}

// record is one log record, its attributes by key.
type record map[string]any

// records is a slog handler that keeps what it is given.
type records struct {
	mu   *sync.Mutex
	b    *bytes.Buffer
	come chan record
	slog.Handler
}

func newRecords() *records {
	r := &records{mu: new(sync.Mutex), b: new(bytes.Buffer), come: make(chan record, 10_000)}
	r.Handler = slog.NewJSONHandler(r.b, &slog.HandlerOptions{Level: slog.LevelDebug})
	return r
}

func (r *records) Handle(ctx context.Context, rec slog.Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.b.Reset()
	if err := r.Handler.Handle(ctx, rec); err != nil {
		return err
	}
	var m record
	if err := json.Unmarshal(r.b.Bytes(), &m); err != nil {
		return err
	}
	r.come <- m
	return nil
}

func (r *records) logger() *slog.Logger { return slog.New(r) }

// next waits for a record: it is made after the answer was sent.
func (r *records) next(t *testing.T) record {
	t.Helper()
	select {
	case rec := <-r.come:
		return rec
	case <-time.After(patience):
		require.FailNow(t, "no record came")
		return nil
	}
}

// one waits for the only record of the only request.
func (s *site) one(t *testing.T) record {
	t.Helper()
	rec := s.log.next(t)
	s.Close() // waits for the handlers
	require.Empty(t, s.log.come)
	return rec
}

// buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// writes is a handler that sends the header and the text.
func writes(status int, text string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Add(header[i], header[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, text)
	}
}

// returns is a handler that fails with err.
func returns(err error) http.Handler {
	return apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return err })
}

// panics is a handler that does.
func panics(v any) http.HandlerFunc {
	return func(http.ResponseWriter, *http.Request) { panic(v) }
}

// byPath serves each handler under its path.
type byPath map[string]http.Handler

func (m byPath) ServeHTTP(w http.ResponseWriter, r *http.Request) { m[r.URL.Path].ServeHTTP(w, r) }
