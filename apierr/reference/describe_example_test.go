package reference_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
)

// An operation lists the codes that it raises. Describe adds their responses, and
// those of the failures of any endpoint: under this contract a wrong method and
// too many requests are INVALID.
func ExampleDescribe() {
	orderNotFound := &apierr.Error{Code: "ORDER_NOT_FOUND", Status: 404, Message: "The order does not exist"}
	invalid := &apierr.Error{Code: "INVALID", Status: 400, Message: "The request is invalid"}
	broken := &apierr.Error{Code: "BROKEN", Status: 500, Message: "The server failed"}
	contract := apierr.Contract{
		Name: "orders", Closed: true,
		Errors:   []*apierr.Error{orderNotFound, invalid, broken},
		Mappings: map[*apierr.Error]apierr.Mapping{apierr.BadRequest: {Error: invalid}, apierr.Internal: {Error: broken}},
	}
	described, err := reference.Describe([]byte(`{
  "openapi": "3.1.1",
  "info": {"title": "Orders", "version": "1"},
  "paths": {
    "/orders/latest": {
      "get": {
        "x-errors": ["ORDER_NOT_FOUND"],
        "responses": {
          "200": {"description": "The order"}
        }
      }
    }
  }
}`), contract)
	if err != nil {
		panic(err)
	}
	var doc struct {
		Paths map[string]struct {
			Get struct {
				Responses map[string]struct{ Description string }
			}
		}
	}
	if err := json.Unmarshal(described, &doc); err != nil {
		panic(err)
	}
	responses := doc.Paths["/orders/latest"].Get.Responses
	for _, status := range slices.Sorted(maps.Keys(responses)) {
		fmt.Println(status, responses[status].Description)
	}
	// Output:
	// 200 The order
	// 400 Bad Request: `INVALID`
	// 404 Not Found: `ORDER_NOT_FOUND`
	// 500 Internal Server Error: `BROKEN`
}
