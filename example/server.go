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
	"github.com/failwell/failwell/example/internal/poly"
	"github.com/failwell/failwell/middleware"
)

// contracts are the values of -contract, the first being the default.
var contracts = []string{"chatbase", "polyai", "avatarium", "standard", "problem"}

// api is what the server serves besides the lab.
type api interface {
	Register(*http.ServeMux)
	Close()
}

// promise returns the contract of that name and an API to serve under it.
//
// The chat API runs under three of them unchanged. Its own errors are those of
// Chatbase; the standard contract is open and lets them pass, while what it
// raises in neutral words (a bad body, a limit) takes the form of the contract.
func promise(name string) (apierr.Contract, api, error) {
	switch name {
	case "chatbase":
		return chatbase.Contract, chat.New(), nil
	case "polyai":
		return polyai.Contract, poly.New(poly.Options{}), nil
	case "avatarium":
		return avatarium.Contract, avatar.New(), nil
	case "standard":
		return apierr.Standard, chat.New(), nil
	case "problem":
		c := apierr.Standard
		c.Name, c.Title = "problem", "failwell standard errors as problem details"
		c.Format = apierr.Problem{}
		return c, chat.New(), nil
	}
	return apierr.Contract{}, nil, fmt.Errorf("unknown contract %q; there are %s", name, strings.Join(contracts, ", "))
}

// server is the whole demo as one handler.
type server struct {
	http.Handler
	closers []func()
}

// newServer builds the demo under the contract of that name. A nil logger logs
// nothing.
func newServer(contract string, logger *slog.Logger) (*server, error) {
	c, served, err := promise(contract)
	if err != nil {
		return nil, err
	}
	failures := lab.New(c, logger)

	mux := http.NewServeMux()
	served.Register(mux)
	failures.Register(mux)
	return &server{
		Handler: middleware.New(c, middleware.WithLogger(logger))(mux),
		closers: []func(){served.Close, failures.Close},
	}, nil
}

// close ends what the handler holds open: WebSockets and limiters.
func (s *server) close() {
	for _, f := range s.closers {
		f()
	}
}
