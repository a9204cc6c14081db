package chat

import (
	"context"
	"net/http"
	"time"

	"github.com/failwell/failwell/example/internal/caller"
	"github.com/failwell/failwell/example/internal/limits"
	"github.com/failwell/failwell/ratelimit"
)

// newLimiter allows each key 60 requests in 10 seconds.
func newLimiter(limit limits.Maker) ratelimit.Limiter {
	return limit("chat", ratelimit.Policy{Name: "requests", Limit: 60, Window: 10 * time.Second})
}

// limit counts a request against its key. X-RateLimit-Reset is in epoch
// milliseconds, as Chatbase has it.
func (a *API) limit(next http.Handler) http.Handler {
	byKey := ratelimit.ByContext(func(ctx context.Context) string { return caller.From[principal](ctx).token })
	return ratelimit.Middleware(a.limiter, byKey, ratelimit.WithLegacyHeaders(ratelimit.EpochMilliseconds))(next)
}
