package recent_test

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/recent"
)

// A client reports the ID of its response; the server still has the cause. The
// page is for those who have the key of the support.
func Example() {
	key := []byte("a key from the configuration")
	isSupport := func(r *http.Request) bool {
		_, password, _ := r.BasicAuth()
		return subtle.ConstantTimeCompare([]byte(password), key) == 1
	}

	failures := recent.New()
	mux := http.NewServeMux()
	mux.Handle("/support/", failures.Handler(isSupport))
	mux.Handle("GET /users/{id}", apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
		return errors.New("dial tcp 10.0.0.7:5432: connection refused")
	}))
	handler := middleware.New(apierr.Standard, middleware.WithLogger(nil), middleware.WithObserver(failures.Observe))(mux)

	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w
	}
	response := get("/users/7")
	fmt.Println(response.Code, response.Body)
	for _, f := range failures.Find(response.Header().Get("X-Request-Id")) {
		fmt.Println(f.Status, f.Code, f.Route, f.Path)
		fmt.Println(f.Cause)
	}
	fmt.Println(get("/support/").Code)
	// Output:
	// 500 {"error":{"code":"INTERNAL_SERVER_ERROR","message":"An unexpected error occurred"}}
	// 500 INTERNAL_SERVER_ERROR /users/{id} /users/7
	// dial tcp 10.0.0.7:5432: connection refused
	// 404
}

// Addresses of persons are removed before anything is kept.
func ExampleWithRedact() {
	address := regexp.MustCompile(`[\w.+-]+(@|%40)[\w.-]+`)
	failures := recent.New(recent.WithRedact(func(f *recent.Failure) {
		f.Path = address.ReplaceAllString(f.Path, "…")
		f.Cause = address.ReplaceAllString(f.Cause, "…")
	}))
	handler := middleware.New(apierr.Standard, middleware.WithLogger(nil), middleware.WithObserver(failures.Observe))(
		apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
			return errors.New("no row for ada@example.org")
		}))
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("GET", "/users/ada%40example.org", nil))
	for _, f := range failures.Find(w.Header().Get("X-Request-Id")) {
		fmt.Println(f.Path, f.Cause)
	}
	// Output:
	// /users/… no row for …
}
