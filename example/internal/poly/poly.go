// Package poly is an API for voice assistants in memory, with routes to reach
// all the errors that PolyAI has published.
package poly

import (
	"sync"
	"time"

	"github.com/failwell/failwell/example/internal/limits"
	"github.com/failwell/failwell/example/internal/shelf"
	"github.com/failwell/failwell/ratelimit"
)

// Options are the times of the WebSocket. A zero is the default.
type Options struct {
	Idle time.Duration // without a message it is closed; 30s
	Ping time.Duration // between pings; 10s
	Pong time.Duration // within which a ping is to be answered; 10s
}

// API holds the accounts and projects. Make one with New.
type API struct {
	options Options
	keys    map[string]key
	users   map[string]role
	limiter ratelimit.Limiter
	talks   talks

	mu       sync.Mutex // guards what follows, and all that is in the projects
	accounts *shelf.Shelf[account]
	projects *shelf.Shelf[*project]
}

// New returns the API with its demo data.
func New(limit limits.Maker, o Options) *API {
	def := func(d *time.Duration, to time.Duration) {
		if *d == 0 {
			*d = to
		}
	}
	def(&o.Idle, 30*time.Second)
	def(&o.Ping, 10*time.Second)
	def(&o.Pong, 10*time.Second)
	return &API{
		options:  o,
		keys:     demoKeys(),
		users:    demoUsers(),
		limiter:  newLimiter(limit),
		talks:    talks{stop: make(chan struct{})},
		accounts: shelf.New(maxAccounts, demoAccounts()),
		projects: shelf.New(maxProjects, demoProjects()),
	}
}

// Stop closes the WebSockets, which no http.Server knows of, and waits for
// them to close. None is opened after it.
func (a *API) Stop() { a.talks.end() }
