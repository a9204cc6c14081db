// Package avatar is an API for talking avatars in memory, with the routes and
// the errors that Avatarium has published.
package avatar

import (
	"net/http"
	"sync"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/example/internal/answer"
	"github.com/failwell/failwell/example/internal/limits"
	"github.com/failwell/failwell/example/internal/shelf"
	"github.com/failwell/failwell/ratelimit"
)

// API holds the conversations. Make one with New.
type API struct {
	keys    map[string]key
	avatars map[string]string // ID to name
	limiter ratelimit.Limiter

	mu            sync.Mutex // guards the conversations
	conversations *shelf.Shelf[*conversation]
}

// New returns the API with its demo data.
func New(limit limits.Maker) *API {
	return &API{
		keys:          demoKeys(),
		avatars:       demoAvatars(),
		limiter:       newLimiter(limit, demoUsage()),
		conversations: shelf.New(maxConversations, demoConversations()),
	}
}

// Register adds the routes.
func (a *API) Register(mux *http.ServeMux) {
	const conversationPath = "/v1/conversations/{conversationId}"

	mux.HandleFunc("GET /healthz", answer.Healthy)
	mux.Handle("POST /v1/conversations", a.guard(a.open))
	mux.Handle("GET "+conversationPath, a.guard(a.read))
	mux.Handle("POST "+conversationPath+"/messages", a.guard(a.send))
	mux.Handle("GET "+conversationPath+"/messages/{messageId}", a.guard(a.readMessage))
}

// guard lets in who has a key, within its limits.
func (a *API) guard(h apierr.HandlerFunc) http.Handler {
	return a.authenticate(a.limit(h))
}
