package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/client"
	"github.com/failwell/failwell/middleware"
)

var OrderNotFound = &apierr.Error{Code: "ORDER_NOT_FOUND", Status: 404, Message: "The order does not exist"}

var contract = apierr.Contract{Name: "orders", Errors: []*apierr.Error{OrderNotFound}}

// A client of an API compares failures with the errors that the API declares.
func ExampleClient_Error() {
	api := httptest.NewServer(middleware.New(contract, middleware.WithLogger(nil))(apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
		return OrderNotFound.With("order_id", "7")
	})))
	defer api.Close()

	resp, err := http.Get(api.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()

	err = client.New(contract).Error(resp)
	fmt.Println(errors.Is(err, OrderNotFound))
	if remote := new(client.RemoteError); errors.As(err, &remote) {
		fmt.Println(remote.Remote.Status, remote.Remote.Message, remote.Remote.Details["order_id"], remote.RequestID != "")
	}
	// Output:
	// true
	// 404 The order does not exist 7 true
}
