package conformance_test

import (
	"net/http"
	"testing"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/conformance"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/validate"
)

var (
	orderNotFound = &apierr.Error{Code: "ORDER_NOT_FOUND", Status: 404, Message: "The order does not exist"}
	orders        = apierr.Contract{
		Name:     "orders",
		Sections: []apierr.Section{{Title: "Orders", Errors: []*apierr.Error{orderNotFound}}},
		Errors:   apierr.Standard.Errors,
	}
	ordersLayer = middleware.New(orders, middleware.WithLogger(nil))
)

// ordersAPI is the service under test.
func ordersAPI() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.Handle("GET /orders/{id}", apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
		return orderNotFound
	}))
	mux.Handle("POST /orders", apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		_, err := validate.JSON[struct {
			Name string `json:"name" validate:"required"`
		}](r)
		return err
	}))
	return ordersLayer(mux)
}

// TestOrders is the whole test of a team.
func TestOrders(t *testing.T) {
	t.Parallel()
	conformance.Test(t, ordersAPI(), orders,
		conformance.WithRoute("GET", "/healthz"),
		conformance.WithBody("POST", "/orders", `{"name":"Ada"}`),
		conformance.WithMiddleware(ordersLayer),
		conformance.WithSkip("slow", "the service has no deadline"),
	)
}

// The body of TestOrders, a test of a service with three routes.
func ExampleTest() {
	t := new(testing.T) // the argument of the test function
	conformance.Test(t, ordersAPI(), orders,
		conformance.WithRoute("GET", "/healthz"),
		conformance.WithBody("POST", "/orders", `{"name":"Ada"}`),
		conformance.WithMiddleware(ordersLayer),
		conformance.WithSkip("slow", "the service has no deadline"),
	)
}

// Tests that exist already check the contract too, and list the declared codes
// that none of them has seen.
func ExampleWatch() {
	t := new(testing.T) // that of the test around the others
	handler := conformance.Watch(t, orders, ordersAPI())
	_ = handler // serve it in place of ordersAPI()
	// Output:
}
