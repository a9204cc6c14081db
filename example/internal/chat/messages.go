package chat

import (
	"net/http"
	"slices"

	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/example/internal/answer"
	"github.com/failwell/failwell/validate"
)

type conversationResponse struct {
	ConversationID string    `json:"conversationId"`
	Status         state     `json:"status"`
	Messages       []message `json:"messages"`
}

// read answers a conversation with its messages.
func (a *API) read(w http.ResponseWriter, r *http.Request) error {
	v, err := a.enter(r)
	if err != nil {
		return err
	}
	out, err := a.snapshot(v.agentID, r.PathValue("conversationId"))
	if err != nil {
		return err
	}
	return answer.JSON(w, http.StatusOK, out)
}

func (a *API) snapshot(agentID, id string) (conversationResponse, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, err := a.conversationOf(agentID, id)
	if err != nil {
		return conversationResponse{}, err
	}
	return conversationResponse{c.id, c.state, slices.Clone(c.messages)}, nil
}

// annotateRequest gives feedback or metadata, or both.
type annotateRequest struct {
	Feedback string         `json:"feedback" validate:"required_without=Metadata,omitempty,oneof=positive negative"`
	Metadata map[string]any `json:"metadata" validate:"max=50"`
}

// annotate notes on an assistant's message what the client thinks of it.
func (a *API) annotate(w http.ResponseWriter, r *http.Request) error {
	v, err := a.enter(r)
	if err != nil {
		return err
	}
	in, err := validate.JSON[annotateRequest](r)
	if err != nil {
		return err
	}
	m, err := a.note(v.agentID, r.PathValue("conversationId"), r.PathValue("messageId"), in)
	if err != nil {
		return err
	}
	return answer.JSON(w, http.StatusOK, m)
}

func (a *API) note(agentID, conversationID, messageID string, in annotateRequest) (message, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, err := a.conversationOf(agentID, conversationID)
	if err != nil {
		return message{}, err
	}
	i := c.find(messageID)
	if i < 0 {
		return message{}, chatbase.ResourceMessageNotFound
	}
	m := &c.messages[i]
	if m.Role != assistant {
		return message{}, chatbase.ResourceMessageNotAssistant
	}
	if in.Feedback != "" {
		m.Feedback = in.Feedback
	}
	if in.Metadata != nil {
		m.Metadata = in.Metadata
	}
	return *m, nil
}
