package avatar

import (
	"net/http"

	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/example/internal/answer"
	"github.com/failwell/failwell/example/internal/shelf"
	"github.com/failwell/failwell/validate"
)

type sendRequest struct {
	Content string `json:"content" validate:"required,max=4000"`
}

// send has the avatar answer a message, in text and in speech.
func (a *API) send(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("conversationId")
	if _, err := a.snapshot(id); err != nil {
		return err
	}
	in, err := validate.JSON[sendRequest](r)
	if err != nil {
		return err
	}
	text, err := think(in.Content)
	if err != nil {
		return err
	}
	reply := message{ID: shelf.NewID("msg_"), Role: "avatar", Content: text}
	if reply.AudioURL, err = speak(reply.ID, in.Content); err != nil {
		return err
	}
	if err := a.keep(id, message{ID: shelf.NewID("msg_"), Role: "user", Content: in.Content}, reply); err != nil {
		return err
	}
	return answer.JSON(w, http.StatusOK, reply)
}

// keep appends messages to a conversation; the oldest go when there are too
// many.
func (a *API) keep(id string, messages ...message) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, ok := a.conversations.Get(id)
	if !ok {
		return avatarium.ConversationNotFound // it went in the meantime
	}
	c.Messages = append(c.Messages, messages...)
	if over := len(c.Messages) - maxMessages; over > 0 {
		c.Messages = append([]message(nil), c.Messages[over:]...)
	}
	return nil
}
