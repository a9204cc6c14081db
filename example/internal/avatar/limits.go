package avatar

import (
	"context"
	"net/http"
	"time"

	"github.com/failwell/failwell/example/internal/caller"
	"github.com/failwell/failwell/example/internal/limits"
	"github.com/failwell/failwell/ratelimit"
)

// monthlyQuota is how many requests a key has in a calendar month.
const monthlyQuota = 100_000

// newLimiter allows each key 60 requests in 10 seconds, within the quota of the
// month. used is what keys have had of it.
func newLimiter(limit limits.Maker, used map[string]int) ratelimit.Limiter {
	limiter := limit("avatar",
		ratelimit.Policy{Name: "burst", Limit: 60, Window: 10 * time.Second},
		ratelimit.Monthly("month", monthlyQuota),
	)
	for key, n := range used {
		if _, err := limiter.Take(context.Background(), key, n, "month"); err != nil {
			panic(err) // demo data over the quota, or no store to keep it in
		}
	}
	return limiter
}

// limit counts a request against its key. X-RateLimit-Reset is in epoch
// seconds, as Avatarium has it.
func (a *API) limit(next http.Handler) http.Handler {
	byKey := ratelimit.ByContext(func(ctx context.Context) string { return string(caller.From[token](ctx)) })
	return ratelimit.Middleware(a.limiter, byKey, ratelimit.WithLegacyHeaders(ratelimit.EpochSeconds))(next)
}
