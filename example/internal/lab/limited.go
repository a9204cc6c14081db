package lab

import (
	"net/http"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/example/internal/answer"
	"github.com/failwell/failwell/ratelimit"
)

// limited lets each address in five times a minute.
func (l *Lab) limited() http.Handler {
	h := apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		return answer.JSON(w, http.StatusOK, map[string]bool{"ok": true})
	})
	return ratelimit.Middleware(l.limiter, ratelimit.ByIP())(h)
}
