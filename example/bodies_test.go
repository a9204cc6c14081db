package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
)

// hostileBodies are bodies that no client means to send.
var hostileBodies = []string{
	``, ` `, `null`, `[]`, `{}`, `""`, `0`, `true`, `{"`, "\xff\xfe", "\ufeff{}", `{"a":"\ud800"}`, `{"a":1,"a":2}`,
	`{} {}`, `[{}]`, `{"message":null,"content":null,"name":null}`, `{"name":{"name":{"name":1}}}`,
	`{"message":1e999,"parameters":[null],"attributes":{"":null},"case_ids":[1],"arguments":{"x":1.5}}`,
	strings.Repeat(`{"metadata":`, 200) + strings.Repeat(`}`, 200),
	`{"` + strings.Repeat("k", 70_000) + `":1}`,
	`{"type":"object","$ref":"#","properties":{"a":{"$ref":"#/properties/a"}}}`,
	`{"$id":"http://127.0.0.1:1/x","$dynamicRef":"#x","pattern":"(a+)+$"}`,
}

// Whatever comes in a body is the client's fault, in every route that reads
// one: never a 5xx, and always an answer in the contract's form.
func TestHostile_Bodies(t *testing.T) {
	routes := map[string][]row{"chatbase": chatbaseRows, "polyai": polyaiRows, "avatarium": avatariumRows}
	for contract, rows := range routes {
		t.Run(contract, func(t *testing.T) {
			d := startWith(t, contract, unlimited)
			for _, path := range bodyRoutes(rows) {
				for _, body := range hostileBodies {
					got := d.do(t, ask{method: path[0], path: path[1], key: "YOUR_API_KEY", body: body, header: jsonType})
					require.Less(t, got.status, 500, "%s %q: %s", path, body[:min(len(body), 100)], got.body)
					if got.status >= 400 {
						require.NotEmpty(t, d.failure(t, got).Code)
					}
				}
			}
			// It is still the server it was.
			require.Equal(t, 200, d.do(t, ask{method: "GET", path: "/healthz"}).status)
		})
	}
}

// bodyRoutes are the methods and paths of rows with a body, each once.
func bodyRoutes(rows []row) (routes [][2]string) {
	seen := make(map[[2]string]bool)
	for _, row := range rows {
		route := [2]string{row.method, row.path}
		if row.body != "" && !seen[route] {
			seen[route] = true
			routes = append(routes, route)
		}
	}
	return routes
}

// unlimited has limits that nobody reaches. The one policy has the name that
// demo data is charged to.
func unlimited(string, ...ratelimit.Policy) ratelimit.Limiter {
	return ratelimit.NewMemory(ratelimit.PerSecond("month", 1_000_000))
}
