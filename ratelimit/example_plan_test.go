package ratelimit_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/failwell/failwell/ratelimit"
)

// account is what an authenticating middleware puts into the context.
type account struct{ ID, Plan string }

type accountKey struct{}

func accountOf(ctx context.Context) account {
	a, _ := ctx.Value(accountKey{}).(account)
	return a
}

func accountID(ctx context.Context) string { return accountOf(ctx).ID }

// signIn replaces the authentication in the examples.
func signIn(r *http.Request, a account) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), accountKey{}, a))
}

// Limits by plan: a policy for each plan, of which the account's applies.
func ExampleWithPolicies() {
	limiter := ratelimit.NewMemory(
		ratelimit.PerMinute("free", 10),
		ratelimit.PerMinute("paid", 1000),
	)
	planOf := func(r *http.Request) []string { return []string{accountOf(r.Context()).Plan} }
	limit := ratelimit.Middleware(limiter, ratelimit.ByContext(accountID), ratelimit.WithPolicies(planOf))
	handler := limit(http.NotFoundHandler())

	for _, a := range []account{{"alice", "free"}, {"bob", "paid"}} {
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, signIn(httptest.NewRequest("GET", "/", nil), a))
		fmt.Println(a.ID, rec.Header().Get("RateLimit-Policy"), "→", rec.Header().Get("RateLimit"))
	}
	// Output:
	// alice "free";q=10;w=60 → "free";r=9;t=6
	// bob "paid";q=1000;w=60 → "paid";r=999;t=1
}
