// Package chat is a chat API in memory, with the routes and the errors that
// Chatbase has published. Its handlers return errors and nothing else: what a
// client sees of them is the business of the contract they run under.
package chat

import (
	"net/http"
	"sync"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/example/internal/answer"
	"github.com/failwell/failwell/example/internal/limits"
	"github.com/failwell/failwell/example/internal/shelf"
	"github.com/failwell/failwell/ratelimit"
)

// API holds the conversations and the credits. Make one with New.
type API struct {
	keys    map[string]key
	agents  map[string]*agent
	limiter ratelimit.Limiter

	mu            sync.Mutex // guards the conversations, and all credits
	conversations *shelf.Shelf[*conversation]
}

// New returns the API with its demo data.
func New(limit limits.Maker) *API {
	return &API{
		keys:          demoKeys(),
		agents:        demoAgents(),
		limiter:       newLimiter(limit),
		conversations: shelf.New(maxConversations, demoConversations()),
	}
}

// Register adds the routes.
func (a *API) Register(mux *http.ServeMux) {
	const agentPath = "/api/v2/agents/{agentId}"
	const conversationPath = agentPath + "/conversations/{conversationId}"

	mux.HandleFunc("GET /healthz", answer.Healthy)
	mux.Handle("POST "+agentPath+"/chat", a.guard(a.send))
	mux.Handle("GET "+conversationPath, a.guard(a.read))
	mux.Handle("POST "+conversationPath+"/retry", a.guard(a.retry))
	mux.Handle("PATCH "+conversationPath+"/messages/{messageId}", a.guard(a.annotate))
}

// guard lets in who has a key, within its limit.
func (a *API) guard(h apierr.HandlerFunc) http.Handler {
	return a.authenticate(a.limit(h))
}
