package routers

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/validate"
)

// Echo4 is the recipe for echo v4. Serve the handler that it returns: e.Start and
// e.StartServer serve echo without New. Leave out echo's Recover, RequestID and
// Logger.
func Echo4(log *slog.Logger) http.Handler {
	limit := ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerMinute("create", 2)), ratelimit.ByIP())

	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) { apierr.Write(c.Response(), c.Request(), err) }
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			middleware.SetRoute(c.Request().Context(), c.Path())
			return next(c)
		}
	})
	e.GET("/agents/:id", echo4Agent)
	e.POST("/agents", func(c echo.Context) error {
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
	e.GET("/export", func(c echo.Context) error {
		c.Response().Header().Set("Content-Type", "application/octet-stream")
		_, err := io.Copy(c.Response(), exportAgents())
		return err
	})
	// A group with its own contract. echo answers a wrong method in a group that
	// has a middleware with 404, not 405: the group's own 404 route matches first.
	v2 := e.Group("/v2", echo.WrapMiddleware(middleware.New(V2)))
	v2.GET("/agents/:id", echo4Agent)

	return middleware.New(Contract,
		middleware.WithLogger(log),
		middleware.WithErrorMapper(validate.FromError), // of e.Validator, if there is one
		middleware.WithErrorMapper(mapEcho4),
		middleware.WithErrorMapper(mapSeats),
	)(e)
}

// mapEcho4 maps echo's own errors, which have a status. The message is for the
// client if the application wrote it. That of c.Bind has Go types in it, and an
// internal error beside it.
func mapEcho4(_ context.Context, err error) *apierr.Error {
	var own *echo.HTTPError
	if !errors.As(err, &own) || readFailed(err) {
		return nil
	}
	if own.Code == http.StatusBadRequest && own.Internal != nil {
		return apierr.InvalidBody
	}
	text, _ := own.Message.(string)
	return byStatus(own.Code, text)
}

func echo4Agent(c echo.Context) error {
	agent, err := findAgent(c.Param("id"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, agent)
}
