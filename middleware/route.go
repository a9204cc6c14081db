package middleware

import (
	"context"
	"net/http"
)

// Route tells [New] the route pattern of the request, once the router that it
// is given to has set it. It is needed where a layer between New and the
// router copies the request, as every layer does that adds to the context:
//
//	middleware.New(contract)(addsToContext(middleware.Route(mux)))
//
// and inside chi, which copies the request itself: r.Use(middleware.Route).
// Handlers that fail through apierr.Write, and routes under [Limits], need
// none.
func Route(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { // also when a handler panics
			if ex := exchangeOf(r.Context()); ex != nil {
				ex.setRoute(r.Pattern)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// SetRoute tells [New] the route pattern of the request that ctx belongs to,
// for routers that do not set Request.Pattern. In gin:
//
//	router.Use(func(c *gin.Context) { middleware.SetRoute(c.Request.Context(), c.FullPath()) })
//
// An empty pattern is passed over. Outside New it does nothing.
func SetRoute(ctx context.Context, pattern string) {
	if ex := exchangeOf(ctx); ex != nil {
		ex.setRoute(pattern)
	}
}

// setRoute keeps the first pattern that is told: the innermost router's.
func (ex *exchange) setRoute(pattern string) {
	if pattern == "" {
		return
	}
	ex.noted(func(n *notes) {
		if n.route == "" {
			n.route = pattern
		}
	})
}
