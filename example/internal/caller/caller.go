// Package caller reads the credentials of a request, and passes the caller that
// an API has found for them to its handlers.
package caller

import (
	"context"
	"net/http"
	"strings"
)

// Bearer returns the token of the Authorization header, RFC 6750 section 2.1.
// sent is false where there is no such header at all. A header of another
// scheme, or more than one, gives an empty token, which no key is.
func Bearer(r *http.Request) (token string, sent bool) {
	lines := r.Header["Authorization"]
	if len(lines) == 0 {
		return "", false
	}
	scheme, token, _ := strings.Cut(lines[0], " ")
	if len(lines) > 1 || !strings.EqualFold(scheme, "Bearer") {
		return "", true
	}
	return strings.TrimSpace(token), true
}

type contextKey[T any] struct{}

// With returns r with v, the caller, in its context.
func With[T any](r *http.Request, v T) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), contextKey[T]{}, v))
}

// From returns the caller of type T, the zero value where there is none.
func From[T any](ctx context.Context) T {
	v, _ := ctx.Value(contextKey[T]{}).(T)
	return v
}
