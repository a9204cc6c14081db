package redislimit_test

import (
	"testing"
	"time"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/limittest"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

// patient is for tests of what is decided, not of how soon: a busy machine
// must not make an outage of them.
const patient = 20 * time.Second

func TestLimiter(t *testing.T) {
	client := sharedServer(t).client()
	limittest.Run(t, func(t *testing.T, policies ...ratelimit.Policy) (ratelimit.Limiter, func(time.Duration)) {
		o := redislimit.Options{Prefix: prefix(), Timeout: patient, Outage: redislimit.FailClosed}
		return redislimit.New(client, o, policies...), time.Sleep
	})
}

// Without the memory of refusals every decision is Redis's own.
func TestLimiterAsksRedisAlways(t *testing.T) {
	client := sharedServer(t).client()
	limittest.Run(t, func(t *testing.T, policies ...ratelimit.Policy) (ratelimit.Limiter, func(time.Duration)) {
		o := redislimit.Options{Prefix: prefix(), Timeout: patient, Outage: redislimit.FailClosed, Recheck: -1}
		return redislimit.New(client, o, policies...), time.Sleep
	})
}
