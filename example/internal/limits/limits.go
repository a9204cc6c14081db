// Package limits says where the demo's limits are kept.
package limits

import "github.com/failwell/failwell/ratelimit"

// Maker makes a limiter. Each limiter of a server has another name.
type Maker func(name string, policies ...ratelimit.Policy) ratelimit.Limiter

// InMemory keeps the limits of one process.
func InMemory(_ string, policies ...ratelimit.Policy) ratelimit.Limiter {
	return ratelimit.NewMemory(policies...)
}
