package middlewaretest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware/middlewaretest"
)

// The errors of an API, and its contract.
var (
	OrderNotFound = &apierr.Error{Code: "ORDER_NOT_FOUND", Status: 404, Message: "The order does not exist"}
	InvalidOrder  = &apierr.Error{Code: "INVALID_ORDER", Status: 422, Message: "The order is not valid"}

	Orders = apierr.Contract{
		Name:     "orders",
		Errors:   []*apierr.Error{OrderNotFound, InvalidOrder},
		Mappings: map[*apierr.Error]apierr.Mapping{apierr.InvalidBody: {Error: InvalidOrder}},
	}
)

// getOrder is the handler under test.
var getOrder = apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
	if id := r.PathValue("id"); id != "7" {
		return OrderNotFound.With("order_id", id)
	}
	_, err := io.WriteString(w, `{"id":"7"}`)
	return err
})

// A test of a handler has one line for each way in which it fails. The request
// has what the router would add.
func ExampleWant() {
	test := func(t testing.TB) {
		r := httptest.NewRequest("GET", "/orders/8", nil)
		r.SetPathValue("id", "8")
		resp := middlewaretest.Serve(Orders, getOrder, r)
		middlewaretest.Want(t, Orders, resp, OrderNotFound)

		r.SetPathValue("id", "7")
		resp = middlewaretest.Serve(Orders, getOrder, r)
		middlewaretest.Want(t, Orders, resp, nil)
	}

	t := &recorder{}
	test(t)
	fmt.Println(len(t.failures), "failures")
	// Output:
	// 0 failures
}

// A built-in error and the one that the contract answers in its place are the
// same.
func ExampleWant_mapped() {
	postOrder := apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		return apierr.InvalidBody.WithViolations(apierr.Violation{Path: "items", Rule: "required", Message: "Required"})
	})
	resp := middlewaretest.Serve(Orders, postOrder, httptest.NewRequest("POST", "/orders", strings.NewReader("{}")))

	t := &recorder{}
	middlewaretest.Want(t, Orders, resp, InvalidOrder)
	middlewaretest.Want(t, Orders, resp, apierr.InvalidBody)
	fmt.Println(len(t.failures), "failures")
	// Output:
	// 0 failures
}

// A test that fails shows the cause, which no client sees.
func ExampleWant_failure() {
	broken := apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
		return fmt.Errorf("order 8: %w", io.ErrClosedPipe)
	})
	resp := middlewaretest.Serve(Orders, broken, httptest.NewRequest("GET", "/orders/8", nil))

	t := &recorder{}
	middlewaretest.Want(t, Orders, resp, OrderNotFound)
	fmt.Println(t.failures[0])
	// Output:
	// GET /orders/8: another status
	// 	came:     500 INTERNAL_SERVER_ERROR, "An unexpected error occurred"
	// 	expected: 404 ORDER_NOT_FOUND, "The order does not exist"
	// 	body:     {"error":{"code":"INTERNAL_SERVER_ERROR","message":"An unexpected error occurred"}}
	// 	cause:    order 8: io: read/write on closed pipe
}

// The response is the one that a client reads, with what follows an abort: an
// error.
func ExampleServe() {
	export := apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		io.WriteString(w, "id,name\n")
		http.NewResponseController(w).Flush()
		return io.ErrClosedPipe // the database has gone
	})
	resp := middlewaretest.Serve(Orders, export, httptest.NewRequest("GET", "/export", nil))
	body, err := io.ReadAll(resp.Body)
	fmt.Printf("%d %q %v\n", resp.StatusCode, body, err)
	// Output:
	// 200 "id,name\n" unexpected EOF
}
