// Package limits says where the demo's limits are kept.
package limits

import "github.com/failwell/failwell/ratelimit"

// Maker makes a limiter. The name tells the limiters of one server apart.
type Maker func(name string, policies ...ratelimit.Policy) ratelimit.Limiter

// InMemory keeps the limits of one process.
func InMemory(_ string, policies ...ratelimit.Policy) ratelimit.Limiter {
	return ratelimit.NewMemory(policies...)
}
