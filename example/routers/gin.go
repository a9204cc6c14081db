package routers

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/validate"
)

// Gin is the recipe for gin. Serve the handler that it returns: r.Run serves the
// engine without New. A group with its own contract is an engine of its own,
// since a middleware of net/http cannot replace the writer of gin's context.
func Gin(log *slog.Logger) http.Handler {
	limit := ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerMinute("create", 2)), ratelimit.ByIP())

	r := ginEngine(log)
	r.GET("/agents/:id", ginAgent)
	r.POST("/agents", ginMiddleware(limit), func(c *gin.Context) {
		var in NewAgent
		if err := c.ShouldBindJSON(&in); err != nil {
			c.Error(err).SetType(gin.ErrorTypeBind)
			return
		}
		agent, err := createAgent(in)
		if err != nil {
			c.Error(err)
			return
		}
		c.JSON(http.StatusOK, agent)
	})
	r.GET("/export", func(c *gin.Context) {
		c.Header("Content-Type", "application/octet-stream")
		if _, err := io.Copy(c.Writer, exportAgents()); err != nil {
			apierr.Write(c.Writer, c.Request, err) // the response has begun: c.Error is not enough
		}
	})

	v2 := ginEngine(log)
	v2.GET("/v2/agents/:id", ginAgent)

	mux := http.NewServeMux()
	mux.Handle("/", r)
	mux.Handle("/v2/", middleware.New(V2)(v2))
	return middleware.New(Contract,
		middleware.WithLogger(log),
		middleware.WithErrorMapper(validate.FromError), // the rules of binding tags
		middleware.WithErrorMapper(mapGin),
		middleware.WithErrorMapper(mapSeats),
	)(mux)
}

// ginEngine is gin.Default without Recovery, which keeps a panic's stack from
// New, and without Logger, which would write a second record.
func ginEngine(log *slog.Logger) *gin.Engine {
	r := gin.New()
	r.HandleMethodNotAllowed = true // else a wrong method is a 404
	r.Use(func(c *gin.Context) {
		middleware.SetRoute(c.Request.Context(), c.FullPath())
		c.Next()
		ginErrors(c, log)
	})
	return r
}

// ginErrors answers what the handlers have given to c.Error. gin itself only
// collects it: without this, the client gets an empty 200. Once a handler has
// written a body, c.Error is a remark for the log; a handler that fails in the
// middle of its response calls apierr.Write.
func ginErrors(c *gin.Context, log *slog.Logger) {
	err := c.Errors.Last()
	switch {
	case err == nil:
	case c.Writer.Size() <= 0: // nothing but a status, at most
		apierr.Write(c.Writer, c.Request, err)
	default:
		log.WarnContext(c.Request.Context(), "error after the answer", "error", err.Err)
	}
}

// mapGin maps what gin could not bind.
func mapGin(_ context.Context, err error) *apierr.Error {
	var own *gin.Error
	if !errors.As(err, &own) || !own.IsType(gin.ErrorTypeBind) || readFailed(err) {
		return nil
	}
	return apierr.InvalidBody
}

// ginMiddleware adapts a middleware that refuses requests, as those of ratelimit
// do, or adds to the context. One that replaces the ResponseWriter does not work
// here.
func ginMiddleware(m func(http.Handler) http.Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		refused := true
		m(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			refused = false
			c.Request = r
			c.Next()
		})).ServeHTTP(c.Writer, c.Request)
		if refused {
			c.Abort()
		}
	}
}

func ginAgent(c *gin.Context) {
	agent, err := findAgent(c.Param("id"))
	if err != nil {
		c.Error(err)
		return
	}
	c.JSON(http.StatusOK, agent)
}
