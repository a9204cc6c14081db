package routers

import (
	"log/slog"
	"net/http"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/ratelimit"
)

// NetHTTP is the recipe for http.ServeMux. Its 404 and 405 are plain text, which
// New replaces, and its pattern is in Request.Pattern, where New finds it.
func NetHTTP(log *slog.Logger) http.Handler {
	limit := ratelimit.Middleware(ratelimit.NewMemory(ratelimit.PerMinute("create", 2)), ratelimit.ByIP())

	mux := http.NewServeMux()
	mux.Handle("GET /agents/{id}", apierr.HandlerFunc(getAgent))
	mux.Handle("POST /agents", limit(apierr.HandlerFunc(postAgent)))
	mux.Handle("GET /export", apierr.HandlerFunc(getExport))

	v2 := http.NewServeMux() // with its own contract, its own 404 and 405 too
	v2.Handle("GET /v2/agents/{id}", apierr.HandlerFunc(getAgent))
	mux.Handle("/v2/", middleware.New(V2)(v2))

	return middleware.New(Contract,
		middleware.WithLogger(log),
		middleware.WithErrorMapper(mapSeats),
	)(mux)
}
