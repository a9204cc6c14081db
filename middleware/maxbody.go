package middleware

import (
	"context"
	"net/http"
)

// MaxBody limits the bytes of the request body for the routes inside it, in
// place of the limit that [WithMaxBody], or another MaxBody around it, has set;
// higher or lower. It has no effect once the body has been read from, outside
// [New], or behind a layer that has replaced the request's Body. 0: no limit; a
// negative size panics at start-up.
func MaxBody(bytes int64) func(http.Handler) http.Handler {
	mustNotBeNegative("middleware.MaxBody", bytes)
	return onRoute("middleware.MaxBody", func(_ *exchange, r *http.Request) (*http.Request, context.CancelFunc) {
		if b, ok := r.Body.(*body); ok {
			b.setLimit(bytes)
		}
		return r, func() {}
	})
}
