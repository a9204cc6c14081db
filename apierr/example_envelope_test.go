package apierr_test

import (
	"net/http"
	"net/http/httptest"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// A flat body with a list of violations, a link to the documentation, and
// messages in the client's language.
func ExampleEnvelope_list() {
	contract := apierr.Contract{
		Name:   "library",
		DocURL: "https://library.example/errors#",
		Format: apierr.Envelope{Members: []apierr.Member{
			{Name: "code", From: apierr.FromCode},
			{Name: "message", From: apierr.FromMessage},
			{Name: "errors", Each: []apierr.Member{
				{Name: "field", From: apierr.FromPath},
				{Name: "code", From: apierr.FromRule},
				{Name: "message", From: apierr.FromMessage},
			}},
			{Name: "more_info", From: apierr.FromDocURL},
		}},
		Translations: map[string]map[string]string{
			"de": {"VALIDATION_INVALID_BODY": "Die Anfrage ist ungültig"},
		},
	}
	h := apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		return apierr.InvalidBody.WithViolations(apierr.Violation{Path: "title", Rule: "required", Message: "Required"})
	})
	r := httptest.NewRequest("POST", "/books", nil)
	r.Header.Set("Accept-Language", "de-AT, en;q=0.5")
	show(middleware.New(contract, middleware.WithLogger(nil))(h), r)
	// Output:
	// 400 application/json
	// {"code":"VALIDATION_INVALID_BODY","message":"Die Anfrage ist ungültig","errors":[{"field":"title","code":"required","message":"Required"}],"more_info":"https://library.example/errors#VALIDATION_INVALID_BODY"}
}
