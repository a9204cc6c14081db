package poly

import (
	"context"
	"net/http"

	"github.com/failwell/failwell/example/internal/caller"
	"github.com/failwell/failwell/example/internal/limits"
	"github.com/failwell/failwell/ratelimit"
)

// newLimiter allows bursts of 150 requests of one key, and 10 a second after
// that.
func newLimiter(limit limits.Maker) ratelimit.Limiter {
	return limit("poly", ratelimit.PerSecond("requests", 10).WithBurst(150))
}

// limit counts a request against its key.
func (a *API) limit(next http.Handler) http.Handler {
	byKey := ratelimit.ByContext(func(ctx context.Context) string { return string(caller.From[apiKey](ctx)) })
	return ratelimit.Middleware(a.limiter, byKey)(next)
}
