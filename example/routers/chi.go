package routers

import (
	"log/slog"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/ratelimit"
)

// Chi is the recipe for chi. Leave out chi's middleware.Recoverer, RequestID and
// Logger: New does their work, and the Recoverer keeps a panic's stack from New.
func Chi(log *slog.Logger) http.Handler {
	limit := ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerMinute("create", 2)), ratelimit.ByIP())

	r := chi.NewRouter()
	r.Use(middleware.Route) // after all other Use: reports chi's pattern
	r.Method("GET", "/agents/{id}", apierr.HandlerFunc(getAgent))
	r.With(limit).Method("POST", "/agents", apierr.HandlerFunc(postAgent))
	r.Method("GET", "/export", apierr.HandlerFunc(getExport))
	r.Route("/v2", func(r chi.Router) { // with its own contract
		r.Use(middleware.New(V2))
		r.Method("GET", "/agents/{id}", apierr.HandlerFunc(getAgent))
	})

	return middleware.New(Contract,
		middleware.WithLogger(log),
		middleware.WithErrorMapper(mapSeats),
	)(r)
}
