package ratelimit_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/ratelimit"
)

func Example() {
	limiter := ratelimit.NewMemory(
		ratelimit.PerSecond("burst", 2),
		ratelimit.PerHour("hour", 100),
	)
	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "hello") })
	handler := ratelimit.Middleware(limiter, ratelimit.ByIP())(hello)

	for range 3 {
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		fmt.Println(rec.Code, strings.TrimSpace(rec.Body.String()))
		fmt.Println("  RateLimit:", rec.Header().Get("RateLimit"))
		if after := rec.Header().Get("Retry-After"); after != "" {
			fmt.Println("  Retry-After:", after)
		}
	}
	// Output:
	// 200 hello
	//   RateLimit: "burst";r=1;t=1, "hour";r=99;t=36
	// 200 hello
	//   RateLimit: "burst";r=0;t=1, "hour";r=98;t=36
	// 429 {"error":{"code":"RATE_LIMIT_TOO_MANY_REQUESTS","message":"Too many requests"}}
	//   RateLimit: "burst";r=0;t=1, "hour";r=98;t=36
	//   Retry-After: 1
}

// The policies of one limiter are charged together; the decision has the state
// of each.
func ExampleMemory_Take() {
	limiter := ratelimit.NewMemory(
		ratelimit.PerMinute("minute", 5),
		ratelimit.Daily("day", 7),
	)
	ctx := context.Background()
	for _, cost := range []int{4, 2, 1} {
		d, err := limiter.Take(ctx, "alice", cost)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%d units: allowed %v by %q\n", cost, d.Allowed, d.Policy.Name)
		for s := range d.States() {
			fmt.Printf("  %s: %d left\n", s.Policy.Name, s.Remaining)
		}
	}
	// Output:
	// 4 units: allowed true by "minute"
	//   minute: 1 left
	//   day: 3 left
	// 2 units: allowed false by "minute"
	//   minute: 1 left
	//   day: 3 left
	// 1 units: allowed true by "minute"
	//   minute: 0 left
	//   day: 2 left
}

// Five wrong passwords are admitted in a quarter of an hour, and any number of
// right ones.
func ExampleWithCountIf() {
	limiter := ratelimit.NewMemory(ratelimit.Policy{Name: "login", Limit: 5, Window: 15 * time.Minute})
	login := apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		if r.FormValue("password") != "right" {
			return apierr.Unauthenticated
		}
		return nil
	})
	failed := func(status int) bool { return status == http.StatusUnauthorized }
	handler := ratelimit.Middleware(limiter, ratelimit.ByIP(), ratelimit.WithCountIf(failed))(login)

	try := func(password string) int {
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, httptest.NewRequest("POST", "/login?password="+password, nil))
		return rec.Code
	}
	for range 20 {
		try("right")
	}
	for range 6 {
		fmt.Print(try("guess"), " ")
	}
	// Output: 401 401 401 401 401 429
}

// A limit that depends on the body is charged in the handler.
func ExampleTake() {
	limiter := ratelimit.NewMemory(ratelimit.PerMinute("items", 100))
	handler := apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		items := 60 // as read from the body
		if err := ratelimit.Take(r, limiter, "alice", items); err != nil {
			return err
		}
		w.WriteHeader(http.StatusAccepted)
		return nil
	})
	for range 2 {
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, httptest.NewRequest("POST", "/items", nil))
		fmt.Println(rec.Code, rec.Header()["Retry-After"])
	}
	// Output:
	// 202 []
	// 429 [12]
}

// Behind a load balancer, name its addresses: X-Forwarded-For of anybody else is
// not read.
func ExampleByIP() {
	key := ratelimit.ByIP(netip.MustParsePrefix("10.0.0.0/8"))

	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("X-Forwarded-For", "1.1.1.1, 198.51.100.7") // the client wrote the left one
	for _, peer := range []string{"10.0.0.1:4711", "203.0.113.9:4711"} {
		r.RemoteAddr = peer
		fmt.Println(key(r))
	}
	// Output:
	// 198.51.100.7 <nil>
	// 203.0.113.9 <nil>
}

// A policy may have its own error.
func ExamplePolicy_WithError() {
	planUsedUp := &apierr.Error{Code: "PLAN_USED_UP", Status: 402, Message: "Your plan is used up"}
	limiter := ratelimit.NewMemory(ratelimit.Monthly("plan", 1).WithError(planUsedUp))

	r := httptest.NewRequest("GET", "/", nil)
	fmt.Println(ratelimit.Take(r, limiter, "alice", 1))
	fmt.Println(errors.Is(ratelimit.Take(r, limiter, "alice", 1), planUsedUp))
	// Output:
	// <nil>
	// true
}

// One credential in several spellings has one key.
func ExampleByAuthorization() {
	key := ratelimit.ByAuthorization()

	r := httptest.NewRequest("GET", "/", nil)
	for _, value := range []string{"Bearer s3cret", "bearer  s3cret", "Bearer other"} {
		r.Header.Set("Authorization", value)
		fmt.Println(key(r))
	}
	// Output:
	// qOOWV1THoHd31J63_beuHA <nil>
	// qOOWV1THoHd31J63_beuHA <nil>
	// pD5gz0svwud8DO0KYvGx_g <nil>
}
