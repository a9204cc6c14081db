package avatar

import (
	"net/http"
	"slices"

	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/example/internal/answer"
	"github.com/failwell/failwell/example/internal/shelf"
	"github.com/failwell/failwell/validate"
)

// Bounds of what visitors can make the demo keep.
const (
	maxConversations = 100
	maxMessages      = 40 // of one conversation
)

type message struct {
	ID       string `json:"id"`
	Role     string `json:"role"`
	Content  string `json:"content"`
	AudioURL string `json:"audio_url,omitempty"`
}

// conversation is guarded by API.mu.
type conversation struct {
	ID       string    `json:"id"`
	AvatarID string    `json:"avatar_id"`
	Messages []message `json:"messages"`
}

type openRequest struct {
	AvatarID string `json:"avatar_id" validate:"required"`
	Language string `json:"language" validate:"omitempty,bcp47_language_tag"`
}

// open begins a conversation with an avatar.
func (a *API) open(w http.ResponseWriter, r *http.Request) error {
	in, err := validate.JSON[openRequest](r)
	if err != nil {
		return err
	}
	if _, ok := a.avatars[in.AvatarID]; !ok {
		return avatarium.AvatarNotFound
	}
	c := conversation{ID: shelf.NewID("conv_"), AvatarID: in.AvatarID}
	kept := c
	a.mu.Lock()
	a.conversations.Put(c.ID, &kept)
	a.mu.Unlock()
	return answer.JSON(w, http.StatusOK, c)
}

// read answers a conversation with its messages.
func (a *API) read(w http.ResponseWriter, r *http.Request) error {
	c, err := a.snapshot(r.PathValue("conversationId"))
	if err != nil {
		return err
	}
	return answer.JSON(w, http.StatusOK, c)
}

// readMessage answers one message.
func (a *API) readMessage(w http.ResponseWriter, r *http.Request) error {
	c, err := a.snapshot(r.PathValue("conversationId"))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(c.Messages, func(m message) bool { return m.ID == r.PathValue("messageId") })
	if i < 0 {
		return avatarium.MessageNotFound
	}
	return answer.JSON(w, http.StatusOK, c.Messages[i])
}

// snapshot is a copy of a conversation, to be sent without the lock.
func (a *API) snapshot(id string) (conversation, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, ok := a.conversations.Get(id)
	if !ok {
		return conversation{}, avatarium.ConversationNotFound
	}
	return conversation{c.ID, c.AvatarID, slices.Clone(c.Messages)}, nil
}
