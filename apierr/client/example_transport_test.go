package client_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/client"
	"github.com/failwell/failwell/middleware"
)

// A Transport waits as the server asks, here for a second, and sends the request
// again.
func ExampleTransport() {
	var requests atomic.Int64
	server := httptest.NewServer(middleware.New(contract, middleware.WithLogger(nil))(apierr.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) error {
		if requests.Add(1) == 1 {
			return apierr.TooManyRequests // with Retry-After: 1
		}
		fmt.Fprint(w, "your order")
		return nil
	})))
	defer server.Close()

	api := &http.Client{Transport: &client.Transport{
		Observe: func(a client.Attempt) {
			fmt.Println("attempt", a.Number, "status", a.Status, "wait", a.Wait)
		},
	}}
	resp, err := api.Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Printf("%s\n", body)
	// Output:
	// attempt 1 status 429 wait 1s
	// attempt 2 status 200 wait 0s
	// your order
}
