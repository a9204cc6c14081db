package ratelimit_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
)

// misuses are the mistakes of a programmer that panic at start-up, and a part
// of each panic's text. Package clientip has those of the functions for
// addresses, TestCheck those of policies.
var misuses = []struct {
	function, why string
	f             func()
}{
	{"WithPolicies", "WithPolicies: the function is nil", func() { ratelimit.WithPolicies(nil) }},
	{"WithCost", "WithCost: the function is nil", func() { ratelimit.WithCost(nil) }},
	{"WithCountIf", "WithCountIf: the function is nil", func() { ratelimit.WithCountIf(nil) }},
	{"WithSkip", "WithSkip: the function is nil", func() { ratelimit.WithSkip(nil) }},
	{"WithDryRun", "WithDryRun: the function is nil", func() { ratelimit.WithDryRun(nil) }},
	{"WithLegacyHeaders", "WithLegacyHeaders: no such unit", func() { ratelimit.WithLegacyHeaders(0) }},
	{"WithLegacyHeaders", "WithLegacyHeaders: no such unit", func() { ratelimit.WithLegacyHeaders(ratelimit.DeltaSeconds + 1) }},
	{"Middleware", "needs a limiter and a key", func() { ratelimit.Middleware(nil, ratelimit.ByIP()) }},
	{"Middleware", "needs a limiter and a key", func() { ratelimit.Middleware(memory(), nil) }},
	{"Middleware", "an option is nil", func() { ratelimit.Middleware(memory(), ratelimit.ByIP(), nil) }},
	{"Middleware", "an option is nil", func() { ratelimit.Middleware(memory(), ratelimit.ByIP(), ratelimit.WithoutRateLimitHeaders(), nil) }},
	{"Middleware", "needs a handler", func() { ratelimit.Middleware(memory(), ratelimit.ByIP())(nil) }},
	{"ByHeader", "ByHeader needs the name", func() { ratelimit.ByHeader("") }},
	{"ByContext", "ByContext needs a function", func() { ratelimit.ByContext(nil) }},
	{"Join", "Join needs a key", func() { ratelimit.Join() }},
	{"Join", "Join: a key is nil", func() { ratelimit.Join(ratelimit.ByIP(), nil) }},
	{"NewMemory", "a limiter needs a policy", func() { ratelimit.NewMemory() }},
	{"NewMemoryWith", "a limiter needs a policy", func() { ratelimit.NewMemoryWith(ratelimit.MemoryOptions{}) }},
	{"NewMemoryWith", "MaxKeys is negative", func() {
		ratelimit.NewMemoryWith(ratelimit.MemoryOptions{MaxKeys: -1}, ratelimit.PerHour("a", 1))
	}},
}

func memory() *ratelimit.Memory { return ratelimit.NewMemory(ratelimit.PerHour("a", 1)) }

func TestMisuse(t *testing.T) {
	for _, c := range misuses {
		require.Contains(t, panicText(c.f), c.why, c.function)
	}
}

// TestOptionsBeginWithWith reads the source: each function that returns an
// Option begins with With, and those that take an argument are in the list of
// misuses.
func TestOptionsBeginWithWith(t *testing.T) {
	listed := map[string]bool{}
	for _, c := range misuses {
		listed[c.function] = true
	}
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	options := 0
	for _, name := range names {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		for _, d := range f.Decls {
			fn, _ := d.(*ast.FuncDecl)
			if fn == nil || fn.Type.Results == nil {
				continue
			}
			if result, _ := fn.Type.Results.List[0].Type.(*ast.Ident); result == nil || result.Name != "Option" {
				continue
			}
			options++
			require.True(t, strings.HasPrefix(fn.Name.Name, "With"), fn.Name.Name)
			if len(fn.Type.Params.List) > 0 {
				require.True(t, listed[fn.Name.Name], "%s is not in the list of misuses", fn.Name.Name)
			}
		}
	}
	require.Equal(t, 7, options)
}

// TestLastOptionCounts gives an option twice.
func TestLastOptionCounts(t *testing.T) {
	cost := func(n int) ratelimit.Option { return ratelimit.WithCost(func(*http.Request) int { return n }) }
	res := get(limit(cost(7), cost(2))(ratelimit.PerHour("p", 10)), request(stranger))
	require.Equal(t, `"p";r=8;t=360`, res.Header.Get("RateLimit"))
}

// panicText is what f panics with.
func panicText(f func()) (text string) {
	defer func() { text, _ = recover().(string) }()
	f()
	return "no panic"
}
