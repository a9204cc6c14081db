package chat

import (
	"net/http"
	"slices"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/example/internal/caller"
)

// principal is the caller in the request's context.
type principal struct {
	key
	token string
}

// authenticate finds out whose key the request carries.
func (a *API) authenticate(next http.Handler) http.Handler {
	return apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		token, sent := caller.Bearer(r)
		if !sent {
			return chatbase.AuthMissingAPIKey
		}
		k, ok := a.keys[token]
		switch {
		case !ok:
			return chatbase.AuthInvalidAPIKey
		case !k.expires.IsZero() && time.Now().After(k.expires):
			return chatbase.AuthExpiredAPIKey
		case k.workspace.plan == freePlan:
			return chatbase.SubscriptionPlanRequired
		}
		next.ServeHTTP(w, caller.With(r, principal{k, token}))
		return nil
	})
}

// visit is a request of a known caller to an agent of its own.
type visit struct {
	key
	agentID string
	agent   *agent
}

// enter finds the agent that the path names, for a caller who may do there
// what the method asks.
func (a *API) enter(r *http.Request) (visit, error) {
	who := caller.From[principal](r.Context())
	if r.Method != http.MethodGet && r.Method != http.MethodHead && !who.write {
		return visit{}, chatbase.AuthInsufficientPermissions
	}
	id := r.PathValue("agentId")
	ag, ok := a.agents[id]
	if !ok || !slices.Contains(who.workspace.agents, id) {
		return visit{}, chatbase.AgentNotFound // whether others have it is nobody's business
	}
	return visit{who.key, id, ag}, nil
}
