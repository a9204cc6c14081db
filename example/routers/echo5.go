package routers

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v5"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/validate"
)

// Echo5 is the recipe for echo v5. Serve the handler that it returns: e.Start and
// echo.StartConfig serve echo without New. Leave out echo's Recover, RequestID
// and RequestLogger.
func Echo5(log *slog.Logger) http.Handler {
	limit := ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerMinute("create", 2)), ratelimit.ByIP())

	e := echo.New()
	e.HTTPErrorHandler = func(c *echo.Context, err error) { apierr.Write(c.Response(), c.Request(), err) }
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			middleware.SetRoute(c.Request().Context(), c.Path())
			return next(c)
		}
	})
	e.GET("/agents/:id", echo5Agent)
	e.POST("/agents", func(c *echo.Context) error {
		var in NewAgent
		if err := c.Bind(&in); err != nil {
			return err
		}
		agent, err := createAgent(in)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, agent)
	}, echo.WrapMiddleware(limit))
	e.GET("/export", func(c *echo.Context) error {
		c.Response().Header().Set("Content-Type", "application/octet-stream")
		_, err := io.Copy(c.Response(), exportAgents())
		return err
	})
	// A group with its own contract. echo answers a wrong method in a group that
	// has a middleware with 404, not 405: the group's own 404 route matches first.
	v2 := e.Group("/v2", echo.WrapMiddleware(middleware.New(V2)))
	v2.GET("/agents/:id", echo5Agent)

	return middleware.New(Contract,
		middleware.WithLogger(log),
		middleware.WithErrorMapper(validate.FromError), // of e.Validator, if there is one
		middleware.WithErrorMapper(mapEcho5),
		middleware.WithErrorMapper(mapSeats),
	)(e)
}

// mapEcho5 maps echo's own errors, which have a method StatusCode. The message
// of an echo.HTTPError is for the client. One of c.Bind wraps the reason.
func mapEcho5(_ context.Context, err error) *apierr.Error {
	status := echo.StatusCode(err)
	if status == 0 || readFailed(err) {
		return nil
	}
	var own *echo.HTTPError
	if !errors.As(err, &own) {
		return byStatus(status, "")
	}
	if own.Code == http.StatusBadRequest && own.Unwrap() != nil {
		return apierr.InvalidBody
	}
	return byStatus(status, own.Message)
}

func echo5Agent(c *echo.Context) error {
	agent, err := findAgent(c.Param("id"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, agent)
}
