package middleware_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// copying is a layer that adds to the context, and so hides from New what the
// router sets on the request.
func copying(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		type key struct{}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, 1)))
	})
}

func muxWith(pattern string, h http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(pattern, h)
	return mux
}

// The record has the pattern that matched, however the router reports it.
func TestRoute(t *testing.T) {
	const pattern, route = "GET /items/{id}", "/items/{id}"
	fine := muxWith(pattern, http.HandlerFunc(ok))
	reports := func(name string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			middleware.SetRoute(r.Context(), name)
			ok(w, r)
		})
	}
	inner := middleware.New(apierr.Standard)
	for _, test := range []struct {
		name    string
		handler http.Handler
		want    any // nil: no route
		opts    []middleware.Option
	}{
		{"ServeMux", fine, route, nil},
		{"no match", muxWith("GET /other", http.HandlerFunc(ok)), nil, nil},
		{"no router", http.HandlerFunc(ok), nil, nil},
		{"a layer that copies", copying(fine), nil, nil},
		{"a layer that copies, and Route", copying(middleware.Route(fine)), route, nil},
		{"Route and a panic", copying(middleware.Route(muxWith(pattern, panics("boom")))), route, nil},
		{"a layer that copies, and an error", copying(muxWith(pattern, returns(apierr.Conflict))), route, nil},
		{"a layer that copies, and Timeout", copying(muxWith(pattern, middleware.Timeout(time.Hour)(http.HandlerFunc(ok)))), route, nil},
		{"a layer that copies, Timeout and a panic", copying(muxWith(pattern, middleware.Timeout(time.Hour)(panics("boom")))), route, nil},
		{"a layer that copies, and a New within", copying(muxWith(pattern, inner(http.HandlerFunc(ok)))), route, nil},
		{"a New around the router within", inner(fine), route, nil},
		{"two routers", muxWith("/items/", fine), route, nil},
		{"two routers, copied", muxWith("/items/", copying(middleware.Route(fine))), route, nil},
		{"SetRoute", reports("/own/:id"), "/own/:id", nil},
		{"SetRoute before the router's", muxWith(pattern, reports("/own/:id")), "/own/:id", nil},
		{"SetRoute of nothing", muxWith(pattern, reports("")), route, nil},
		{"WithRoute", fine, "/by/option", []middleware.Option{middleware.WithRoute(func(*http.Request) string { return "/by/option" })}},
		{"WithRoute of nothing", fine, route, []middleware.Option{middleware.WithRoute(func(*http.Request) string { return "" })}},
		{"WithRoute nil", fine, route, []middleware.Option{middleware.WithRoute(nil)}},
		{"WithRoute that panics", fine, route, []middleware.Option{middleware.WithRoute(func(*http.Request) string { panic("boom") })}},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				s.get("/items/7")
				rec := s.one(t)
				require.Equal(t, test.want, rec["route"])
				require.Equal(t, "/items/7", rec["path"])
				if test.name == "WithRoute that panics" {
					require.Equal(t, "middleware: the function of WithRoute panicked: boom", rec["secondary_error"])
				}
			}, test.opts...)
		})
	}
	middleware.SetRoute(context.Background(), "/outside") // nothing happens
	middleware.Route(http.HandlerFunc(ok)).ServeHTTP(&wire{http.Header{}}, serverRequest())
}
