package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/labstack/echo/v4"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// The README's lines for each router. get stands for ListenAndServe.

func Example_netHTTP() {
	mux := http.NewServeMux()
	mux.Handle("GET /agents/{id}", apierr.HandlerFunc(findAgent))
	get(middleware.New(apierr.Standard)(mux), "/agents/7", "/nowhere")
	// Output:
	// 404 {"error":{"code":"AGENT_NOT_FOUND","message":"The agent does not exist"}}
	// 404 {"error":{"code":"RESOURCE_NOT_FOUND","message":"404 page not found"}}
}

func Example_chi() {
	r := chi.NewRouter()
	r.Use(middleware.Route) // the last Use: adds chi's route pattern to the record
	r.Method("GET", "/agents/{id}", apierr.HandlerFunc(findAgent))
	get(middleware.New(apierr.Standard)(r), "/agents/7", "/nowhere")
	// Output:
	// 404 {"error":{"code":"AGENT_NOT_FOUND","message":"The agent does not exist"}}
	// 404 {"error":{"code":"RESOURCE_NOT_FOUND","message":"404 page not found"}}
}

func Example_gin() {
	r := gin.New()
	r.Use(func(c *gin.Context) { middleware.SetRoute(c.Request.Context(), c.FullPath()) })
	r.GET("/agents/:id", func(c *gin.Context) { apierr.Write(c.Writer, c.Request, findAgent(c.Writer, c.Request)) })
	get(middleware.New(apierr.Standard)(r), "/agents/7", "/nowhere")
	// Output:
	// 404 {"error":{"code":"AGENT_NOT_FOUND","message":"The agent does not exist"}}
	// 404 {"error":{"code":"RESOURCE_NOT_FOUND","message":"404 page not found"}}
}

func Example_echo() {
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		if own := new(echo.HTTPError); errors.As(err, &own) {
			http.Error(c.Response(), fmt.Sprint(own.Message), own.Code) // New answers it
			return
		}
		apierr.Write(c.Response(), c.Request(), err)
	}
	e.GET("/agents/:id", func(c echo.Context) error { return findAgent(c.Response(), c.Request()) })
	get(middleware.New(apierr.Standard)(e), "/agents/7", "/nowhere")
	// Output:
	// 404 {"error":{"code":"AGENT_NOT_FOUND","message":"The agent does not exist"}}
	// 404 {"error":{"code":"RESOURCE_NOT_FOUND","message":"Not Found"}}
}

var errAgentNotFound = &apierr.Error{Code: "AGENT_NOT_FOUND", Status: 404, Message: "The agent does not exist"}

func findAgent(w http.ResponseWriter, r *http.Request) error { return errAgentNotFound }

func get(h http.Handler, paths ...string) {
	for _, path := range paths {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Println(w.Code, w.Body)
	}
}
