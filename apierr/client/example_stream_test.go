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

// The loop over a stream ends with the error that the server has sent.
func ExampleClient_Events() {
	server := httptest.NewServer(middleware.New(contract, middleware.WithLogger(nil))(apierr.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "event: item\ndata: 1\n\nevent: item\ndata: 2\n\n")
		return OrderNotFound // the response has begun: it is the last event
	})))
	defer server.Close()

	resp, err := http.Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	for event, err := range client.New(contract).Events(resp.Body) {
		if err != nil {
			fmt.Println(err, errors.Is(err, OrderNotFound))
			break
		}
		fmt.Printf("%s %s\n", event.Name, event.Data)
	}
	// Output:
	// item 1
	// item 2
	// remote: 404 ORDER_NOT_FOUND: The order does not exist true
}
