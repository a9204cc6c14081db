package poly

import (
	"context"
	"net/http"
	"time"

	"github.com/failwell/failwell/example/internal/caller"
	"github.com/failwell/failwell/example/internal/limits"
	"github.com/failwell/failwell/ratelimit"
)

// newLimiter allows each key 150 requests in 15 seconds.
func newLimiter(limit limits.Maker) ratelimit.Limiter {
	return limit("poly", ratelimit.Policy{Name: "requests", Limit: 150, Window: 15 * time.Second})
}

// limit counts a request against its key.
func (a *API) limit(next http.Handler) http.Handler {
	byKey := ratelimit.ByContext(func(ctx context.Context) string { return string(caller.From[apiKey](ctx)) })
	return ratelimit.Middleware(a.limiter, byKey)(next)
}
