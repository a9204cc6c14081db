package apierr_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/middleware"
)

// AgentNotFound is a declared error: a package variable, written once.
var AgentNotFound = &apierr.Error{
	Code: "AGENT_NOT_FOUND", Status: 404,
	Message: "The agent does not exist",
	Doc:     "No agent of the workspace has this ID.",
}

// find is a look-up that fails.
func find(context.Context, string) error { return fs.ErrNotExist }

// show prints the answer of h to a request.
func show(h http.Handler, r *http.Request) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Get("Content-Type"))
	fmt.Println(w.Body)
}

func Example() {
	get := apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		id := r.PathValue("id")
		if err := find(r.Context(), id); err != nil {
			return AgentNotFound.Wrap(err).With("agent_id", id) // err is for the log only
		}
		return nil
	})
	mux := http.NewServeMux()
	mux.Handle("GET /agents/{id}", get)
	show(mux, httptest.NewRequest("GET", "/agents/7", nil))
	// Output:
	// 404 application/json
	// {"error":{"code":"AGENT_NOT_FOUND","message":"The agent does not exist","details":{"agent_id":"7"}}}
}

func ExampleError() {
	err := fmt.Errorf("loading: %w", AgentNotFound.Wrap(fs.ErrNotExist))
	fmt.Println(err)
	fmt.Println(errors.Is(err, AgentNotFound), errors.Is(err, fs.ErrNotExist))
	var e *apierr.Error
	fmt.Println(errors.As(err, &e), e.Status)
	// Output:
	// loading: AGENT_NOT_FOUND: The agent does not exist: file does not exist
	// true true
	// true 404
}

// Outside middleware.New, Write answers under the Standard contract. The text of an
// unknown error goes to the log only.
func ExampleWrite() {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := find(r.Context(), "7"); err != nil {
			apierr.Write(w, r, err)
			return
		}
	})
	show(h, httptest.NewRequest("GET", "/", nil))
	// Output:
	// 500 application/json
	// {"error":{"code":"INTERNAL_SERVER_ERROR","message":"An unexpected error occurred"}}
}

// A contract is a literal. Here a built-in error, raised by code that knows no
// contract, is answered as the error that it is mapped to.
func ExampleContract() {
	invalid := &apierr.Error{Code: "order_invalid", Status: 422, Message: "The order is not valid"}
	failed := &apierr.Error{Code: "failed", Status: 500, Message: "Something failed"}
	contract := apierr.Contract{
		Name:   "orders",
		Errors: []*apierr.Error{invalid, failed},
		Mappings: map[*apierr.Error]apierr.Mapping{
			apierr.InvalidBody:  {Error: invalid},
			apierr.BodyTooLarge: {Error: invalid, Status: 413},
			apierr.Internal:     {Error: failed},
		},
	}
	fmt.Println(contract.Check())
	h := apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		return apierr.InvalidBody.WithViolations(apierr.Violation{Path: "items[0].count", Rule: "min", Param: "1", Message: "Must be at least 1"})
	})
	show(middleware.New(contract, middleware.WithLogger(nil))(h), httptest.NewRequest("POST", "/orders", nil))
	// Output:
	// <nil>
	// 422 application/json
	// {"error":{"code":"order_invalid","message":"The order is not valid","details":{"items[0].count":"Must be at least 1"}}}
}

// Check reports every fault of a contract at once.
func ExampleContract_Check() {
	fmt.Println(apierr.Contract{
		Name:      "orders",
		Errors:    []*apierr.Error{{Code: "order_invalid"}, {Code: "order_invalid", Status: 42}},
		Challenge: "Bearer\n",
		Closed:    true,
	}.Check())
	// Output:
	// apierr: contract "orders": order_invalid: no status
	// order_invalid: the code is declared twice
	// order_invalid: no answer can have the status 42
	// the contract is closed and does not map BAD_REQUEST, into which other errors fold
	// the contract is closed and does not map INTERNAL_SERVER_ERROR, into which other errors fold
	// the challenge "Bearer\n" is no header value
}

// An envelope of another shape: flat, with a constant, a member under another
// name and one of the request's.
func ExampleEnvelope() {
	contract := apierr.Contract{Name: "flat", Format: apierr.Envelope{Members: []apierr.Member{
		{Name: "success", JSON: "false"},
		{Name: "error_code", From: apierr.FromCode},
		{Name: "error_message", From: apierr.FromMessage},
		{Name: "meta", Members: []apierr.Member{{Name: "status", From: apierr.FromStatus}}},
	}}}
	h := apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		return apierr.InvalidBody.WithViolations(
			apierr.Violation{Path: "name", Rule: "required", Message: "Required"},
			apierr.Violation{Path: "age", Rule: "min", Param: "18", Message: "Must be at least 18"},
		)
	})
	show(middleware.New(contract, middleware.WithLogger(nil))(h), httptest.NewRequest("POST", "/", nil))
	// Output:
	// 400 application/json
	// {"success":false,"error_code":"VALIDATION_INVALID_BODY","error_message":"name: Required (and 1 more)","meta":{"status":400}}
}

// What support and clients need in the body: the request ID, the URL of the page
// about the error, and a message in the client's language.
// reference.Handler serves the pages; validate.WithTranslator has the other
// languages of what package validate reports.
func ExampleContract_requestID() {
	contract := apierr.Contract{
		Name:   "agents",
		DocURL: "https://api.example.com/errors/",
		Format: apierr.Envelope{Members: []apierr.Member{
			{Name: "error", Members: []apierr.Member{
				{Name: "code", From: apierr.FromCode},
				{Name: "message", From: apierr.FromMessage},
				{Name: "request_id", From: apierr.FromRequestID},
				{Name: "doc_url", From: apierr.FromDocURL},
				{Name: "details", From: apierr.FromDetails},
			}},
		}},
		Errors:       []*apierr.Error{AgentNotFound},
		Translations: map[string]map[string]string{"fr": {"AGENT_NOT_FOUND": "L'agent n'existe pas"}},
	}
	h := apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error { return AgentNotFound })
	layer := middleware.New(contract, middleware.WithLogger(nil),
		middleware.WithRequestID(func(*http.Request) string { return "req-1" })) // by default, a UUID

	r := httptest.NewRequest("GET", "/agents/7", nil)
	r.Header.Set("Accept-Language", "fr-CA, en;q=0.5")
	show(layer(h), r)
	// Output:
	// 404 application/json
	// {"error":{"code":"AGENT_NOT_FOUND","message":"L'agent n'existe pas","request_id":"req-1","doc_url":"https://api.example.com/errors/AGENT_NOT_FOUND"}}
}

// Clients that prefer problem details receive them; all others receive the
// contract's own format.
func ExampleProblem() {
	contract := apierr.Contract{Name: "orders", Alternative: apierr.Problem{}}
	h := middleware.New(contract, middleware.WithLogger(nil))(http.NotFoundHandler())

	r := httptest.NewRequest("GET", "/orders/7", nil)
	show(h, r)
	r.Header.Set("Accept", "application/problem+json, */*;q=0.5")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(w.Header().Get("Content-Type"), "Vary:", w.Header().Get("Vary"))

	// The members, without the IDs that the middleware mints:
	e := apierr.InvalidBody.WithViolations(apierr.Violation{Path: "items[0].count", Rule: "min", Message: "Must be at least 1"})
	b, err := apierr.Problem{}.Append(nil, e, apierr.Info{Path: "/orders"})
	fmt.Println(string(b), err)
	// Output:
	// 404 application/json
	// {"error":{"code":"RESOURCE_NOT_FOUND","message":"The resource does not exist"}}
	// application/problem+json Vary: Accept
	// {"type":"about:blank","title":"Bad Request","status":400,"detail":"Invalid request","instance":"/orders","code":"VALIDATION_INVALID_BODY","errors":[{"detail":"Must be at least 1","pointer":"#/items/0/count"}]} <nil>
}

// Resolve is for what is not an HTTP response: here the result of a queued job.
func ExampleResolve() {
	err := fmt.Errorf("running the job: %w", AgentNotFound.Wrap(fs.ErrNotExist))
	e := apierr.Resolve(context.Background(), err)
	fmt.Println(e.Code, e.Status)
	fmt.Println(e.Message)
	fmt.Println(apierr.Resolve(context.Background(), fs.ErrPermission).Code)
	// Output:
	// AGENT_NOT_FOUND 404
	// The agent does not exist
	// INTERNAL_SERVER_ERROR
}

// A WebSocket is closed with the code and the reason of an error.
func ExampleCloseCode() {
	for _, err := range []error{
		nil,
		AgentNotFound,
		apierr.RequestTimeout.WithMessage("No pong came"),
		fs.ErrNotExist, // an unknown error: its text is not sent
	} {
		code, reason := apierr.CloseCode(context.Background(), err)
		fmt.Printf("%d %q\n", code, reason)
	}
	// Output:
	// 1000 ""
	// 4404 "AGENT_NOT_FOUND: The agent does not exist"
	// 4408 "REQUEST_TIMEOUT: No pong came"
	// 1011 "INTERNAL_SERVER_ERROR: An unexpected error occurred"
}

// A contract can be written as a document, for other tools and languages.
func ExampleParseContract() {
	doc, err := chatbase.Contract.MarshalJSON()
	if err != nil {
		panic(err)
	}
	contract, err := apierr.ParseContract(doc)
	if err != nil {
		panic(err)
	}
	e := contract.Lookup("AGENT_NOT_FOUND")
	fmt.Println(contract.Title, len(contract.Declared()), e.Status)
	// Output: Chatbase API v2 errors 21 404
}
