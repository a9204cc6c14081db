package conformance_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/conformance"
)

// witness is a test that keeps what is reported to it.
type witness struct {
	testing.TB
	mu           sync.Mutex
	errors, logs []string
	cleanups     []func()
	fatal        string
}

func (w *witness) Helper() {}

func (w *witness) Error(args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.errors = append(w.errors, fmt.Sprint(args...))
}

func (w *witness) Log(args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.logs = append(w.logs, fmt.Sprint(args...))
}

func (w *witness) Logf(format string, args ...any) { w.Log(fmt.Sprintf(format, args...)) }

func (w *witness) Fatal(args ...any) { w.fatal = fmt.Sprint(args...) }

func (w *witness) Cleanup(f func()) { w.cleanups = append(w.cleanups, f) }

// end runs the clean-ups, as the end of a test does.
func (w *witness) end() {
	for _, f := range w.cleanups {
		f()
	}
}

var agentNotFound = &apierr.Error{Code: "AGENT_NOT_FOUND", Status: 404, Message: "The agent does not exist"}

// agents declares one error of its own and the built-in ones.
var agents = with("agents", func(c *apierr.Contract) {
	c.Errors = append([]*apierr.Error{agentNotFound}, c.Errors...)
	c.Closed = true
})

// asJSON answers with a body as it is.
func asJSON(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// identified adds the ID headers, as a layer does.
func identified(next http.Handler) http.Handler {
	var mu sync.Mutex
	n := 0
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n++
		w.Header().Set("X-Request-Id", fmt.Sprint("req-", n))
		w.Header().Set("X-Correlation-Id", fmt.Sprint("req-", n))
		mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

// Watch reports what is wrong with a response, by rule, and nothing else.
func TestWatch(t *testing.T) {
	const right = `{"error":{"code":"AGENT_NOT_FOUND","message":"The agent does not exist"}}`
	for _, test := range []struct {
		name    string
		handler http.Handler
		rules   string // those that fail, in order
	}{
		{"a success", asJSON(200, `{}`), ""},
		{"nothing", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ""},
		{"a declared error", asJSON(404, right), ""},
		{"by Write", apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return apierr.NotFound }), ""},
		{"a text", http.NotFoundHandler(), "envelope type"},
		{"another form", asJSON(404, `{"message":"gone"}`), "envelope"},
		{"behind it", asJSON(404, right+right), "envelope"},
		{"details null", asJSON(404, right[:len(right)-2]+`,"details":null}}`), "envelope"},
		{"an undeclared code", asJSON(404, strings.Replace(right, "AGENT_NOT_FOUND", "NO_AGENT", 1)), "code"},
		{"another status", asJSON(410, right), "status"},
		{"a success status", asJSON(200, right), "status"},
		{"no challenge", asJSON(401, `{"error":{"code":"AUTH_UNAUTHENTICATED","message":"m"}}`), "headers"},
		{"a stack", asJSON(500, `{"error":{"code":"INTERNAL_SERVER_ERROR","message":"goroutine 7 [running]: main.go:12"}}`), "no-leak"},
		{"two IDs", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("X-Request-Id", "other")
			asJSON(404, right)(w, r)
		}), "ids"},
		{"one ID twice", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Request-Id", "the-same")
			w.WriteHeader(http.StatusNoContent)
		}), "ids"}, // two requests are sent
		{"a length that is too small", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "12")
			asJSON(404, right)(w, r)
		}), "length"},
		{"a panic", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") }), "envelope"},
		{"a panic behind the status", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "half")
			panic(http.ErrNoCookie)
		}), "envelope"},
		{"a test that ends in the handler", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { runtime.Goexit() }), ""},
		{"a connection that the handler takes over", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				io.WriteString(conn, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
				conn.Close()
			}
		}), ""},
		{"an abort", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := &witness{TB: t}
			server := httptest.NewUnstartedServer(conformance.Watch(w, agents, identified(test.handler)))
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.Start()
			for range 2 {
				if resp, err := server.Client().Get(server.URL + "/x?token=secret-token"); err == nil {
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
			}
			server.Close()
			var rules []string
			for _, e := range w.errors {
				_, rest, _ := strings.Cut(e, "MUST watched/")
				rule, _, _ := strings.Cut(rest, " ")
				if !strings.Contains(strings.Join(rules, " "), rule) {
					rules = append(rules, rule)
				}
				require.NotContains(t, e, "secret-token", "queries have credentials")
			}
			require.Equal(t, test.rules, strings.Join(rules, " "), strings.Join(w.errors, "\n"))
		})
	}
}

// The response passes unchanged, with all that its writer can do.
func TestWatch_Transparent(t *testing.T) {
	w := &witness{TB: t}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, readsFrom := w.(io.ReaderFrom)
		_, flushes := w.(http.Flusher)
		_, hijacks := w.(http.Hijacker)
		w.Header().Set("X-Can", fmt.Sprint(readsFrom, flushes, hijacks))
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(404)
		io.Copy(w, strings.NewReader(`{"error":{"code":"AGENT_NOT_FOUND",`))
		require.NoError(t, http.NewResponseController(w).Flush())
		w.(io.StringWriter).WriteString(`"message":"m"}}`)
	})
	server := httptest.NewServer(conformance.Watch(w, agents, identified(handler)))
	defer server.Close()
	resp, err := server.Client().Get(server.URL)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, `{"error":{"code":"AGENT_NOT_FOUND","message":"m"}}`, string(body))
	require.Equal(t, "true true true", resp.Header.Get("X-Can"))
	require.Empty(t, w.errors)
}

// At the end, the declared codes that no test has seen are listed, and those that
// are not declared; nothing is reported after it.
func TestWatch_Codes(t *testing.T) {
	w := &witness{TB: t}
	open := agents
	open.Closed = false
	bodies := []string{"AGENT_NOT_FOUND", "OWN_CODE"}
	handler := conformance.Watch(w, open, identified(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asJSON(404, `{"error":{"code":"`+bodies[0]+`","message":"m"}}`)(w, r)
	})))
	for range 2 {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		bodies = append(bodies[1:], bodies[0])
	}
	w.end()
	require.Len(t, w.logs, 2)
	require.Contains(t, w.logs[0], `contract "agents": declared codes that no response had: BAD_REQUEST, VALIDATION_INVALID_JSON`)
	require.NotContains(t, w.logs[0], "AGENT_NOT_FOUND")
	require.Equal(t, `conformance: contract "agents": codes that are not declared: OWN_CODE`, w.logs[1])

	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	require.Empty(t, w.errors)
	require.Len(t, w.logs, 2)
}

// A code at the end of a stream has been seen.
func TestWatch_StreamedCodes(t *testing.T) {
	const failure = `{"error":{"code":"AGENT_NOT_FOUND","message":"m"}}`
	for _, test := range []struct {
		contentType, body string
		seen              bool
	}{
		{"text/event-stream", "data: 1\n\nevent: error\ndata: " + failure + "\n\n", true},
		{"text/event-stream; charset=utf-8", "event: error\ndata: " + failure + "\n\n", true},
		{"application/x-ndjson", "{\"n\":1}\n" + failure + "\n", true},
		{"application/jsonl", failure + "\n", true},
		{"text/event-stream", "data: " + failure + "\n\n", false},
		{"text/event-stream", "event: error\ndata: " + failure + "\n\ndata: 2\n\n", false},
		{"text/event-stream", "event: error\ndata: {}\n\n", false},
		{"text/event-stream", "", false},
		{"application/x-ndjson", failure + "\n{\"n\":2}\n", false},
		{"application/x-ndjson", "\n", false},
		{"text/plain", "{\"n\":1}\n" + failure + "\n", false},
	} {
		w := &witness{TB: t}
		handler := conformance.Watch(w, agents, identified(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", test.contentType)
			io.WriteString(w, test.body)
			http.NewResponseController(w).Flush()
		})))
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		w.end()
		require.Empty(t, w.errors)
		require.Equal(t, test.seen, !strings.Contains(w.logs[0], "AGENT_NOT_FOUND"), "%s %q", test.contentType, test.body)
	}
}

// Tests that run in parallel share a server, and its last response may come when
// the test has ended.
func TestWatch_Parallel(t *testing.T) {
	release, served := make(chan struct{}), make(chan struct{})
	handler := identified(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/late" {
			<-release
			defer close(served)
		}
		http.NotFound(w, r)
	}))
	w := &witness{TB: t}
	server := httptest.NewUnstartedServer(nil)
	server.Config.Handler = conformance.Watch(w, agents, handler)
	server.Start()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			resp, err := http.Get(server.URL)
			if err == nil {
				resp.Body.Close()
			}
		})
	}
	wg.Wait()
	require.Len(t, w.errors, 40, "envelope and type of each")
	go http.Get(server.URL + "/late")
	w.end()
	close(release)
	<-served
	server.Close() // waits for what is under way
	require.Len(t, w.errors, 40, "nothing is reported when the test has ended")
}

// A failure below 400 is one too, if the contract declares it there.
func TestWatch_Below400(t *testing.T) {
	legacy := apierr.Contract{Errors: []*apierr.Error{{Code: "6002", Status: 200, Message: "Gone"}, {Code: "500", Status: 500, Message: "m"}}}
	for body, want := range map[string]bool{
		`{"error":{"code":"6002","message":"Gone"}}`: false,
		`{"anything":"else"}`:                        true, // a success
	} {
		w := &witness{TB: t}
		handler := conformance.Watch(w, legacy, identified(asJSON(200, body)))
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		w.end()
		require.Empty(t, w.errors)
		require.Equal(t, want, strings.Contains(w.logs[0], "6002"), "unseen after %s", body)
	}
}

func TestWatch_Faults(t *testing.T) {
	require.PanicsWithValue(t, "conformance: Watch: the handler is nil", func() { conformance.Watch(t, apierr.Standard, nil) })
	w := &witness{TB: t}
	func() {
		defer func() { _ = recover() }() // the witness goes on after Fatal
		conformance.Watch(w, apierr.Contract{Errors: []*apierr.Error{{}}}, http.NotFoundHandler())
	}()
	require.Contains(t, w.fatal, "apierr")
}

// Every built-in error and every bare status is answered as the contract says,
// whatever its shape. With -short, one contract in four is tried.
func TestWatch_Builtins(t *testing.T) {
	for i, c := range keepers {
		if testing.Short() && i%4 != 0 {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			mux.HandleFunc("/builtin/{n}", func(w http.ResponseWriter, r *http.Request) {
				n, err := strconv.Atoi(r.PathValue("n"))
				require.NoError(t, err)
				apierr.Write(w, r, apierr.Standard.Errors[n])
			})
			mux.HandleFunc("/status/{n}", func(w http.ResponseWriter, r *http.Request) {
				n, err := strconv.Atoi(r.PathValue("n"))
				require.NoError(t, err)
				w.WriteHeader(n)
			})
			handler := conformance.Watch(t, c, layer(c)(mux))
			ask := func(path string) {
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
				require.GreaterOrEqual(t, w.Code, 400, path)
			}
			for n, e := range apierr.Standard.Errors {
				if e != apierr.ClientGone { // it is never sent
					ask(fmt.Sprint("/builtin/", n))
				}
			}
			for status := 400; status < 600; status++ {
				ask(fmt.Sprint("/status/", status))
			}
		})
	}
}
