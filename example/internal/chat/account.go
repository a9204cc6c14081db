package chat

import (
	"slices"
	"time"

	"github.com/failwell/failwell/apierr/contracts/chatbase"
)

// key is what an API key stands for.
type key struct {
	workspace *workspace
	write     bool      // may do more than read
	expires   time.Time // zero: never
}

type plan string

const (
	freePlan     plan = "free" // without API access
	standardPlan plan = "standard"
)

// models says which models each plan has.
var models = map[plan][]string{standardPlan: {"small"}}

type workspace struct {
	name    string
	plan    plan
	credits int // messages left; guarded by API.mu
	agents  []string
}

type agent struct {
	model   string
	credits int // messages left; guarded by API.mu
}

// allows reports whether the workspace's plan includes the model.
func (ws *workspace) allows(model string) bool { return slices.Contains(models[ws.plan], model) }

// charge takes one credit of the workspace and one of the agent, or neither.
// The caller holds the lock.
func charge(ws *workspace, ag *agent) error {
	if ws.credits < 1 {
		return chatbase.ChatCreditsExhausted
	}
	if ag.credits < 1 {
		return chatbase.ChatAgentCreditsExhausted
	}
	ws.credits--
	ag.credits--
	return nil
}
