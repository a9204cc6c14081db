package routers

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"
	"github.com/labstack/echo/v5"
	echomiddleware "github.com/labstack/echo/v5/middleware"
	"github.com/moogar0880/problems"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/validate"
)

// discard is a ResponseWriter that costs nothing.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteString(s string) (int, error) {
	return len(s), nil
}

var itemNotFound = &apierr.Error{Code: "ITEM_NOT_FOUND", Status: 404, Message: "The item does not exist"}

// BenchmarkCompare is a request on its way through each library, as its
// documentation sets it up, with a request ID and a recoverer where it has them.
// The logs are off.
func BenchmarkCompare(b *testing.B) {
	item := []byte(`{"id":42}`)
	ok := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(item)
	}
	wrap := middleware.New(apierr.Standard, middleware.WithLogger(nil))

	router := chi.NewRouter()
	router.Use(chimiddleware.RequestID, chimiddleware.Recoverer)
	router.Get("/ok", ok)

	e := echo.New()
	e.Use(echomiddleware.RequestID(), echomiddleware.Recover())
	e.GET("/ok", func(c *echo.Context) error { return c.Blob(200, "application/json", item) })
	e.GET("/error", func(*echo.Context) error { return echo.NewHTTPError(404, "The item does not exist") })

	mux := http.NewServeMux()
	api := humago.New(mux, huma.DefaultConfig("compare", "1.0.0"))
	type raw struct {
		ContentType string `header:"Content-Type"`
		Body        []byte
	}
	huma.Get(api, "/ok", func(context.Context, *struct{}) (*raw, error) { return &raw{"application/json", item}, nil })
	huma.Get(api, "/error", func(context.Context, *struct{}) (*raw, error) {
		return nil, huma.Error404NotFound("The item does not exist")
	})
	huma.Post(api, "/body", func(context.Context, *struct{ Body account }) (*raw, error) { return nil, nil })

	own := http.NewServeMux()
	own.HandleFunc("GET /ok", ok)
	own.Handle("GET /error", apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return itemNotFound }))
	own.Handle("POST /body", apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		_, err := validate.JSON[account](r)
		return err
	}))
	ours := wrap(own)

	plain := http.NewServeMux()
	plain.HandleFunc("GET /ok", ok)
	problem := problems.NewDetailedProblem(404, "The item does not exist")
	plain.Handle("GET /error", problems.ProblemHandler(problem))

	for _, c := range []struct {
		name, method, path, body string
		handler                  http.Handler
		status                   int
	}{
		{"success/net_http", "GET", "/ok", "", plain, 200},
		{"success/failwell", "GET", "/ok", "", ours, 200},
		{"success/chi", "GET", "/ok", "", router, 200},
		{"success/echo", "GET", "/ok", "", e, 200},
		{"success/huma", "GET", "/ok", "", mux, 200},
		{"error/failwell", "GET", "/error", "", ours, 404},
		{"error/echo", "GET", "/error", "", e, 404},
		{"error/huma", "GET", "/error", "", mux, 404},
		{"error/problems", "GET", "/error", "", plain, 404},
		{"three_faults/failwell", "POST", "/body", threeFaults, ours, 400},
		{"three_faults/huma", "POST", "/body", threeFaults, mux, 422},
	} {
		b.Run(c.name, func(b *testing.B) {
			r, err := http.NewRequest(c.method, "http://localhost"+c.path, nil)
			require.NoError(b, err)
			r.Header.Set("Content-Type", "application/json")
			body := strings.NewReader(c.body)
			w := &discard{header: make(http.Header)}
			b.ReportAllocs()
			for b.Loop() {
				if c.body != "" {
					body.Reset(c.body)
					r.Body, r.ContentLength = io.NopCloser(body), int64(len(c.body))
				}
				clear(w.header)
				w.status = 0
				c.handler.ServeHTTP(w, r)
			}
			require.Equal(b, c.status, cmp.Or(w.status, 200))
		})
	}
}
