package middleware

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// onRoute returns a middleware for some of the routes inside New. change sees
// each request before the handler; its cancel function runs after it. ex is
// nil outside New.
func onRoute(change func(ex *exchange, r *http.Request) (*http.Request, context.CancelFunc)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ex := exchangeOf(r.Context())
			given := r
			r, cancel := change(ex, r)
			defer cancel()
			defer removeFiles(r, given)
			defer func() { // also when the handler panics
				if ex != nil {
					ex.setRoute(r.Pattern)
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
}

// removeFiles removes the temporary files of a form that was parsed on a copy of
// the request: the server removes those of its own request only.
func removeFiles(r, given *http.Request) {
	if r != given && r.MultipartForm != nil && given.MultipartForm == nil {
		r.MultipartForm.RemoveAll()
	}
}

// mustNotBeNegative panics at start-up for a size in bytes or a duration under 0.
func mustNotBeNegative[N int64 | time.Duration](what string, n N) {
	if n < 0 {
		panic(fmt.Sprintf("%s: %v is negative", what, n))
	}
}

// mustNotBeNil panics at start-up for a function that is nil.
func mustNotBeNil(what string, isNil bool) {
	if isNil {
		panic(what + ": the function is nil")
	}
}
