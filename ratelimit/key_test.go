package ratelimit_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
)

type principalKey struct{}

func principal(ctx context.Context) string {
	s, _ := ctx.Value(principalKey{}).(string)
	return s
}

func as(r *http.Request, who string) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), principalKey{}, who))
}

func keyOf(t *testing.T, k ratelimit.KeyFunc, r *http.Request) string {
	t.Helper()
	s, err := k(r)
	require.NoError(t, err)
	return s
}

func TestByHeader(t *testing.T) {
	key := ratelimit.ByHeader("x-api-key")
	a, b := request(stranger, "X-Api-Key secret-a"), request(stranger, "X-Api-Key secret-b")
	require.Equal(t, keyOf(t, key, a), keyOf(t, key, request(proxy, "X-Api-Key secret-a")))
	require.NotEqual(t, keyOf(t, key, a), keyOf(t, key, b))
	require.NotContains(t, keyOf(t, key, a), "secret")
	require.Empty(t, keyOf(t, key, request(stranger)), "the shared bucket")
	require.Empty(t, keyOf(t, key, request(stranger, "X-Api-Key ")))
}

func TestByContext(t *testing.T) {
	key := ratelimit.ByContext(principal)
	require.Equal(t, "alice", keyOf(t, key, as(request(stranger), "alice")))
	require.Empty(t, keyOf(t, key, request(stranger)), "the shared bucket")
}

func TestPerRoute(t *testing.T) {
	var got []string
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = append(got, keyOf(t, ratelimit.PerRoute(), r)) })
	mux := http.NewServeMux()
	mux.Handle("GET /agents/{id}", h)
	for _, path := range []string{"/agents/1", "/agents/2"} {
		mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	require.Equal(t, []string{"GET /agents/{id}", "GET /agents/{id}"}, got)
}

func TestJoin(t *testing.T) {
	text := func(s string) ratelimit.KeyFunc { return func(*http.Request) (string, error) { return s, nil } }
	seen := map[string]bool{}
	for _, parts := range [][2]string{{"a", "b"}, {"ab", ""}, {"", "ab"}, {"1:a", "b"}, {"a1:", "b"}, {"a", "1:b"}, {"a:", "b"}, {"a", ":b"}} {
		k := keyOf(t, ratelimit.Join(text(parts[0]), text(parts[1])), request(stranger))
		require.False(t, seen[k], "%q", parts)
		seen[k] = true
	}
	fault := errors.New("no")
	_, err := ratelimit.Join(text("a"), func(*http.Request) (string, error) { return "", fault })(request(stranger))
	require.ErrorIs(t, err, fault)
}

func TestKeysPanic(t *testing.T) {
	for name, f := range map[string]func(){
		"ByHeader":                func() { ratelimit.ByHeader("") },
		"ByContext":               func() { ratelimit.ByContext(nil) },
		"Join needs":              func() { ratelimit.Join() },
		"Join: a key is nil":      func() { ratelimit.Join(ratelimit.ByIP(), nil) },
		"needs a limiter and":     func() { ratelimit.Middleware(nil, ratelimit.ByIP()) },
		"a limiter and a key":     func() { ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerHour("a", 1)), nil) },
		"WithLegacyHeaders: no such":     func() { ratelimit.WithLegacyHeaders(0) },
		"MaxKeys is negative":     func() { ratelimit.NewMemoryWith(ratelimit.MemoryOptions{MaxKeys: -1}, ratelimit.PerHour("a", 1)) },
		"a limiter needs a polic": func() { ratelimit.NewMemory() },
	} {
		require.Contains(t, panicText(f), name)
	}
}

// panicText is what f panics with.
func panicText(f func()) (text string) {
	defer func() { text, _ = recover().(string) }()
	f()
	return "no panic"
}
