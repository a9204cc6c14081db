package redislimit_test

import (
	"testing"
	"time"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/limittest"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

func TestLimiter(t *testing.T) {
	client := newClient(t, sharedServer(t).patiently())
	limittest.Run(t, func(t *testing.T, policies ...ratelimit.Policy) (ratelimit.Limiter, func(time.Duration)) {
		o := redislimit.Options{Prefix: prefix(), Timeout: patient, Outage: redislimit.FailClosed}
		return redislimit.New(client, o, policies...), time.Sleep
	})
}

// Without the memory of refusals every decision is Redis's own.
func TestLimiterAsksRedisAlways(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes as long as TestLimiter")
	}
	client := newClient(t, sharedServer(t).patiently())
	limittest.Run(t, func(t *testing.T, policies ...ratelimit.Policy) (ratelimit.Limiter, func(time.Duration)) {
		o := redislimit.Options{Prefix: prefix(), Timeout: patient, Outage: redislimit.FailClosed, NoRefusals: true}
		return redislimit.New(client, o, policies...), time.Sleep
	})
}
