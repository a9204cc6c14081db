package ratelimit_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/failwell/failwell/ratelimit"
)

// Limits by route: reading and writing have policies of their own, and each
// address has its own units on each route.
func Example_byRoute() {
	limiter := ratelimit.NewMemory(
		ratelimit.PerMinute("read", 60),
		ratelimit.PerMinute("write", 2),
	)
	limit := func(policy string, h http.HandlerFunc) http.Handler {
		names := ratelimit.WithPolicies(func(*http.Request) []string { return []string{policy} })
		return ratelimit.Middleware(limiter, ratelimit.Join(ratelimit.ByIP(), ratelimit.PerRoute()), names)(h)
	}
	hello := func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "hello") }
	mux := http.NewServeMux()
	mux.Handle("GET /docs/{id}", limit("read", hello)) // inside the mux, which knows the route
	mux.Handle("POST /docs", limit("write", hello))
	mux.Handle("POST /files", limit("write", hello))

	for _, target := range []string{"GET /docs/1", "GET /docs/2", "POST /docs", "POST /docs", "POST /docs", "POST /files"} {
		var method, path string
		fmt.Sscan(target, &method, &path)
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, httptest.NewRequest(method, path, nil))
		fmt.Println(target, rec.Code, rec.Header().Get("RateLimit"))
	}
	// Output:
	// GET /docs/1 200 "read";r=59;t=1
	// GET /docs/2 200 "read";r=58;t=1
	// POST /docs 200 "write";r=1;t=30
	// POST /docs 200 "write";r=0;t=30
	// POST /docs 429 "write";r=0;t=30
	// POST /files 200 "write";r=1;t=30
}
