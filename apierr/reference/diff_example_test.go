package reference_test

import (
	"fmt"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
)

// What a release changes for its clients.
func ExampleDiff() {
	notFound := &apierr.Error{Code: "ORDER_NOT_FOUND", Status: 404, Message: "The order does not exist"}
	closed := &apierr.Error{Code: "ORDER_CLOSED", Status: 409, Message: "The order is closed"}
	v1 := apierr.Contract{Errors: []*apierr.Error{notFound, closed}}

	gone := &apierr.Error{Code: "ORDER_NOT_FOUND", Status: 410, Message: "The order does not exist"}
	v2 := apierr.Contract{Errors: []*apierr.Error{gone, closed}, Deprecated: map[*apierr.Error]string{closed: "Use ORDER_NOT_FOUND."}}

	for _, change := range reference.Diff(v1, v2) {
		fmt.Println(change)
	}
	// Output:
	// breaking: status ORDER_NOT_FOUND: The status changes from 404 to 410 and the close code of a WebSocket from 4404 to 4410: clients that look at it take the failure for another.
	// compatible: deprecated ORDER_CLOSED: The code is deprecated with a successor: clients that handle it should change before it is removed.
}
