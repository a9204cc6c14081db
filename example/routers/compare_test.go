package routers

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/danielgtaylor/huma/v2/sse"
	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"
	"github.com/labstack/echo/v5"
	echomiddleware "github.com/labstack/echo/v5/middleware"
	"github.com/moogar0880/problems"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/validate"
)

var update = flag.Bool("update", false, "write the golden files")

// A peer is a server as the library's own documentation sets it up, with the
// same routes.
type peer struct {
	name    string
	handler http.Handler
	without map[string]string // routes that the library leaves to the handler, and who does it
}

var errSecret = errors.New("a-secret: dial tcp 10.0.0.7:5432: connection refused")

func panics() { panic("a-secret") }

// half writes the first half of a response, and panics.
func half(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/csv")
	fmt.Fprintln(w, "the first half")
	http.NewResponseController(w).Flush() // panics anyway
	panics()
}

// events sends two events.
func events(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/event-stream")
	for n := range 2 {
		fmt.Fprintf(w, "data: %d\n\n", n)
		http.NewResponseController(w).Flush() // to the test
	}
}

type account struct {
	Name  string `json:"name" validate:"min=2" minLength:"2"`
	Email string `json:"email" validate:"email" format:"email"`
	Age   int    `json:"age"`
}

// threeFaults has a name that is too short, an email that is none, and an age of
// another type.
const threeFaults = `{"name":"A","email":"x","age":"old"}`

// byHand marks what a library leaves to the handler, which may do it well or not.
const byHand = "by hand"

func peers() []peer {
	return []peer{failwell(), netHTTP(), chiPeer(), echoPeer(), humaPeer(), problemsPeer(), connectPeer()}
}

func failwell() peer {
	mux := http.NewServeMux()
	mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panics() })
	mux.HandleFunc("/half", half)
	mux.Handle("/error", apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return errSecret }))
	mux.Handle("/events", apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error { events(w); return errSecret }))
	mux.Handle("POST /body", apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		_, err := validate.JSON[account](r)
		return err
	}))
	return peer{"failwell", middleware.New(apierr.Standard, middleware.WithLogger(nil))(mux), nil}
}

func netHTTP() peer {
	mux := http.NewServeMux()
	mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panics() })
	mux.HandleFunc("/half", half)
	return peer{"net/http", mux, map[string]string{"/error": byHand, "/events": byHand, "/body": byHand}}
}

func chiPeer() peer {
	r := chi.NewRouter()
	r.Use(chimiddleware.RequestID, chimiddleware.Recoverer)
	r.Get("/panic", func(http.ResponseWriter, *http.Request) { panics() })
	r.Get("/half", half)
	return peer{"chi", r, map[string]string{"/error": byHand, "/events": byHand, "/body": byHand}}
}

func echoPeer() peer {
	e := echo.New()
	e.Use(echomiddleware.RequestID(), echomiddleware.Recover())
	e.GET("/panic", func(*echo.Context) error { panics(); return nil })
	e.GET("/half", func(c *echo.Context) error { half(c.Response(), c.Request()); return nil })
	e.GET("/error", func(*echo.Context) error { return errSecret })
	e.GET("/events", func(c *echo.Context) error { events(c.Response()); return errSecret })
	return peer{"echo", e, map[string]string{"/body": "your own validator"}}
}

func humaPeer() peer {
	mux := http.NewServeMux()
	api := humago.New(mux, huma.DefaultConfig("compare", "1.0.0"))
	huma.Get(api, "/panic", func(context.Context, *struct{}) (*struct{}, error) { panics(); return nil, nil })
	huma.Get(api, "/error", func(context.Context, *struct{}) (*struct{}, error) { return nil, errSecret })
	huma.Get(api, "/half", func(context.Context, *struct{}) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(c huma.Context) {
			io.WriteString(c.BodyWriter(), "the first half\n")
			c.BodyWriter().(http.Flusher).Flush()
			panics()
		}}, nil
	})
	type number struct{ N int }
	sse.Register(api, huma.Operation{Method: http.MethodGet, Path: "/events", OperationID: "events"}, map[string]any{"message": number{}},
		func(_ context.Context, _ *struct{}, send sse.Sender) {
			send.Data(number{1})
			send.Data(number{2})
		})
	huma.Post(api, "/body", func(context.Context, *struct{ Body account }) (*struct{}, error) { return nil, nil })
	return peer{"huma", mux, nil}
}

func problemsPeer() peer {
	mux := http.NewServeMux()
	mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panics() })
	mux.HandleFunc("/half", half)
	mux.HandleFunc("/error", func(w http.ResponseWriter, r *http.Request) {
		problems.ProblemHandler(problems.FromError(errSecret)).ServeHTTP(w, r)
	})
	return peer{"problems", mux, map[string]string{"/events": byHand, "/body": byHand}}
}

// connectPeer has a unary handler, and routes beside it that answer through
// connect's ErrorWriter.
func connectPeer() peer {
	mux := http.NewServeMux()
	mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panics() })
	mux.HandleFunc("/half", half)
	mux.HandleFunc("/error", func(w http.ResponseWriter, r *http.Request) {
		rpc := connect.NewUnaryHandler("/error", func(context.Context, *connect.Request[emptypb.Empty]) (*connect.Response[emptypb.Empty], error) {
			return nil, errSecret
		})
		post := r.Clone(r.Context())
		post.Method, post.Body = http.MethodPost, io.NopCloser(strings.NewReader("{}"))
		post.Header.Set("Content-Type", "application/json")
		rpc.ServeHTTP(w, post)
	})
	return peer{"connect", mux, map[string]string{"/events": byHand, "/body": byHand}}
}

// A response as its client sees it.
type seen struct {
	status      int
	contentType string
	header      http.Header
	body        string
	err         error // of the request, or of reading the body
}

func ask(t *testing.T, base, method, path, body string) seen {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := new(http.Client).Do(req)
	if err != nil {
		return seen{err: err}
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return seen{resp.StatusCode, resp.Header.Get("Content-Type"), resp.Header, string(b), err}
}

// form says what kind of answer it is.
func (s seen) form() string {
	kind := "empty"
	switch {
	case s.err != nil:
		return "no response"
	case json.Valid([]byte(s.body)):
		kind = "JSON"
	case s.body != "":
		kind = "plain text"
	}
	return fmt.Sprintf("%d, %s", s.status, kind)
}

// rows are what is compared.
var rows = []struct {
	title, method, path, body string
	say                       func(seen) string
}{
	{"a panic", "GET", "/panic", "", seen.form},
	{"a panic after half of a response", "GET", "/half", "", func(s seen) string {
		if s.err != nil {
			return "aborted"
		}
		return "**looks complete**"
	}},
	{"an unknown route", "GET", "/nowhere", "", seen.form},
	{"the text of an unknown error", "GET", "/error", "", func(s seen) string {
		if strings.Contains(s.body, "a-secret") {
			return "**reaches the client**"
		}
		return "stays private"
	}},
	{"an event stream that fails", "GET", "/events", "", func(s seen) string {
		switch {
		case strings.Contains(s.body, "event: error"):
			return "a last event"
		case s.err != nil:
			return "aborted"
		}
		return "**looks complete**"
	}},
	{"a body with three faults", "POST", "/body", threeFaults, func(s seen) string {
		n := 0
		for _, field := range []string{"name", "email", "age"} {
			if strings.Contains(s.body, field) {
				n++
			}
		}
		return fmt.Sprintf("%d reported", n)
	}},
	{"a request ID in a failure", "GET", "/nowhere", "", func(s seen) string {
		if s.header.Get("X-Request-Id") != "" {
			return "yes"
		}
		return "no"
	}},
}

// TestCompare asks each library the same and writes the table that the README
// has.
func TestCompare(t *testing.T) {
	all := peers()
	var table strings.Builder
	table.WriteString("| |")
	for _, p := range all {
		fmt.Fprintf(&table, " %s |", p.name)
	}
	table.WriteString("\n|---|" + strings.Repeat("---|", len(all)) + "\n")
	servers := make([]*httptest.Server, len(all))
	for i, p := range all {
		servers[i] = httptest.NewUnstartedServer(p.handler)
		servers[i].Config.ErrorLog = log.New(io.Discard, "", 0)
		servers[i].Start()
		t.Cleanup(servers[i].Close)
	}
	for _, row := range rows {
		fmt.Fprintf(&table, "| %s |", row.title)
		for i, p := range all {
			left := p.without[row.path]
			fmt.Fprintf(&table, " %s |", cmp.Or(left, row.say(ask(t, servers[i].URL, row.method, row.path, row.body))))
		}
		table.WriteString("\n")
	}
	fmt.Fprintf(&table, "\n%s.\n", versions(t))
	const golden = "testdata/compare.md"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(table.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), table.String())
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	require.True(t, strings.Contains(string(readme), table.String()), "the README has another table than testdata/compare.md")
}

// versions names the libraries as go.mod has them.
func versions(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("go.mod")
	require.NoError(t, err)
	var names []string
	for _, name := range []string{"go-chi/chi/v5", "labstack/echo/v5", "danielgtaylor/huma/v2", "moogar0880/problems", "connectrpc.com/connect"} {
		_, version, found := strings.Cut(string(b), name+" ")
		require.True(t, found, name)
		version, _, _ = strings.Cut(version, "\n")
		name = strings.TrimSuffix(strings.TrimSuffix(name, "/v5"), "/v2")
		names = append(names, name[strings.LastIndexByte(name, '/')+1:]+" "+version)
	}
	return strings.Join(names, ", ")
}
