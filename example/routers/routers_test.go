package routers_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/example/routers"
)

// recipes are all of this package. Connect speaks its own protocol: its cases
// are in connect_test.go.
var recipes = []struct {
	name    string
	handler func(*slog.Logger) http.Handler
	// agent is the pattern of one agent in the router's syntax.
	agent string
	// noMethods: the router does not say which methods a 405 allows.
	noMethods bool
	// noGroup405: the router answers a wrong method in a group with 404.
	noGroup405 bool
}{
	{name: "ServeMux", handler: routers.NetHTTP, agent: "/agents/{id}"},
	{name: "chi", handler: routers.Chi, agent: "/agents/{id}"},
	{name: "gorilla", handler: routers.Gorilla, agent: "/agents/{id}", noMethods: true},
	{name: "gin", handler: routers.Gin, agent: "/agents/:id"},
	{name: "echo4", handler: routers.Echo4, agent: "/agents/:id", noGroup405: true},
	{name: "echo5", handler: routers.Echo5, agent: "/agents/:id", noGroup405: true},
	{name: "ogen", handler: routers.Ogen, agent: "/agents/{id}"},
	{name: "oapi", handler: routers.OAPI, agent: "/agents/{id}"},
}

// want is the answer to one request, and its record.
type want struct {
	status  int
	code    string // of the body and of the record; empty: no error
	message string // of the body; empty: not looked at
	problem bool   // the body is in V2's form
	level   string // of the record
	logged  string // a text that the record has and the body has not
	// route is that of the record: agent and v2agent stand for the router's
	// pattern, none for no route at all. Empty: not looked at.
	route string
}

const (
	agent, v2agent, none = "agent", "v2agent", "none"

	jsonType    = "application/json"
	problemType = "application/problem+json"
)

// cases are what every recipe passes, one line a case.
var cases = []struct {
	name, method, path, body string
	want                     want
}{
	// Successes.
	{"success", "GET", "/agents/7", "", want{status: 200, level: "INFO", route: agent}},
	{"success with a body", "POST", "/agents", `{"name":"Ada"}`, want{status: 200, level: "INFO", route: "/agents"}},
	{"success in the group", "GET", "/v2/agents/7", "", want{status: 200, level: "INFO", route: v2agent}},

	// Failures of the router.
	{"404", "GET", "/nowhere", "", want{status: 404, code: "RESOURCE_NOT_FOUND", message: notFound, level: "INFO"}},
	{"404 below a route of another depth", "GET", "/export/nowhere", "", want{status: 404, code: "RESOURCE_NOT_FOUND", message: notFound, level: "INFO"}},
	{"405", "DELETE", "/agents/7", "", want{status: 405, code: "METHOD_NOT_ALLOWED", level: "INFO"}},

	// Errors of handlers.
	{"declared error", "GET", "/agents/unknown", "", want{status: 404, code: "AGENT_NOT_FOUND", message: "The agent does not exist", level: "INFO", logged: "agent-secret: no row", route: agent}},
	{"error with HTTPStatus", "GET", "/agents/seats", "", want{status: 409, code: "RESOURCE_CONFLICT", message: "All seats are taken", level: "INFO", logged: "agent-secret: all seats of acme", route: agent}},
	{"unknown error", "GET", "/agents/broken", "", want{status: 500, code: "INTERNAL_SERVER_ERROR", level: "ERROR", logged: "agent-secret: the database", route: agent}},
	{"panic", "GET", "/agents/panic", "", want{status: 500, code: "INTERNAL_SERVER_ERROR", level: "ERROR", logged: "findAgent", route: agent}},

	// Input that cannot be bound.
	{"wrong type", "POST", "/agents", `{"name":7}`, want{status: 400, code: "VALIDATION_INVALID_BODY", level: "INFO"}},
	{"wrong type of another member", "POST", "/agents", `{"name":"Ada","seats":"agent-secret"}`, want{status: 400, code: "VALIDATION_INVALID_BODY", level: "INFO"}},
	{"too large", "POST", "/agents", `{"name":"` + strings.Repeat("a", 2<<20) + `"}`, want{status: 413, code: "REQUEST_BODY_TOO_LARGE", level: "INFO"}},

	// The group with its own contract.
	{"group: 404", "GET", "/v2/nowhere", "", want{status: 404, code: "RESOURCE_NOT_FOUND", message: notFound, problem: true, level: "INFO"}},
	{"group: 405", "DELETE", "/v2/agents/7", "", want{status: 405, code: "METHOD_NOT_ALLOWED", problem: true, level: "INFO"}},
	{"group: declared error", "GET", "/v2/agents/unknown", "", want{status: 404, code: "AGENT_NOT_FOUND", problem: true, level: "INFO", route: v2agent}},
	{"group: error with HTTPStatus", "GET", "/v2/agents/seats", "", want{status: 409, code: "RESOURCE_CONFLICT", message: "All seats are taken", problem: true, level: "INFO", route: v2agent}},
	{"group: unknown error", "GET", "/v2/agents/broken", "", want{status: 500, code: "INTERNAL_SERVER_ERROR", problem: true, level: "ERROR", logged: "agent-secret: the database", route: v2agent}},
	{"group: panic", "GET", "/v2/agents/panic", "", want{status: 500, code: "INTERNAL_SERVER_ERROR", problem: true, level: "ERROR", logged: "findAgent", route: v2agent}},
}

// notFound is the message of the built-in error: the router's own words never
// replace it.
const notFound = "The resource does not exist"

// TestMain keeps gin quiet.
func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode)
	os.Exit(m.Run())
}

// TestRecipes holds that every recipe answers every failure once, whole and in
// the contract's form, and logs it once, with its route.
func TestRecipes(t *testing.T) {
	for _, recipe := range recipes {
		for _, version := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s, HTTP/%d", recipe.name, version), func(t *testing.T) {
				for _, test := range cases {
					t.Run(test.name, func(t *testing.T) {
						s := serve(t, recipe.handler, version)
						res, body := s.send(test.method, test.path, test.body)
						rec := s.record()

						want := test.want
						if want.status == 405 && want.problem && recipe.noGroup405 {
							want.status, want.code = 404, "RESOURCE_NOT_FOUND"
						}
						require.Equal(t, want.status, res.StatusCode, "%s", body)
						requireOneID(t, res, rec)
						requireNoSecret(t, body)
						require.EqualValues(t, want.status, rec["status"])
						require.Equal(t, want.level, rec["level"])
						switch want.route {
						case agent:
							require.Equal(t, recipe.agent, rec["route"])
						case v2agent:
							require.Equal(t, "/v2"+recipe.agent, rec["route"])
						case "":
						default:
							require.Equal(t, want.route, rec["route"])
						}
						requireError(t, res, body, rec, want)
						if want.status == 405 && !recipe.noMethods {
							require.Contains(t, res.Header.Get("Allow"), "GET")
						}
					})
				}
				t.Run("syntax error", func(t *testing.T) {
					for _, body := range []string{`{"name":`, `{`, `{"name" 7}`, "\x00", `"agent-secret"`, `[1`} {
						s := serve(t, recipe.handler, version)
						res, answer := s.send("POST", "/agents", body)
						require.Equal(t, 400, res.StatusCode, "%q: %s", body, answer)
						require.Equal(t, jsonType, res.Header.Get("Content-Type"))
						requireNoSecret(t, answer)
						require.EqualValues(t, 400, s.record()["status"])
					}
				})
				t.Run("failure after the response has begun", func(t *testing.T) {
					s := serve(t, recipe.handler, version)
					res, err := s.client.Get(s.url + "/export")
					require.NoError(t, err)
					defer res.Body.Close()
					require.Equal(t, 200, res.StatusCode)
					body, err := io.ReadAll(res.Body)
					require.Error(t, err, "the client sees that the answer is not whole")
					require.GreaterOrEqual(t, len(body), 8<<10)
					require.NotContains(t, string(body), "agent-secret")
					require.NotContains(t, string(body), "INTERNAL")
					rec := s.record()
					require.Equal(t, "ERROR", rec["level"])
					require.Equal(t, true, rec["cut"])
					require.Equal(t, "STREAM_FAILED", rec["code"])
					require.Contains(t, rec["cause"], "agent-secret: the disk is gone")
					require.Equal(t, "/export", rec["route"])
				})
				t.Run("rate limit", func(t *testing.T) {
					s := serve(t, recipe.handler, version)
					for range 2 {
						res, body := s.send("POST", "/agents", `{"name":"Ada"}`)
						require.Equal(t, 200, res.StatusCode, "%s", body)
						require.NotEmpty(t, res.Header.Get("RateLimit"))
						s.record()
					}
					res, body := s.send("POST", "/agents", `{"name":"Ada"}`)
					require.NotEmpty(t, res.Header.Get("Retry-After"))
					rec := s.record()
					requireOneID(t, res, rec)
					requireError(t, res, body, rec, want{status: 429, code: "RATE_LIMIT_TOO_MANY_REQUESTS"})
				})
				t.Run("HEAD of an error has no body", func(t *testing.T) {
					s := serve(t, recipe.handler, version)
					res, body := s.send("HEAD", "/nowhere", "")
					require.Equal(t, 404, res.StatusCode)
					require.Equal(t, jsonType, res.Header.Get("Content-Type"))
					require.Empty(t, body)
					require.Equal(t, "RESOURCE_NOT_FOUND", s.record()["code"])
				})
			})
		}
	}
}

// TestRecipes_SlowBody holds that a body which does not arrive in time is a 408,
// and not the 400 that frameworks make of it.
func TestRecipes_SlowBody(t *testing.T) {
	for _, recipe := range recipes {
		t.Run(recipe.name, func(t *testing.T) {
			t.Parallel() // they wait
			s := start(t, recipe.handler, 100*time.Millisecond)
			conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
			require.NoError(t, err)
			defer conn.Close()
			fmt.Fprint(conn, "POST /agents HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"name\":")
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			require.NoError(t, err)
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			require.NoError(t, err)
			requireError(t, res, string(body), s.record(), want{code: "REQUEST_TIMEOUT"})
			require.Equal(t, 408, res.StatusCode)
		})
	}
}

// server is a recipe on a real connection, with its log.
type server struct {
	t      *testing.T
	url    string
	client *http.Client
	log    *logBuffer
}

// logBuffer holds the records, which arrive after the client has its answer.
type logBuffer struct {
	mu      sync.Mutex
	records []string
	arrived chan struct{} // gets a value for each record
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	b.records = append(b.records, string(p))
	b.mu.Unlock()
	b.arrived <- struct{}{}
	return len(p), nil
}

// serve serves a recipe, and returns a client of the HTTP version, 1 or 2.
func serve(t *testing.T, recipe func(*slog.Logger) http.Handler, version int) *server {
	s := start(t, recipe, 0)
	protocols := new(http.Protocols)
	protocols.SetHTTP1(version == 1)
	protocols.SetUnencryptedHTTP2(version == 2)
	s.client = &http.Client{Transport: &http.Transport{Protocols: protocols}}
	t.Cleanup(s.client.CloseIdleConnections) // before the server closes
	return s
}

// start serves a recipe. readTimeout is that of http.Server; 0: none.
func start(t *testing.T, recipe func(*slog.Logger) http.Handler, readTimeout time.Duration) *server {
	log := &logBuffer{arrived: make(chan struct{}, 16)}
	s := httptest.NewUnstartedServer(recipe(slog.New(slog.NewJSONHandler(log, nil))))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.Config.ReadTimeout = readTimeout
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetHTTP1(true)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	t.Cleanup(func() {
		s.Close() // waits for the handlers, and so for their records
		require.Empty(t, log.records, "one record a request")
	})
	return &server{t: t, url: s.URL, log: log}
}

func (s *server) send(method, path, body string) (*http.Response, string) {
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	require.NoError(s.t, err)
	if body != "" {
		req.Header.Set("Content-Type", jsonType)
	}
	res, err := s.client.Do(req)
	require.NoError(s.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	return res, string(b)
}

// record waits for the record of the request that was sent last, and takes it.
func (s *server) record() map[string]any { return s.line("request") }

// line waits for the next line of the log, and takes it.
func (s *server) line(msg string) map[string]any {
	<-s.log.arrived
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	var rec map[string]any
	require.NoError(s.t, json.Unmarshal([]byte(s.log.records[0]), &rec))
	require.Equal(s.t, msg, rec["msg"])
	s.log.records = s.log.records[1:]
	return rec
}

func requireOneID(t *testing.T, res *http.Response, rec map[string]any) {
	require.Equal(t, []string{rec["request_id"].(string)}, res.Header["X-Request-Id"])
	require.Equal(t, []string{rec["correlation_id"].(string)}, res.Header["X-Correlation-Id"])
}

func requireError(t *testing.T, res *http.Response, body string, rec map[string]any, want want) {
	if want.code == "" {
		require.NotContains(t, rec, "code")
		require.JSONEq(t, `{"id":"`+map[string]string{"GET": "7", "POST": "8"}[res.Request.Method]+`","name":"Ada"}`, body)
		return
	}
	require.Equal(t, want.code, rec["code"])
	code, message := decode(t, res, body, want.problem)
	require.Equal(t, want.code, code)
	if want.message != "" {
		require.Equal(t, want.message, message)
	}
	if want.logged != "" {
		require.Contains(t, rec["cause"].(string)+stack(rec), want.logged)
	}
}

// decode reads the code and the message of an error body in the form of its
// contract.
func decode(t *testing.T, res *http.Response, body string, problem bool) (code, message string) {
	if problem {
		require.Equal(t, problemType, res.Header.Get("Content-Type"))
		var p struct{ Code, Detail string }
		require.NoError(t, json.Unmarshal([]byte(body), &p), body)
		return p.Code, p.Detail
	}
	require.Equal(t, jsonType, res.Header.Get("Content-Type"))
	var e struct {
		Error struct{ Code, Message string }
	}
	require.NoError(t, json.Unmarshal([]byte(body), &e), body)
	return e.Error.Code, e.Error.Message
}

func stack(rec map[string]any) string {
	s, _ := rec["stack"].(string)
	return s
}

// requireNoSecret holds that neither causes nor names of Go's are in a body.
func requireNoSecret(t *testing.T, body string) {
	for _, secret := range []string{"agent-secret", "NewAgent", "Go struct", "Go value", "json:", "jx", "strconv", "unmarshal", "Unmarshal", "unexpected EOF", "createAgent", "goroutine", ".go:"} {
		require.NotContains(t, body, secret)
	}
}
