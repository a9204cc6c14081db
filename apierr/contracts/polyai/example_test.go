package polyai_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/middleware"
)

func Example() {
	h := middleware.New(polyai.Contract, middleware.WithLogger(nil))(
		apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
			return apierr.InvalidBody.WithViolations(
				apierr.Violation{Path: "name", Rule: "required", Message: "Required"},
				apierr.Violation{Path: "steps", Rule: "max", Param: "20", Message: "Must have at most 20 items"},
			)
		}))
	r := httptest.NewRequest("POST", "/flows", nil)
	r.Header.Set("X-Polyai-Correlation-Id", "adk-550e8400-e29b-41d4-a716-446655440000")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Get("X-Polyai-Correlation-Id"))
	fmt.Println(w.Body)
	// Output:
	// 400 adk-550e8400-e29b-41d4-a716-446655440000
	// {"error":{"code":"SCHEMA_VALIDATION_FAILED","id":1,"message":"name: Required (and 1 more)","correlation_id":"adk-550e8400-e29b-41d4-a716-446655440000"}}
}
