package main

import (
	"compress/gzip"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/handlers"
	"github.com/klauspost/compress/gzhttp"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

var errTeapot = &apierr.Error{Code: "TEAPOT", Status: 418, Message: "Short and stout"}

// TestCompressors holds that failures inside a compressor reach the client as
// they would without it, where a second New stands inside.
func TestCompressors(t *testing.T) {
	quiet := middleware.New(apierr.Standard, middleware.WithLogger(nil))
	long := strings.Repeat("a whole sentence of text. ", 400)
	routes := http.NewServeMux()
	routes.HandleFunc("/fine", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, long) })
	routes.HandleFunc("/panics", func(w http.ResponseWriter, r *http.Request) { panic("lab-secret") })
	routes.HandleFunc("/http-error", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "lab-secret", 500) })
	routes.HandleFunc("/stale", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		http.Error(w, "no such thing", 404)
	})
	routes.Handle("/fails", apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		return errTeapot.With("why", long)
	}))
	routes.Handle("/midway", apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		io.WriteString(w, long)
		return errors.New("lab-secret")
	}))
	routes.HandleFunc("/panics-midway", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, long)
		panic("lab-secret")
	})
	routes.Handle("/events", apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: one\n\n")
		return errors.New("lab-secret")
	}))

	for _, compressor := range []struct {
		name string
		wrap func(http.Handler) http.Handler
	}{
		{"klauspost gzhttp", func(h http.Handler) http.Handler { return gzhttp.GzipHandler(h) }},
		{"gorilla CompressHandler", handlers.CompressHandler},
	} {
		t.Run(compressor.name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(quiet(compressor.wrap(quiet(routes))))
			server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
			server.Start()
			defer server.Close()
			for _, test := range []struct {
				path   string
				status int
				body   string // what it holds
				cut    bool
			}{
				{"/fine", 200, long, false},
				{"/fails", 418, `{"error":{"code":"TEAPOT"`, false},
				{"/panics", 500, `{"error":{"code":"INTERNAL_SERVER_ERROR"`, false},
				{"/http-error", 500, `{"error":{"code":"INTERNAL_SERVER_ERROR"`, false},
				{"/stale", 404, `"message":"no such thing"`, false},
				{"/nowhere", 404, `{"error":{"code":"RESOURCE_NOT_FOUND"`, false},
				{"/events", 200, "data: one\n\nevent: error\ndata: {\"error\":{\"code\":\"STREAM_FAILED\"", false},
				{"/midway", 200, "", true},
				{"/panics-midway", 200, "", true},
			} {
				status, body, err := getCompressed(t, server.URL+test.path)
				if test.cut {
					require.Error(t, err, "%s: the client sees that the answer is cut", test.path)
					continue
				}
				require.NoError(t, err, test.path)
				require.Equal(t, test.status, status, test.path)
				require.Contains(t, body, test.body, test.path)
				require.NotContains(t, body, "lab-secret", test.path)
			}
		})
	}
}

// getCompressed asks for gzip and undoes it, as a client does. A broken
// connection, before the header or in the body, is an error.
func getCompressed(t *testing.T, url string) (status int, body string, err error) {
	t.Helper()
	req, err := http.NewRequest("GET", url, nil)
	require.NoError(t, err)
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	require.Len(t, res.Header["X-Request-Id"], 1)
	plain := io.Reader(res.Body)
	if res.Header.Get("Content-Encoding") == "gzip" {
		if plain, err = gzip.NewReader(res.Body); err != nil {
			return res.StatusCode, "", err
		}
	}
	b, err := io.ReadAll(plain)
	return res.StatusCode, string(b), err
}
