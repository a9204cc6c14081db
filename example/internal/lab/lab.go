// Package lab has a route for each way in which a handler can fail, to see how
// it is answered. The routes are the same under every contract.
//
// What must never reach a client contains the word lab-secret: an answer with
// this word in it is a fault.
package lab

import (
	"log/slog"
	"net/http"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/example/internal/limits"
	"github.com/failwell/failwell/ratelimit"
)

// Lab holds what the routes share. Make one with New.
type Lab struct {
	contract apierr.Contract
	logger   *slog.Logger
	limiter  ratelimit.Limiter
}

// New returns the lab for a server under the contract. The logger gets what
// the reverse proxy has to say.
func New(contract apierr.Contract, logger *slog.Logger, limit limits.Maker) *Lab {
	return &Lab{
		contract: contract,
		logger:   logger,
		limiter:  limit("lab", ratelimit.PerMinute("lab", 5)),
	}
}

// Register adds the routes. They need no key and, but for /lab/limited, have
// no limit.
func (l *Lab) Register(mux *http.ServeMux) {
	// An error is raised, or a request is at fault.
	mux.Handle("GET /lab/raise/{code}", apierr.HandlerFunc(l.raise))
	mux.Handle("/lab/unmapped", apierr.HandlerFunc(unmapped))
	mux.Handle("POST /lab/echo", apierr.HandlerFunc(echo))
	mux.Handle("POST /lab/json", apierr.HandlerFunc(anyJSON))
	mux.Handle("/lab/limited", l.limited())

	// The handler knows nothing of failwell.
	mux.HandleFunc("/lab/http-error", httpError)
	mux.HandleFunc("/lab/stale", stale)
	mux.HandleFunc("/lab/own-json", ownJSON)
	mux.HandleFunc("/lab/hints", hints)
	mux.Handle("/lab/timeout", timeout())
	mux.Handle("/lab/proxy", l.proxy())

	// It breaks down.
	mux.HandleFunc("/lab/panic", panics)
	mux.HandleFunc("/lab/panic-midway", panicsMidway)
	mux.HandleFunc("/lab/abort", aborts)

	// It answers bit by bit, or takes the connection over.
	mux.Handle("/lab/stream", apierr.HandlerFunc(stream))
	mux.Handle("/lab/sse-fails", apierr.HandlerFunc(eventsFail))
	mux.Handle("/lab/ndjson-fails", apierr.HandlerFunc(linesFail))
	mux.Handle("/lab/hijack", apierr.HandlerFunc(hijack))
}
