package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/gorilla/mux"
	echo4 "github.com/labstack/echo/v4"
	echo5 "github.com/labstack/echo/v5"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// What the handlers and layers of every router do in TestRoutes, by the query:
// the group's layer refuses, the handler succeeds or fails.
var (
	routed = apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		switch r.URL.Query().Get("do") {
		case "fail":
			return errTeapot
		case "panic":
			panic("lab-secret")
		}
		_, err := io.WriteString(w, "fine")
		return err
	})

	// guarding is the group's own authentication. It adds to the context, and so
	// copies the request, as such layers do.
	guarding = func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("do") == "refuse" {
				apierr.Write(w, r, apierr.Unauthenticated)
				return
			}
			type user struct{}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), user{}, "ada")))
		})
	}
)

// nests is each router with a group /v1 behind guarding, with a route for one
// bot in it. route is the pattern of that in the router's own syntax, and
// refused what is known of it when the group refuses.
var nests = []struct {
	name           string
	make           func() http.Handler
	route, refused string
}{
	{"ServeMux", func() http.Handler {
		m := http.NewServeMux()
		m.Handle("GET /v1/bots/{id}", guarding(routed))
		return m
	}, "/v1/bots/{id}", "/v1/bots/{id}"},
	{"ServeMux with a host", func() http.Handler {
		m := http.NewServeMux()
		m.Handle("GET 127.0.0.1/v1/bots/{id}", guarding(routed))
		return m
	}, "/v1/bots/{id}", "/v1/bots/{id}"},
	{"ServeMux in ServeMux", func() http.Handler {
		inner := http.NewServeMux()
		inner.Handle("GET /v1/bots/{id}", routed)
		m := http.NewServeMux()
		m.Handle("/v1/", guarding(middleware.Route(inner)))
		return m
	}, "/v1/bots/{id}", "/v1/"},
	{"ServeMux behind a layer", func() http.Handler {
		m := http.NewServeMux()
		m.Handle("GET /v1/bots/{id}", routed)
		return guarding(middleware.Route(m))
	}, "/v1/bots/{id}", ""},
	{"chi", func() http.Handler {
		m := chi.NewRouter()
		m.Use(middleware.Route)
		m.Route("/v1", func(m chi.Router) {
			m.Use(guarding)
			m.Method("GET", "/bots/{id}", routed)
		})
		return m
	}, "/v1/bots/{id}", "/v1/*"},
	{"chi, routers in routers", func() http.Handler {
		bots := chi.NewRouter()
		bots.Use(guarding)
		bots.Method("GET", "/{id}", routed)
		v1 := chi.NewRouter()
		v1.Use(copies)
		v1.Mount("/bots", bots)
		m := chi.NewRouter()
		m.Use(middleware.Route)
		m.Mount("/v1", v1)
		return m
	}, "/v1/bots/{id}", "/v1/bots/*"},
	{"chi, a group without a prefix", func() http.Handler {
		m := chi.NewRouter()
		m.Use(middleware.Route)
		m.Group(func(m chi.Router) {
			m.Use(guarding)
			m.Method("GET", "/v1/bots/{id}", routed)
		})
		return m
	}, "/v1/bots/{id}", "/v1/bots/{id}"},
	{"chi, ServeMux in it", func() http.Handler {
		inner := http.NewServeMux()
		inner.Handle("GET /v1/bots/{id}", routed)
		m := chi.NewRouter()
		m.Use(middleware.Route)
		m.With(guarding).Mount("/v1", middleware.Route(inner))
		return m
	}, "/v1/bots/{id}", "/v1/*"},
	{"chi, limits in it", func() http.Handler {
		m := chi.NewRouter()
		m.Use(middleware.Route)
		m.Route("/v1", func(m chi.Router) {
			m.Use(middleware.MaxBody(10), guarding)
			m.Method("GET", "/bots/{id}", routed)
		})
		return m
	}, "/v1/bots/{id}", "/v1/*"},
	{"gin", func() http.Handler {
		gin.SetMode(gin.ReleaseMode)
		m := gin.New()
		m.Use(func(c *gin.Context) { middleware.SetRoute(c.Request.Context(), c.FullPath()) })
		v1 := m.Group("/v1", func(c *gin.Context) {
			if c.Query("do") == "refuse" {
				apierr.Write(c.Writer, c.Request, apierr.Unauthenticated)
				c.Abort()
			}
		})
		v1.GET("/bots/:id", gin.WrapH(copies(routed)))
		return m
	}, "/v1/bots/:id", "/v1/bots/:id"},
	{"echo v4", func() http.Handler {
		m := echo4.New()
		m.HTTPErrorHandler = func(err error, c echo4.Context) { apierr.Write(c.Response(), c.Request(), err) }
		m.Use(func(next echo4.HandlerFunc) echo4.HandlerFunc {
			return func(c echo4.Context) error {
				middleware.SetRoute(c.Request().Context(), c.Path())
				return next(c)
			}
		})
		v1 := m.Group("/v1", echo4.WrapMiddleware(guarding))
		v1.GET("/bots/:id", echo4.WrapHandler(routed))
		return m
	}, "/v1/bots/:id", "/v1/bots/:id"},
	{"echo v5", func() http.Handler {
		m := echo5.New()
		m.HTTPErrorHandler = func(c *echo5.Context, err error) { apierr.Write(c.Response(), c.Request(), err) }
		m.Use(func(next echo5.HandlerFunc) echo5.HandlerFunc {
			return func(c *echo5.Context) error {
				middleware.SetRoute(c.Request().Context(), c.Path())
				return next(c)
			}
		})
		v1 := m.Group("/v1", echo5.WrapMiddleware(guarding))
		v1.GET("/bots/:id", echo5.WrapHandler(routed))
		return m
	}, "/v1/bots/:id", "/v1/bots/:id"},
	{"gorilla/mux", func() http.Handler {
		m := mux.NewRouter()
		m.Use(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				pattern, _ := mux.CurrentRoute(r).GetPathTemplate()
				middleware.SetRoute(r.Context(), pattern)
				next.ServeHTTP(w, r)
			})
		})
		v1 := m.PathPrefix("/v1").Subrouter()
		v1.Use(guarding)
		v1.Handle("/bots/{id}", routed).Methods("GET")
		return m
	}, "/v1/bots/{id}", "/v1/bots/{id}"},
}

// copies is a layer that adds to the context.
func copies(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		type key struct{}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, 1)))
	})
}

// TestRoutes holds that a route has one form: the router's own without method
// and host, the same for a success, an error and a panic, and right as far as
// the router has come when a group refuses.
func TestRoutes(t *testing.T) {
	for _, router := range nests {
		t.Run(router.name, func(t *testing.T) {
			for _, test := range []struct {
				do     string
				status int
				want   string
			}{
				{"succeed", 200, router.route},
				{"fail", 418, router.route},
				{"panic", 500, router.route},
				{"refuse", 401, router.refused},
			} {
				var got []string
				observe := middleware.WithObserver(func(_ context.Context, o middleware.Outcome) { got = append(got, o.Route) })
				server := httptest.NewServer(middleware.New(apierr.Standard, middleware.WithLogger(nil), observe)(router.make()))
				res, err := server.Client().Get(fmt.Sprintf("%s/v1/bots/7?do=%s", server.URL, test.do))
				require.NoError(t, err)
				res.Body.Close()
				server.Close()
				require.Equal(t, test.status, res.StatusCode, test.do)
				require.Equal(t, []string{test.want}, got, test.do)
			}
		})
	}
}
