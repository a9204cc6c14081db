package middleware_test

import (
	"bytes"
	"errors"
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
	var log bytes.Buffer
	h := middleware.New(apierr.Standard, middleware.WithLogger(slog.New(slog.NewJSONHandler(&log, nil))))(
		apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
			return errors.New(strings.Repeat("é", 1<<20))
		}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/"+strings.Repeat("x", 1<<16), nil))
	require.Contains(t, log.String(), `"cause":"éé`)
	require.Less(t, log.Len(), 6<<10)
}
