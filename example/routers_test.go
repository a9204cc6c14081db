package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	chimw "github.com/go-chi/chi/v5/middleware"
	"github.com/gorilla/mux"
	"github.com/labstack/echo/v4"
	echomw "github.com/labstack/echo/v4/middleware"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// The handlers that every router is given. Each fails in its own way.
var (
	errTeapot = &apierr.Error{Code: "TEAPOT", Status: 418, Message: "Short and stout"}

	routerOK      = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "fine") })
	routerFails   = apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error { return errTeapot })
	routerPanics  = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { panic("lab-secret") })
	routerMidway  = apierr.HandlerFunc(failMidway)
	routerHandles = map[string]http.Handler{
		"/ok/{id}": routerOK, "/fails": routerFails, "/panics": routerPanics, "/midway": routerMidway,
	}
)

// failMidway returns an error after a part of the response has left.
func failMidway(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "application/octet-stream")
	io.WriteString(w, "the first half")
	if err := http.NewResponseController(w).Flush(); err != nil {
		return err
	}
	return errors.New("lab-secret")
}

// colon is the pattern in the manner of gin and echo.
func colon(pattern string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(pattern)
}

// routers are the README's ways to use New with each router, the router's own
// recoverer left in where it has one.
var routers = []struct {
	name string
	make func() http.Handler
	// route is the pattern of /ok/{id} in the record.
	route string
	// methods says that the router answers 405 and Allow for a wrong method.
	methods bool
}{
	{"net/http", func() http.Handler {
		m := http.NewServeMux()
		for pattern, h := range routerHandles {
			m.Handle("GET "+pattern, h)
		}
		return m
	}, "GET /ok/{id}", true},
	{"net/http behind a layer that copies the request", func() http.Handler {
		m := http.NewServeMux()
		for pattern, h := range routerHandles {
			m.Handle("GET "+pattern, h)
		}
		inner := middleware.Route(m)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			inner.ServeHTTP(w, r.WithContext(r.Context()))
		})
	}, "GET /ok/{id}", true},
	{"chi", func() http.Handler {
		m := chi.NewRouter()
		m.Use(quietRecoverer, middleware.Route) // Route last: what is between it and the routes copies no request
		for pattern, h := range routerHandles {
			m.Method("GET", pattern, h)
		}
		return m
	}, "/ok/{id}", true},
	{"gorilla/mux", func() http.Handler {
		m := mux.NewRouter()
		m.Use(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				pattern, _ := mux.CurrentRoute(r).GetPathTemplate()
				middleware.SetRoute(r.Context(), pattern)
				next.ServeHTTP(w, r)
			})
		})
		for pattern, h := range routerHandles {
			m.Handle(pattern, h).Methods("GET")
		}
		return m
	}, "/ok/{id}", false},
	{"gin", func() http.Handler {
		gin.SetMode(gin.ReleaseMode)
		m := gin.New()
		m.HandleMethodNotAllowed = true
		m.Use(gin.RecoveryWithWriter(io.Discard), func(c *gin.Context) {
			middleware.SetRoute(c.Request.Context(), c.FullPath())
		})
		for pattern, h := range routerHandles {
			m.GET(colon(pattern), gin.WrapH(h))
		}
		return m
	}, "/ok/:id", true},
	{"echo", func() http.Handler {
		m := echo.New()
		m.HideBanner = true
		m.Logger.SetOutput(io.Discard)
		m.HTTPErrorHandler = func(err error, c echo.Context) {
			var he *echo.HTTPError
			if errors.As(err, &he) && !c.Response().Committed {
				c.Response().WriteHeader(he.Code) // a bare status: New answers it
				return
			}
			apierr.Write(c.Response(), c.Request(), err)
		}
		m.Use(echomw.Recover(), func(next echo.HandlerFunc) echo.HandlerFunc {
			return func(c echo.Context) error {
				middleware.SetRoute(c.Request().Context(), c.Path())
				return next(c)
			}
		})
		for pattern, h := range routerHandles {
			m.GET(colon(pattern), echo.WrapHandler(h))
		}
		return m
	}, "/ok/:id", true},
}

// quietRecoverer is chi's own, with its text kept out of the test's output.
func quietRecoverer(next http.Handler) http.Handler {
	h := chimw.Recoverer(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, chimw.WithLogEntry(r, quietEntry{}))
	})
}

type quietEntry struct{}

func (quietEntry) Write(int, int, http.Header, time.Duration, any) {}
func (quietEntry) Panic(any, []byte)                               {}

// TestRouters holds that each router's own failures, and those of the handlers
// in it, are answered once, whole, in the contract's form.
func TestRouters(t *testing.T) {
	for _, router := range routers {
		t.Run(router.name, func(t *testing.T) {
			var outcomes []middleware.Outcome
			log := new(bytes.Buffer)
			wrap := middleware.New(apierr.Standard,
				middleware.WithLogger(slog.New(slog.NewJSONHandler(log, nil))),
				middleware.WithObserver(func(_ context.Context, o middleware.Outcome) { outcomes = append(outcomes, o) }))
			handler := wrap(router.make())
			server := httptest.NewUnstartedServer(handler)
			server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
			server.Start()
			defer server.Close()
			client := server.Client()

			wrongMethod := 405
			for _, test := range []struct {
				method, path string
				status       int
				code         string
			}{
				{"GET", "/ok/7", 200, ""},
				{"GET", "/fails", 418, "TEAPOT"},
				{"GET", "/panics", 500, "INTERNAL_SERVER_ERROR"},
				{"GET", "/nowhere", 404, "RESOURCE_NOT_FOUND"},
				{"POST", "/fails", wrongMethod, "METHOD_NOT_ALLOWED"},
			} {
				req, err := http.NewRequest(test.method, server.URL+test.path, nil)
				require.NoError(t, err)
				res, err := client.Do(req)
				require.NoError(t, err)
				body, err := io.ReadAll(res.Body)
				require.NoError(t, err)
				require.Equal(t, test.status, res.StatusCode, "%s %s: %s", test.method, test.path, body)
				require.Len(t, res.Header["X-Request-Id"], 1)
				require.NotContains(t, string(body), "lab-secret")
				if test.code != "" {
					require.Equal(t, "application/json", res.Header.Get("Content-Type"))
					require.Contains(t, string(body), `{"error":{"code":"`+test.code+`"`)
				}
				if test.status == 405 {
					require.Contains(t, res.Header, "Allow")
					if router.methods {
						require.Contains(t, res.Header.Get("Allow"), "GET")
					}
				}
			}

			// The router's recoverer must not make a whole answer of a half.
			res, err := client.Get(server.URL + "/midway")
			require.NoError(t, err)
			body, err := io.ReadAll(bufio.NewReader(res.Body))
			require.Error(t, err, "the client sees that the answer is cut")
			require.Equal(t, "the first half", string(body))

			server.Close()
			require.Len(t, outcomes, 6, "one outcome a request")
			require.Equal(t, 6, strings.Count(log.String(), `"msg":"request"`), "one record a request")
			require.Equal(t, router.route, outcomes[0].Route)
			require.True(t, outcomes[5].Cut)
		})
	}
}
