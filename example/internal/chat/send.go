package chat

import (
	"net/http"
	"strings"

	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/example/internal/answer"
	"github.com/failwell/failwell/example/internal/shelf"
	"github.com/failwell/failwell/validate"
)

type sendRequest struct {
	Message        string `json:"message" validate:"required,max=10000"`
	ConversationID string `json:"conversationId"` // empty: a new one
	Stream         bool   `json:"stream"`
}

// send answers a message, in an ongoing conversation or in a new one.
func (a *API) send(w http.ResponseWriter, r *http.Request) error {
	v, err := a.enter(r)
	if err != nil {
		return err
	}
	in, err := validate.JSON[sendRequest](r)
	if err != nil {
		return err
	}
	t, err := a.begin(v, in)
	if err != nil {
		return err
	}
	if in.Stream {
		return a.stream(w, t)
	}
	return a.reply(w, t)
}

// turn is one message that is being answered.
type turn struct {
	conversation *conversation
	text         string
}

// begin checks what a message needs, takes its credits and keeps it.
func (a *API) begin(v visit, in sendRequest) (turn, error) {
	if !v.workspace.allows(v.agent.model) {
		return turn{}, chatbase.ChatModelNotAllowed
	}
	a.mu.Lock()
	defer a.mu.Unlock()

	var c *conversation
	if in.ConversationID != "" {
		var err error
		if c, err = a.ongoingOf(v.agentID, in.ConversationID); err != nil {
			return turn{}, err
		}
	}
	if err := charge(v.workspace, v.agent); err != nil {
		return turn{}, err
	}
	if c == nil {
		c = &conversation{id: shelf.NewID("conv-"), agentID: v.agentID, state: ongoing}
		a.conversations.Put(c.id, c)
	}
	c.add(user, in.Message)
	return turn{c, in.Message}, nil
}

// reply generates the answer and sends it in one piece.
func (a *API) reply(w http.ResponseWriter, t turn) error {
	var text strings.Builder
	for word, err := range generate(t.text) {
		if err != nil {
			return err // nothing was sent: an unexpected error like any other
		}
		text.WriteString(word)
	}
	return answer.JSON(w, http.StatusOK, a.finish(t, text.String()))
}

type sendResponse struct {
	ConversationID string `json:"conversationId"`
	MessageID      string `json:"messageId"`
	Text           string `json:"text"`
}

// finish keeps the answer.
func (a *API) finish(t turn, text string) sendResponse {
	a.mu.Lock()
	defer a.mu.Unlock()
	return sendResponse{t.conversation.id, t.conversation.add(assistant, text), text}
}
