package chatbase_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/middleware"
)

func Example() {
	mux := http.NewServeMux()
	mux.Handle("GET /agents/{id}", apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		return chatbase.AgentNotFound
	}))
	h := middleware.New(chatbase.Contract, middleware.WithLogger(nil))(mux)

	for _, path := range []string{"/agents/7", "/nowhere"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 404 {"error":{"code":"AGENT_NOT_FOUND","message":"The agent does not exist"}}
	// 404 {"error":{"code":"RESOURCE_NOT_FOUND","message":"The resource does not exist"}}
}
