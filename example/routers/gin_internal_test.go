package routers

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// TestGinErrors holds how each use of c.Error is answered.
func TestGinErrors(t *testing.T) {
	secret := errors.New("agent-secret")
	for _, test := range []struct {
		name    string
		handler gin.HandlerFunc
		status  int
		body    string // a part of it
		logged  bool   // the log has the secret
	}{
		{"alone", func(c *gin.Context) { c.Error(secret) }, 500, "INTERNAL_SERVER_ERROR", true},
		{"of a declared error", func(c *gin.Context) { c.Error(AgentNotFound) }, 404, "AGENT_NOT_FOUND", false},
		{"twice: the last one", func(c *gin.Context) { c.Error(secret); c.Error(AgentNotFound) }, 404, "AGENT_NOT_FOUND", false},
		{"after a status that is not written", func(c *gin.Context) { c.Status(204); c.Error(secret) }, 500, "INTERNAL_SERVER_ERROR", true},
		{"AbortWithError", func(c *gin.Context) { c.AbortWithError(403, secret) }, 403, "AUTH_FORBIDDEN", true},
		{"AbortWithStatus", func(c *gin.Context) { c.AbortWithStatus(403) }, 403, "AUTH_FORBIDDEN", false},
		{"after an answer: a remark", func(c *gin.Context) { c.JSON(200, "fine"); c.Error(secret) }, 200, `"fine"`, true},
		{"after an error of the handler's own", func(c *gin.Context) { c.JSON(400, "own"); c.Error(secret) }, 400, `"own"`, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			log := new(bytes.Buffer)
			logger := slog.New(slog.NewJSONHandler(log, nil))
			r := ginEngine(logger)
			r.GET("/", test.handler)
			w := httptest.NewRecorder()
			middleware.New(apierr.Standard, middleware.WithLogger(logger))(r).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
			require.Equal(t, test.status, w.Code)
			require.Contains(t, w.Body.String(), test.body)
			require.NotContains(t, w.Body.String(), "agent-secret")
			require.Equal(t, test.logged, strings.Contains(log.String(), "agent-secret"))
		})
	}
}
