package middleware_test

import (
	"bytes"
	"context"
	"errors"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// A record is bounded, whatever a library put into its error's text.
func TestLogBound(t *testing.T) {
	var out bytes.Buffer
	h := middleware.New(apierr.Standard, middleware.WithLogger(slog.New(slog.NewJSONHandler(&out, nil))))(
		apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
			return errors.New(strings.Repeat("é", 1<<20))
		}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/"+strings.Repeat("x", 1<<16), nil))
	require.Contains(t, out.String(), `"cause":"éé`)
	require.NotContains(t, out.String(), `\ufffd`, "cut on a rune")
	require.Less(t, out.Len(), 6<<10)
}

// The server's own log, where a fault goes if there is no other, gets one line
// of bounded length, whatever the text of the fault holds.
func TestServerLogBound(t *testing.T) {
	hostile := "a\nforged line" + strings.Repeat("x", 1<<20)
	for name, opts := range map[string][]middleware.Option{
		"an observer that panics": {middleware.WithLogger(nil), middleware.WithObserver(func(context.Context, middleware.Outcome) { panic(hostile) })},
		"a logger that panics":    {middleware.WithLogger(slog.New(badHandler{then: func() error { panic(hostile) }}))},
		"a logger that fails":     {middleware.WithLogger(slog.New(badHandler{then: func() error { return errors.New(hostile) }}))},
	} {
		var lines bytes.Buffer
		server := httptest.NewUnstartedServer(middleware.New(apierr.Standard, opts...)(returns(errors.New("secret"))))
		server.Config.ErrorLog = log.New(&lines, "", 0)
		server.Start()
		res, err := http.Get(server.URL)
		require.NoError(t, err, name)
		res.Body.Close()
		server.Close()
		require.Equal(t, 500, res.StatusCode, name)
		require.Equal(t, 1, strings.Count(lines.String(), "\n"), name)
		require.Contains(t, lines.String(), `a\nforged line`, name)
		require.Less(t, lines.Len(), 6<<10, name)
	}
}

// badHandler is a slog.Handler that does not do its work.
type badHandler struct {
	slog.Handler
	then func() error
}

func (badHandler) Enabled(context.Context, slog.Level) bool    { return true }
func (h badHandler) Handle(context.Context, slog.Record) error { return h.then() }
