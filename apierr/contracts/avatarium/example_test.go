package avatarium_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/middleware"
)

func Example() {
	h := middleware.New(avatarium.Contract, middleware.WithLogger(nil))(
		apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
			return apierr.InvalidBody.WithViolations(apierr.Violation{Path: "avatar_id", Rule: "required", Message: "Required"})
		}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/v1/conversations", nil))
	fmt.Println(w.Code, w.Body)
	// Output:
	// 400 {"error":{"code":"missing_parameter","message":"avatar_id is required","details":{"field":"avatar_id","reason":"missing"}}}
}
