package middleware

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
)

// Route reports to [New] the route pattern of the request after the router that
// it wraps, or that it is used in, has set it. It is needed where a layer
// between New and the router copies the request, as every layer does that adds
// to the context:
//
//	middleware.New(contract)(addsToContext(middleware.Route(mux)))
//
// and in chi, which copies the request itself, once at the root:
//
//	router.Use(middleware.Route)
//
// A mux under http.StripPrefix reports its pattern without the prefix. Let the
// patterns of a nested mux begin at the root instead; the example shows such a
// group.
//
// Routes under [Timeout] or [MaxBody] and routes inside a New of their own
// report their pattern without it. Outside New it does nothing.
//
// The pattern of a request is in the syntax of its router, without method and
// host: /bots/{id} for "GET example.com/bots/{id}". It is the same whether the
// handler succeeds or fails. While a router with nested routers has not
// finished, as in a middleware of a chi group that answers 401, it is the
// pattern up to there, /v1/*.
func Route(next http.Handler) http.Handler {
	mustHaveHandler("middleware.Route", next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ex := exchangeOf(r.Context())
		if ex == nil {
			next.ServeHTTP(w, r)
			return
		}
		finder := &routeFinder{Context: r.Context()}
		inner := r.WithContext(finder)
		defer removeFiles(inner, r)
		defer func() { // also when a handler panics
			r.Pattern = inner.Pattern // for the layers outside
			ex.setRoute(finder.found(patternOf(inner), ex))
		}()
		next.ServeHTTP(w, inner)
	})
}

// routeFinder is a context that notices chi's routing context when chi looks for
// it. The copies of the request that layers inside chi make share the routing
// context; the pattern of the last copy is out of reach.
type routeFinder struct {
	context.Context
	routing atomic.Pointer[patterned] // nil: none was noticed
}

// patterned is chi's routing context.
type patterned interface{ RoutePattern() string }

// Value implements context.Context.
func (f *routeFinder) Value(key any) any {
	v := f.Context.Value(key)
	if p, ok := v.(patterned); ok && f.routing.Load() == nil {
		f.routing.Store(&p)
	}
	return v
}

// found returns the pattern of chi's routing context, unless a router inside chi
// has set one that goes further. A handler that http.TimeoutHandler has
// abandoned leaves chi's alone: chi has given it to another request by then.
func (f *routeFinder) found(pattern string, ex *exchange) string {
	routing := f.routing.Load()
	if routing == nil || f.Err() != nil && ex.limiting().Err() == nil {
		return pattern
	}
	if chi := (*routing).RoutePattern(); pattern == "" || narrows(chi, pattern) {
		return chi
	}
	return pattern
}

// SetRoute reports to [New] the route pattern of the request that ctx belongs
// to, for routers that do not set Request.Pattern. In gin:
//
//	router.Use(func(c *gin.Context) { middleware.SetRoute(c.Request.Context(), c.FullPath()) })
//
// An empty pattern is ignored. Outside New it does nothing.
func SetRoute(ctx context.Context, pattern string) {
	if ex := exchangeOf(ctx); ex != nil {
		ex.setRoute(withoutMethod(pattern))
	}
}

// setRoute keeps the first pattern that is reported, the innermost router's,
// unless a later one continues it.
func (ex *exchange) setRoute(pattern string) {
	if pattern == "" {
		return
	}
	ex.noted(func(n *notes) {
		if n.route == "" || narrows(pattern, n.route) {
			n.route = pattern
		}
	})
}

// setRouteWritten keeps the pattern of the request that apierr.Write had, for
// requests whose router nobody reports.
func (ex *exchange) setRouteWritten(pattern string) {
	if pattern == "" {
		return
	}
	ex.noted(func(n *notes) {
		if n.routeWritten == "" {
			n.routeWritten = pattern
		}
	})
}

// narrows reports whether pattern goes on where prefix, such as /v1/*, ends.
func narrows(pattern, prefix string) bool {
	stem, ok := strings.CutSuffix(prefix, "*")
	return ok && pattern != prefix && strings.HasPrefix(pattern, stem)
}

// patternOf returns the pattern of the request without method and host. Those of
// http.ServeMux have both, [METHOD ][HOST]/[PATH].
func patternOf(r *http.Request) string {
	pattern := withoutMethod(r.Pattern)
	if slash := strings.IndexByte(pattern, '/'); slash > 0 {
		return pattern[slash:]
	}
	return pattern
}

// withoutMethod returns a pattern without the method that http.ServeMux has
// before it. A pattern that the user names has no host to remove: the part
// before the slash of package.Service/Method is none.
func withoutMethod(pattern string) string {
	method, rest, found := strings.Cut(pattern, " ")
	if !found {
		method, rest, found = strings.Cut(pattern, "\t")
	}
	if found && isMethod(method) {
		return strings.TrimLeft(rest, " \t")
	}
	return pattern
}

// isMethod reports whether s can be a method before a pattern.
func isMethod(s string) bool {
	return s != "" && !strings.Contains(s, "/")
}
