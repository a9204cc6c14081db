package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr/conformance"
	"github.com/failwell/failwell/example/internal/limits"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/ratelimit"
)

// protectedPaths need a key, by contract.
var protectedPaths = map[string]string{
	"chatbase":  "/api/v2/agents/YOUR_AGENT_ID/conversations/conv-ongoing",
	"polyai":    "/v1/projects/demo/conversations/conv-1",
	"avatarium": "/v1/conversations/conv_abc123",
	"standard":  "/api/v2/agents/YOUR_AGENT_ID/conversations/conv-ongoing",
	"problem":   "/api/v2/agents/YOUR_AGENT_ID/conversations/conv-ongoing",
}

// quick makes the limit of /lab/limited one a second: its own asks a client to
// wait twelve seconds, which the first contract alone is given.
func quick(name string, policies ...ratelimit.Policy) ratelimit.Limiter {
	if name == "lab" {
		policies = []ratelimit.Policy{ratelimit.PerSecond("lab", 1)}
	}
	return limits.InMemory(name, policies...)
}

// The demo keeps each of its contracts, over both protocols, and no check is
// left out.
func TestConformance(t *testing.T) {
	for _, name := range contracts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limit := limits.Maker(quick)
			if name == contracts[0] {
				limit = limits.InMemory
			}
			contract, _, err := choose(name, limit)
			require.NoError(t, err)
			contract = withErrorURLs(contract)
			server, err := newServer(settings{contract: name, at: address{host: "example.com"}, limit: limit})
			require.NoError(t, err)
			conformance.Test(t, server, contract,
				conformance.WithRoute("GET", "/healthz"),
				conformance.WithProtected("GET", protectedPaths[name]),
				conformance.WithBody("POST", "/lab/echo", `{"name":"Ada","email":"ada@example.com"}`),
				conformance.WithBody("POST", "/lab/json", `{"a":1}`),
				conformance.WithLimited("GET", "/lab/limited"),
				conformance.WithMiddleware(middleware.New(contract, middleware.WithLogger(nil), middleware.WithTimeout(time.Second))),
				conformance.WithSecret("lab-secret"),
				conformance.WithRequired("*"),
				conformance.WithStrict(),
			)
		})
	}
}
