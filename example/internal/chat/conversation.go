package chat

import (
	"slices"

	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/example/internal/shelf"
)

// Bounds of what visitors can make the demo keep.
const (
	maxConversations = 100
	maxMessages      = 40 // of one conversation, besides the seeded ones
)

type role string

const (
	user      role = "user"
	assistant role = "assistant"
)

type state string

const (
	ongoing state = "ongoing"
	ended   state = "ended"
)

type message struct {
	ID       string         `json:"id"`
	Role     role           `json:"role"`
	Text     string         `json:"text"`
	Feedback string         `json:"feedback,omitempty"`
	Metadata map[string]any `json:"metadata,omitempty"`
}

// conversation is guarded by API.mu.
type conversation struct {
	id       string
	agentID  string
	state    state
	seeds    int // the first messages, which stay
	messages []message
}

func seeded(id, agentID string, s state, messages ...message) *conversation {
	return &conversation{id, agentID, s, len(messages), messages}
}

func byID(list ...*conversation) map[string]*conversation {
	m := make(map[string]*conversation, len(list))
	for _, c := range list {
		m[c.id] = c
	}
	return m
}

// find returns the index of the message with that ID, -1 where there is none.
func (c *conversation) find(id string) int {
	return slices.IndexFunc(c.messages, func(m message) bool { return m.ID == id })
}

// add appends a message and returns its ID. The oldest that is no seed goes
// when there are too many.
func (c *conversation) add(r role, text string) string {
	m := message{ID: shelf.NewID("msg-"), Role: r, Text: text}
	if len(c.messages) >= c.seeds+maxMessages {
		c.messages = slices.Delete(c.messages, c.seeds, c.seeds+1)
	}
	c.messages = append(c.messages, m)
	return m.ID
}

// conversationOf returns the agent's conversation with that ID. The caller
// holds the lock.
func (a *API) conversationOf(agentID, id string) (*conversation, error) {
	c, ok := a.conversations.Get(id)
	switch {
	case !ok:
		return nil, chatbase.ResourceNotFound
	case c.agentID != agentID:
		return nil, chatbase.ChatConversationMismatch
	}
	return c, nil
}

// ongoingOf is conversationOf for a conversation that is to be continued.
func (a *API) ongoingOf(agentID, id string) (*conversation, error) {
	c, err := a.conversationOf(agentID, id)
	if err == nil && c.state != ongoing {
		return nil, chatbase.ChatConversationNotOngoing
	}
	return c, err
}
