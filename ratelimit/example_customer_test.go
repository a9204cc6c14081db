package ratelimit_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/ratelimit"
)

// Limits by customer: each has its own number in a database. Customers with the
// same number use one Memory, under keys of their own. A customer whose number
// changes starts with all units.
func Example_byCustomer() {
	database := map[string]int{"acme": 3, "globex": 1} // requests a minute
	perMinute := func(_ context.Context, customer string) (int, error) {
		n, ok := database[customer] // read it through a cache
		if !ok {
			return 0, errors.New("no such customer")
		}
		return n, nil
	}
	handler := limitByCustomer(perMinute, http.NotFoundHandler())

	for _, customer := range []string{"acme", "acme", "globex", "globex", "nobody"} {
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, signIn(httptest.NewRequest("GET", "/", nil), account{ID: customer}))
		fmt.Println(customer, rec.Code, rec.Header().Get("RateLimit"))
	}
	// Output:
	// acme 404 "customer";r=2;t=20
	// acme 404 "customer";r=1;t=20
	// globex 404 "customer";r=0;t=60
	// globex 429 "customer";r=0;t=60
	// nobody 500
}

func limitByCustomer(perMinute func(context.Context, string) (int, error), next http.Handler) http.Handler {
	var handlers sync.Map // requests a minute → http.Handler
	return apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		n, err := perMinute(r.Context(), accountID(r.Context()))
		if err != nil {
			return err
		}
		h, ok := handlers.Load(n)
		if !ok {
			policy := ratelimit.PerMinute("customer", n)
			if err := ratelimit.Check(policy); err != nil {
				return err // such as a 0 in the database
			}
			limit := ratelimit.Middleware(ratelimit.NewMemory(policy), ratelimit.ByContext(accountID))
			h, _ = handlers.LoadOrStore(n, limit(next))
		}
		h.(http.Handler).ServeHTTP(w, r)
		return nil
	})
}
