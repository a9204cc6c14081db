package chat

import "time"

// The demo data. Each key, agent, conversation and message is there so that
// one more of the published errors can be had by using the API.

const millions = 5_000_000 // credits that no demo uses up

// demoKeys: YOUR_API_KEY works; anything that is not here is invalid.
func demoKeys() map[string]key {
	agents := []string{"YOUR_AGENT_ID", "agent-no-credits", "agent-premium-model"}
	main := &workspace{name: "main", plan: standardPlan, credits: millions, agents: agents}
	free := &workspace{name: "free", plan: freePlan, credits: 100, agents: agents}
	broke := &workspace{name: "broke", plan: standardPlan, credits: 0, agents: agents}

	return map[string]key{
		"YOUR_API_KEY":   {workspace: main, write: true},
		"expired-key":    {workspace: main, write: true, expires: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)},
		"readonly-key":   {workspace: main},
		"free-plan-key":  {workspace: free, write: true},
		"no-credits-key": {workspace: broke, write: true},
	}
}

func demoAgents() map[string]*agent {
	return map[string]*agent{
		"YOUR_AGENT_ID":       {model: "small", credits: millions},
		"agent-no-credits":    {model: "small", credits: 0},
		"agent-premium-model": {model: "premium", credits: millions},
		"agent-elsewhere":     {model: "small", credits: millions}, // in nobody's workspace
	}
}

func demoConversations() map[string]*conversation {
	return byID(
		seeded("conv-ongoing", "YOUR_AGENT_ID", ongoing,
			message{ID: "msg-orphan", Role: assistant, Text: "Hello! How can I help?"},
			message{ID: "msg-user", Role: user, Text: "When do you open?"},
			message{ID: "msg-assistant", Role: assistant, Text: "We open at nine."},
		),
		seeded("conv-ended", "YOUR_AGENT_ID", ended,
			message{ID: "msg-last", Role: user, Text: "Thank you, goodbye."},
		),
		seeded("conv-other-agent", "agent-premium-model", ongoing),
	)
}
