package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/example/internal/avatar"
	"github.com/failwell/failwell/example/internal/chat"
	"github.com/failwell/failwell/example/internal/lab"
	"github.com/failwell/failwell/example/internal/limits"
	"github.com/failwell/failwell/example/internal/poly"
	"github.com/failwell/failwell/middleware"
)

// contracts are the values of -contract, the first being the default.
var contracts = []string{"chatbase", "polyai", "avatarium", "standard", "problem"}

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
	switch name {
	case "chatbase":
		return chatbase.Contract, chat.New(limit), nil
	case "polyai":
		return polyai.Contract, poly.New(limit, poly.Options{}), nil
	case "avatarium":
		return avatarium.Contract, avatar.New(limit), nil
	case "standard":
		return apierr.Standard, chat.New(limit), nil
	case "problem":
		c := apierr.Standard
		c.Name, c.Title = "problem", "failwell standard errors as problem details"
		c.Format = apierr.Problem{}
		return c, chat.New(limit), nil
	}
	return apierr.Contract{}, nil, fmt.Errorf("unknown contract %q; there are %s", name, strings.Join(contracts, ", "))
}

// server is the whole demo as one handler.
type server struct {
	http.Handler

	// stop ends what the http.Server does not know of, and waits for it.
	stop func()
}

// newServer builds the demo under the contract of that name, to be served at
// the URL base. A nil logger logs nothing; more are options of New.
func newServer(contract, base string, logger *slog.Logger, limit limits.Maker, more ...middleware.Option) (*server, error) {
	c, served, err := choose(contract, limit)
	if err != nil {
		return nil, err
	}

	c = withErrorURLs(c)
	mux := http.NewServeMux()
	mux.Handle(errorsPath, errorPage(c, base))
	served.Register(mux)
	lab.New(c, logger, limit).Register(mux)
	opts := append([]middleware.Option{middleware.WithLogger(logger)}, more...)
	s := &server{middleware.New(c, opts...)(asterisk(mux)), func() {}}
	if served, ok := served.(interface{ Stop() }); ok {
		s.stop = served.Stop
	}
	return s, nil
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
