package routers

import (
	"log/slog"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/ratelimit"
)

// Gorilla is the recipe for gorilla/mux. Leave out handlers.RecoveryHandler. The
// router's 404 and 405 run no middleware of the router, and need none: New
// replaces them. A group with its own contract is a router of its own, since the
// 404 of a Subrouter is answered by the router around it.
func Gorilla(log *slog.Logger) http.Handler {
	limit := ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerMinute("create", 2)), ratelimit.ByIP())

	r := mux.NewRouter()
	r.Handle("/agents/{id}", gorillaRoute(apierr.HandlerFunc(gorillaAgent))).Methods("GET")
	r.Handle("/agents", gorillaRoute(limit(apierr.HandlerFunc(postAgent)))).Methods("POST")
	r.Handle("/export", gorillaRoute(apierr.HandlerFunc(getExport))).Methods("GET")

	v2 := mux.NewRouter()
	v2.Handle("/v2/agents/{id}", gorillaRoute(apierr.HandlerFunc(gorillaAgent))).Methods("GET")
	r.PathPrefix("/v2/").Handler(middleware.New(V2)(v2))

	return middleware.New(Contract,
		middleware.WithLogger(log),
		middleware.WithErrorMapper(mapSeats),
	)(r)
}

// gorillaRoute reports the route's template.
func gorillaRoute(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if template, err := mux.CurrentRoute(r).GetPathTemplate(); err == nil {
			middleware.SetRoute(r.Context(), template)
		}
		next.ServeHTTP(w, r)
	})
}

func gorillaAgent(w http.ResponseWriter, r *http.Request) error {
	agent, err := findAgent(mux.Vars(r)["id"])
	if err != nil {
		return err
	}
	return writeJSON(w, agent)
}
