package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/validate"
)

type order struct {
	Name string `json:"name" binding:"required"`
	Qty  int    `json:"qty"`
}

// decoders are handlers that decode a body without package validate, and return
// the error.
func decoders() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.POST("/gin", func(c *gin.Context) {
		if err := c.ShouldBindJSON(new(order)); err != nil {
			apierr.Write(c.Writer, c.Request, err)
		}
	})
	v1 := func(r *http.Request) error { return json.NewDecoder(r.Body).Decode(new(order)) }
	mux := http.NewServeMux()
	for path, read := range map[string]func(*http.Request) error{
		"/v1": v1,
		"/all": func(r *http.Request) error {
			b, err := io.ReadAll(r.Body)
			return errors.Join(err, json.Unmarshal(b, new(order)))
		},
		"/then-eof":   func(r *http.Request) error { _ = v1(r); return io.EOF },
		"/then-short": func(r *http.Request) error { _ = v1(r); return io.ErrUnexpectedEOF },
		"/unread":     func(*http.Request) error { return io.ErrUnexpectedEOF },
		"/file":       func(r *http.Request) error { _, _, err := r.FormFile("file"); return err },
	} {
		mux.Handle(path, apierr.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error { return read(r) }))
	}
	mux.Handle("/gin", engine)
	return mux
}

// decoderServer has a New with the mapper of validate around a handler.
func decoderServer(t *testing.T, h http.Handler, opts ...middleware.Option) *httptest.Server {
	t.Helper()
	opts = append([]middleware.Option{
		middleware.WithErrorMapper(validate.FromError), middleware.WithLogger(slog.New(slog.DiscardHandler)),
	}, opts...)
	s := httptest.NewServer(middleware.New(apierr.Standard, opts...)(h))
	t.Cleanup(s.Close)
	return s
}

// The most common handlers in Go answer 400 for what a client sends, and 500 for
// what their own files hold.
func TestDecoders(t *testing.T) {
	server := decoderServer(t, decoders())
	nested := decoderServer(t, middleware.New(apierr.Standard)(decoders()))
	for _, c := range []struct {
		path, body string
		status     int
		says       string
	}{
		{"/v1", `{"name":"x"}`, 200, ""},
		{"/v1", ``, 400, "The request body is empty"},
		{"/v1", " \n", 400, "The request body is empty"},
		{"/v1", `{"name":"x"`, 400, "unexpected end"},
		{"/v1", `["`, 400, "unexpected end"},
		{"/v1", `nul`, 400, "unexpected end"},
		{"/v1", `{"name":x}`, 400, "byte 9"},
		{"/v1", `{"name":5}`, 400, `"name":"Expected string, received number"`},
		{"/all", ``, 400, "byte 0"},
		{"/all", `{"name":`, 400, "byte 8"},
		{"/gin", `{"name":"x"}`, 200, ""},
		{"/gin", ``, 400, "The request body is empty"},
		{"/gin", `{"name":"x`, 400, "unexpected end"},
		{"/gin", `{"qty":"x"}`, 400, `"qty":"Expected integer, received string"`},
		{"/gin", `{"qty":1}`, 400, `Required`},

		{"/then-eof", `{"name":"x"}`, 500, ""},
		{"/then-short", `{"name":"x"}`, 500, ""},
		{"/then-short", `{"name":"x"} `, 500, ""},
		{"/then-short", ``, 500, ""},
		{"/unread", `{"name":`, 500, ""},
		{"/file", `{}`, 415, ""},
	} {
		for _, url := range []string{server.URL, nested.URL} {
			for _, length := range []bool{true, false} {
				body := io.Reader(strings.NewReader(c.body))
				if !length {
					body = io.MultiReader(body) // chunked
				}
				resp, err := http.Post(url+c.path, "application/json", body)
				require.NoError(t, err)
				text, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				_ = resp.Body.Close()
				require.Equal(t, c.status, resp.StatusCode, "%s %q: %s", c.path, c.body, text)
				require.Contains(t, string(text), c.says, "%s %q", c.path, c.body)
			}
		}
	}
}

// A cut connection is no invalid JSON.
func TestDecoders_CutConnection(t *testing.T) {
	outcomes := make(chan middleware.Outcome, 1)
	server := decoderServer(t, decoders(), middleware.WithObserver(func(_ context.Context, o middleware.Outcome) { outcomes <- o }))
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	_, err = io.WriteString(conn, "POST /v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{\"name\":")
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	require.Equal(t, apierr.ClientGone.Code, (<-outcomes).Error.Code)
}

// The limit of validate is that of the middleware, none among them, unless a
// layer between them has replaced the body.
func TestValidate_BodyLimitUnderNew(t *testing.T) {
	read := apierr.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		_, err := validate.JSON[order](r)
		return err
	})
	replaced := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = io.NopCloser(r.Body)
		read.ServeHTTP(w, r)
	})
	body := `{"name":"` + strings.Repeat("x", 2<<20) + `"}`
	for _, c := range []struct {
		name    string
		handler http.Handler
		limit   int64
		status  int
	}{
		{"no limit in New", read, 0, 200},
		{"a larger one", read, 4 << 20, 200},
		{"a smaller one", read, 1 << 10, 413},
		{"no limit, and a replaced body", replaced, 0, 413},
		{"a larger one, and a replaced body", replaced, 4 << 20, 413},
	} {
		server := decoderServer(t, c.handler, middleware.WithMaxBody(c.limit))
		resp, err := http.Post(server.URL, "application/json", strings.NewReader(body))
		require.NoError(t, err, c.name)
		_ = resp.Body.Close()
		require.Equal(t, c.status, resp.StatusCode, c.name)
	}
}
