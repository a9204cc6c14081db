package chat

import (
	"net/http"

	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/validate"
)

type retryRequest struct {
	MessageID string `json:"messageId" validate:"required"`
}

// retry answers once more the user message before the given one.
func (a *API) retry(w http.ResponseWriter, r *http.Request) error {
	v, err := a.enter(r)
	if err != nil {
		return err
	}
	in, err := validate.JSON[retryRequest](r)
	if err != nil {
		return err
	}
	t, err := a.beginAgain(v, r.PathValue("conversationId"), in.MessageID)
	if err != nil {
		return err
	}
	return a.reply(w, t)
}

// beginAgain is begin for a message that is there already.
func (a *API) beginAgain(v visit, conversationID, messageID string) (turn, error) {
	if !v.workspace.allows(v.agent.model) {
		return turn{}, chatbase.ChatModelNotAllowed
	}
	a.mu.Lock()
	defer a.mu.Unlock()

	c, err := a.ongoingOf(v.agentID, conversationID)
	if err != nil {
		return turn{}, err
	}
	i := c.find(messageID)
	if i < 0 {
		return turn{}, chatbase.ChatRetryMessageNotFound
	}
	for i--; i >= 0; i-- {
		if m := c.messages[i]; m.Role == user {
			return turn{c, m.Text}, charge(v.workspace, v.agent)
		}
	}
	return turn{}, chatbase.ChatRetryNoUserMessage
}
