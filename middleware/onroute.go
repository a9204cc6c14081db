package middleware

import (
	"context"
	"net/http"
)

// onRoute returns the middleware called name for some of the routes inside New. change sees
// each request before the handler; its cancel function runs after it. ex is
// nil outside New.
func onRoute(name string, change func(ex *exchange, r *http.Request) (*http.Request, context.CancelFunc)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		mustHaveHandler(name, next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ex := exchangeOf(r.Context())
			given := r
			r, cancel := change(ex, r)
			defer cancel()
			defer removeFiles(r, given)
			defer func() { // also when the handler panics
				if ex != nil {
					ex.setRoute(patternOf(r))
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

// mustHaveHandler panics at start-up for a layer around no handler.
func mustHaveHandler(name string, next http.Handler) {
	if next == nil {
		panic(name + ": the handler is nil")
	}
}
