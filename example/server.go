package main

import (
	"log/slog"
	"net/http"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/example/internal/avatar"
	"github.com/failwell/failwell/example/internal/catalog"
	"github.com/failwell/failwell/example/internal/chat"
	"github.com/failwell/failwell/example/internal/lab"
	"github.com/failwell/failwell/example/internal/limits"
	"github.com/failwell/failwell/example/internal/poly"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/telemetry"
)

// contracts are the values of -contract, the first being the default.
var contracts = catalog.Names

// api is what the server serves besides the lab.
type api interface {
	Register(*http.ServeMux)
}

// choose returns the contract of that name and an API to serve under it.
//
// The chat API runs under three of them unchanged. Its own errors are those of
// Chatbase; the standard contract is open and lets them pass, and the
// contract maps the built-in errors that it raises (a bad body, a limit).
func choose(name string, limit limits.Maker) (apierr.Contract, api, error) {
	c, err := catalog.Contract(name)
	if err != nil {
		return c, nil, err
	}
	switch name {
	case "polyai":
		return c, poly.New(limit, poly.Options{}), nil
	case "avatarium":
		return c, avatar.New(limit), nil
	}
	return c, chat.New(limit), nil
}

// server is the whole demo as one handler.
type server struct {
	http.Handler

	// plain has the same handlers without middleware.New, for comparison, and none
	// of the pages.
	plain http.Handler

	support *support

	// stop ends what the http.Server does not know of, and waits for it.
	stop func()
}

// settings are what a server is built from.
type settings struct {
	contract string  // its name
	at       address // where it is served
	logger   *slog.Logger
	limit    limits.Maker

	// plain is where server.plain is served, for the demo page. Zero: there is no
	// such page.
	plain address
	// telemetry are more options of Instrument.
	telemetry []telemetry.Option
}

// newServer builds the demo. A nil logger logs nothing.
func newServer(s settings) (*server, error) {
	c, served, err := choose(s.contract, s.limit)
	if err != nil {
		return nil, err
	}

	c = withErrorURLs(c)
	mux := http.NewServeMux()
	support := newSupport()
	mux.Handle(errorsPath, errorPage(c, s.at.url()))
	mux.Handle(supportPath, support.handler())
	plain := http.NewServeMux()
	ways := lab.New(c, s.logger, s.limit)
	for _, m := range []*http.ServeMux{mux, plain} {
		served.Register(m)
		ways.Register(m)
	}
	if s.plain != (address{}) {
		s.logger = addDemo(mux, c, s, support)
	}
	failing := middleware.New(c,
		middleware.WithLogger(s.logger),
		middleware.WithObserver(support.failures.Observe),
		telemetry.Instrument(append(s.telemetry, telemetry.WithTracerProvider(noop.NewTracerProvider()), telemetry.WithPropagator(propagation.TraceContext{}))...),
	)(asterisk(mux))
	srv := &server{failing, asterisk(plain), support, func() {}}
	if served, ok := served.(interface{ Stop() }); ok {
		srv.stop = served.Stop
	}
	return srv, nil
}

// asterisk answers "OPTIONS *", RFC 9110 section 9.3.7, which asks about the
// server as a whole and which a ServeMux refuses.
func asterisk(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions && r.URL.Path == "*" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}
