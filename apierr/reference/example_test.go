package reference_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
)

var (
	OrderNotFound = &apierr.Error{
		Code: "ORDER_NOT_FOUND", Status: 404,
		Message: "The order does not exist",
		Doc:     "No order of the account has this ID.",
	}
	OutOfStock = &apierr.Error{
		Code: "OUT_OF_STOCK", Status: 409,
		Message: "The item is out of stock",
		Doc:     "The details say when it will be back.",
	}
)

// OutOfStockDetails are the details of OutOfStock.
type OutOfStockDetails struct {
	SKU  string `json:"sku" jsonschema:"The item."`
	Back string `json:"back,omitzero" jsonschema:"When there will be more, as a date. Absent: nobody knows."`
}

// The page of a contract is one line beside the API. The Page adds what the
// contract cannot know; an empty one will do.
func ExampleHandler() {
	contract := apierr.Contract{
		Name: "shop", Title: "Shop API errors",
		Sections: []apierr.Section{
			{Title: "Orders", Errors: []*apierr.Error{OrderNotFound}},
			{Title: "Items", Errors: []*apierr.Error{OutOfStock}},
		},
		DetailsSchemas: map[*apierr.Error]string{
			OutOfStock: reference.SchemaFor[OutOfStockDetails](),
		},
	}
	page := reference.Page{
		Intro:         "All errors of the shop.",
		BaseURL:       "https://api.shop.example",
		Authorization: "Authorization: Bearer YOUR_API_KEY",
		Support:       "Write to help@shop.example.",
	}

	mux := http.NewServeMux()
	mux.Handle("GET /errors/", reference.Handler(contract, page))

	for _, path := range []string{"/errors/", "/errors/OUT_OF_STOCK", "/errors/errors.md", "/errors/contract.json"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Println(path, w.Code, w.Header().Get("Content-Type"))
	}
	// Output:
	// /errors/ 200 text/html; charset=utf-8
	// /errors/OUT_OF_STOCK 200 text/html; charset=utf-8
	// /errors/errors.md 200 text/markdown; charset=utf-8
	// /errors/contract.json 200 application/json
}

// The example bodies are made by the contract's own format.
func ExampleMarkdown() {
	contract := apierr.Contract{Errors: []*apierr.Error{OrderNotFound}, Format: apierr.Problem{}}
	md, err := reference.Markdown(contract, reference.Page{})
	if err != nil {
		panic(err)
	}
	_, entry, _ := strings.Cut(string(md), "### `ORDER_NOT_FOUND`\n")
	entry, _, _ = strings.Cut(entry, "\n## ")
	fmt.Println(strings.TrimSpace(entry))
	// Output:
	// No order of the account has this ID.
	//
	// ```http
	// HTTP/1.1 404 Not Found
	// Cache-Control: no-store
	// Content-Length: 239
	// Content-Type: application/problem+json
	// X-Content-Type-Options: nosniff
	// X-Correlation-Id: 01a2011f-0db1-77c8-9c45-1e2edde1c331
	// X-Request-Id: 01a2011f-0db1-77c8-9c45-1e2edde1c331
	//
	// {"type":"about:blank","title":"Not Found","status":404,"detail":"The order does not exist","instance":"/","code":"ORDER_NOT_FOUND","request_id":"01a2011f-0db1-77c8-9c45-1e2edde1c331","correlation_id":"01a2011f-0db1-77c8-9c45-1e2edde1c331"}
	// ```
}

// A test compares the details that code raises with the declared form.
func ExampleCheckDetails() {
	contract := apierr.Contract{
		Errors:         []*apierr.Error{OutOfStock},
		DetailsSchemas: map[*apierr.Error]string{OutOfStock: reference.SchemaFor[OutOfStockDetails]()},
	}
	fmt.Println(reference.CheckDetails(contract, OutOfStock.With("sku", "A-7")))
	fmt.Println(reference.CheckDetails(contract, OutOfStock.With("item", "A-7")) != nil)
	// Output:
	// <nil>
	// true
}
