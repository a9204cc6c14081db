package apierr_test

import (
	"net/http"
	"net/http/httptest"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// JSONAPI is a Format for https://jsonapi.org/format/#errors. It reports what it
// cannot encode; Write calls it again without details then.
type JSONAPI struct{}

func (JSONAPI) Name() string        { return "jsonapi" }
func (JSONAPI) ContentType() string { return "application/vnd.api+json" }

func (JSONAPI) Append(dst []byte, e *apierr.Error, info apierr.Info) ([]byte, error) {
	type object struct {
		Status int               `json:"status,string"`
		Code   string            `json:"code"`
		Title  string            `json:"title"`
		Detail string            `json:"detail,omitzero"`
		Source map[string]string `json:"source,omitempty"`
		Meta   map[string]any    `json:"meta,omitempty"`
	}
	whole := object{Status: e.Status, Code: e.Code, Title: e.Message, Meta: e.Details}
	list := []object{whole}
	if len(e.Violations) > 0 {
		list = nil
	}
	for _, v := range e.Violations {
		whole.Detail = v.Message
		switch v.In {
		case "":
			whole.Source = map[string]string{"pointer": v.Pointer()}
		case "header":
			whole.Source = map[string]string{"header": v.Path}
		default:
			whole.Source = map[string]string{"parameter": v.Path}
		}
		list = append(list, whole)
	}
	b, err := json.Marshal(map[string]any{"errors": list})
	return append(dst, b...), err
}

func ExampleFormat() {
	contract := apierr.Contract{Name: "library", Format: JSONAPI{}}
	h := apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		return apierr.NotFound.With("shelf", 7)
	})
	show(middleware.New(contract, middleware.WithLogger(nil))(h), httptest.NewRequest("GET", "/books/1", nil))
	// Output:
	// 404 application/vnd.api+json
	// {"errors":[{"status":"404","code":"RESOURCE_NOT_FOUND","title":"The resource does not exist","meta":{"shelf":7}}]}
}
