package main

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	gingzip "github.com/gin-contrib/gzip"
	"github.com/gin-gonic/gin"
	chimiddleware "github.com/go-chi/chi/v5/middleware"
	"github.com/gorilla/handlers"
	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"
	echomiddleware "github.com/labstack/echo/v4/middleware"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// layer is a middleware with a name.
type layer struct {
	name string
	wrap func(http.Handler) http.Handler
}

// compressors are those that Go servers use, and one in ten lines that says so
// in the header at once.
func compressors() []layer {
	gin.SetMode(gin.ReleaseMode)
	return []layer{
		{"klauspost", func(h http.Handler) http.Handler { return gzhttp.GzipHandler(h) }},
		{"klauspost, all sizes", func(h http.Handler) http.Handler {
			wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(0))
			if err != nil {
				panic(err)
			}
			return wrap(h)
		}},
		{"gorilla", handlers.CompressHandler},
		{"chi", chimiddleware.Compress(5)},
		{"echo", func(h http.Handler) http.Handler {
			e := echo.New()
			e.Use(echomiddleware.Gzip())
			e.Any("/*", echo.WrapHandler(h))
			return e
		}},
		{"gin", func(h http.Handler) http.Handler {
			g := gin.New()
			g.Use(gingzip.Gzip(gingzip.DefaultCompression))
			g.Any("/*path", gin.WrapH(h))
			return g
		}},
	}
}

// orders returns all orders of the layers, outermost first.
func orders(layers []layer) (all [][]layer) {
	if len(layers) == 0 {
		return [][]layer{nil}
	}
	for i, first := range layers {
		rest := append(append([]layer(nil), layers[:i]...), layers[i+1:]...)
		for _, order := range orders(rest) {
			all = append(all, append([]layer{first}, order...))
		}
	}
	return all
}

// Every order of New, a second New, http.TimeoutHandler and a compressor, with
// every kind of failure: 24 orders, 6 compressors, 8 failures. The client can
// always read the answer: what is compressed says so, and what is not does not.
func TestOrdersOfCompressors(t *testing.T) {
	stale := func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "br") // of a body that is not sent
			h.ServeHTTP(w, r)
		})
	}
	returned := func(err error) http.Handler {
		return apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return err })
	}
	httpError := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no such thing", 404) })
	failures := []struct {
		name    string
		handler http.Handler
		status  int
		code    string
	}{
		{"an error", returned(apierr.Conflict), 409, "RESOURCE_CONFLICT"},
		{"a large error", returned(apierr.Conflict.With("why", strings.Repeat("a long story ", 1000))), 409, "RESOURCE_CONFLICT"},
		{"an unknown error", returned(errors.New("secret")), 500, "INTERNAL_SERVER_ERROR"},
		{"http.Error", httpError, 404, "RESOURCE_NOT_FOUND"},
		{"a bare status", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }), 404, "RESOURCE_NOT_FOUND"},
		{"a panic", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret") }), 500, "INTERNAL_SERVER_ERROR"},
		{"an error over an encoding", stale(returned(apierr.Conflict)), 409, "RESOURCE_CONFLICT"},
		{"JSON of the handler's", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(422)
			io.WriteString(w, `{"error":{"code":"MINE"}}`)
		}), 422, "MINE"},
	}
	quiet := log.New(io.Discard, "", 0)
	tried := 0
	for _, compressor := range compressors() {
		t.Run(compressor.name, func(t *testing.T) {
			for _, order := range orders([]layer{
				{"New", middleware.New(apierr.Standard, middleware.WithLogger(nil))},
				{"New", middleware.New(apierr.Standard, middleware.WithLogger(nil))},
				{"TimeoutHandler", func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Minute, "") }},
				compressor,
			}) {
				var names []string
				for _, l := range order {
					names = append(names, l.name)
				}
				name := strings.Join(names, "(")
				for _, failure := range failures {
					tried++
					h := failure.handler
					for i := len(order) - 1; i >= 0; i-- {
						h = order[i].wrap(h)
					}
					server := httptest.NewUnstartedServer(h)
					server.Config.ErrorLog = quiet
					server.Start()
					answer, err := readAnswer(server.URL)
					server.Close()
					if failure.name == "a panic" && strings.LastIndex(name, "New") < strings.Index(name, compressor.name) && err != nil {
						continue // the compressor has ended its stream before New saw the panic, and New aborts it
					}
					require.NoError(t, err, "%s: %s", name, failure.name)
					require.Equal(t, failure.status, answer.status, "%s: %s", name, failure.name)
					require.Equal(t, failure.code, answer.code, "%s: %s: %s", name, failure.name, answer.body)
					require.NotContains(t, answer.body, "secret", "%s: %s", name, failure.name)
					require.Len(t, answer.ids, 1, "%s: %s", name, failure.name)
				}
			}
		})
	}
	require.Equal(t, 1152, tried)
}

type readable struct {
	status     int
	body, code string
	ids        []string
}

// readAnswer asks for gzip and reads the answer as its header says.
func readAnswer(url string) (a readable, err error) {
	req, err := http.NewRequest("POST", url, nil)
	if err != nil {
		return a, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	body := io.Reader(res.Body)
	switch encoding := res.Header.Get("Content-Encoding"); encoding {
	case "":
	case "gzip":
		if body, err = gzip.NewReader(res.Body); err != nil {
			return a, err
		}
	default:
		return a, errors.New("the answer says that it is " + encoding)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return a, err
	}
	var envelope struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	err = json.Unmarshal(b, &envelope)
	return readable{res.StatusCode, string(b), envelope.Error.Code, res.Header["X-Request-Id"]}, err
}
