package strangers_test

import (
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"
	"github.com/labstack/echo/v5"
	echomiddleware "github.com/labstack/echo/v5/middleware"

	"github.com/failwell/failwell/apierr"
)

// The servers of this process, as many are written: each has a route that
// answers, one that needs credentials and one that takes an item.

// item is the body of POST /items.
type item struct {
	Name string `json:"name" binding:"required"`
	Size int    `json:"size"`
}

// coded sends {"error":{"code","message"}}.
func coded(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"code": code, "message": message}})
}

// raiseCoded answers with an error of the contract.
func raiseCoded(w http.ResponseWriter, _ *http.Request, err error) {
	var e *apierr.Error
	if errors.As(err, &e) {
		coded(w, e.Status, e.Code, e.Message)
		return
	}
	coded(w, 500, "internal", "Something went wrong")
}

func healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Write([]byte(`{"ok":true}`))
}

// serveMux has a bare ServeMux: its 404 and 405 are its own, the text of the
// decoder is the message, and nothing recovers a panic.
func serveMux() (http.Handler, layer) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", healthy)
	mux.HandleFunc("GET /private", func(w http.ResponseWriter, _ *http.Request) {
		coded(w, 401, "unauthenticated", "Log in first")
	})
	mux.HandleFunc("POST /items", func(w http.ResponseWriter, r *http.Request) {
		var in item
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			coded(w, 400, "invalid_json", err.Error())
			return
		}
		healthy(w, r)
	})
	return mux, func(next http.Handler) http.Handler { return next }
}

// chiRouter has chi's layers, a custom 404 and chi's 405.
func chiRouter() (http.Handler, layer) {
	wrap := func(next http.Handler) http.Handler {
		recovered := chimiddleware.RequestID(chimiddleware.Recoverer(next))
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			recovered.ServeHTTP(w, chimiddleware.WithLogEntry(r, noLog{}))
		})
	}
	r := chi.NewRouter()
	r.NotFound(func(w http.ResponseWriter, _ *http.Request) { coded(w, 404, "not_found", "There is nothing here") })
	r.Get("/healthz", healthy)
	r.Get("/private", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		coded(w, 401, "unauthenticated", "Log in first")
	})
	r.Post("/items", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Content-Type") != "application/json" {
			coded(w, 415, "unsupported_media_type", "Send JSON")
			return
		}
		var in item
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&in)
		var tooLarge *http.MaxBytesError
		switch {
		case errors.As(err, &tooLarge):
			coded(w, 413, "too_large", "Send less")
		case err != nil:
			coded(w, 400, "invalid_json", "Send JSON")
		default:
			healthy(w, r)
		}
	})
	return wrap(r), wrap
}

// noLog keeps chi's recoverer from writing stacks to the standard error.
type noLog struct{}

func (noLog) Write(int, int, http.Header, time.Duration, any) {}
func (noLog) Panic(any, []byte)                               {}

// ginEngine has gin's recoverer, a custom 404 and gin's 405.
func ginEngine() (http.Handler, layer) {
	engine := func() *gin.Engine {
		e := gin.New()
		e.Use(gin.CustomRecoveryWithWriter(nil, func(c *gin.Context, _ any) {
			c.AbortWithStatusJSON(500, gin.H{"error": "Something went wrong"})
		}))
		e.HandleMethodNotAllowed = true
		return e
	}
	e := engine()
	e.NoRoute(func(c *gin.Context) { c.JSON(404, gin.H{"error": "There is nothing here"}) })
	e.GET("/healthz", gin.WrapF(healthy))
	e.GET("/private", func(c *gin.Context) { c.JSON(401, gin.H{"error": "Log in first"}) })
	e.POST("/items", func(c *gin.Context) {
		var in item
		if err := c.ShouldBindJSON(&in); err != nil {
			c.JSON(400, gin.H{"error": err.Error()})
			return
		}
		c.JSON(200, in)
	})
	return e, func(next http.Handler) http.Handler {
		e := engine()
		e.Any("/*path", gin.WrapH(next))
		return e
	}
}

// raiseText answers with an error of the contract as {"error":text}.
func raiseText(w http.ResponseWriter, _ *http.Request, err error) {
	status, message := 500, "Something went wrong"
	var e *apierr.Error
	if errors.As(err, &e) {
		status, message = e.Status, e.Message
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"error": message})
}

// echoServer has echo's own error handler, recoverer and body limit.
func echoServer() (http.Handler, layer) {
	server := func() *echo.Echo {
		e := echo.New()
		e.HTTPErrorHandler = echo.DefaultHTTPErrorHandler(false)
		e.Use(echomiddleware.Recover(), echomiddleware.RequestID(), echomiddleware.BodyLimit(1<<20))
		return e
	}
	e := server()
	e.GET("/healthz", echo.WrapHandler(http.HandlerFunc(healthy)))
	e.GET("/private", func(*echo.Context) error { return echo.NewHTTPError(401, "Log in first") })
	e.POST("/items", func(c *echo.Context) error {
		var in item
		if err := c.Bind(&in); err != nil {
			return err
		}
		return c.JSON(200, in)
	})
	return e, func(next http.Handler) http.Handler {
		e := server()
		e.Any("/*", echo.WrapHandler(next))
		return e
	}
}

// raiseMessage answers with an error of the contract as {"message":text}.
func raiseMessage(w http.ResponseWriter, _ *http.Request, err error) {
	status, message := 500, "Internal Server Error"
	var e *apierr.Error
	if errors.As(err, &e) {
		status, message = e.Status, e.Message
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"message": message})
}

// quiet is for what a server logs of the panics that the kit provokes.
var quiet = log.New(io.Discard, "", 0)
