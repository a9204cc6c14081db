package tour

import (
	"context"
	"net/http"
)

type avatarMessage struct {
	Content string `json:"content"`
}

// avatars sends messages to an avatar. The page of Avatarium retries 5xx, 4xx too
// by mistake, and returns nothing after the last 5xx.
func (g *guide) avatars(ctx context.Context) {
	for _, try := range []struct{ did, key, conversation, content string }{
		{"a message", "YOUR_API_KEY", "conv_abc123", "Hello"},
		{"an empty message", "YOUR_API_KEY", "conv_abc123", ""},
		{"an unknown key", "nobody", "conv_abc123", "Hello"},
		{"an unknown conversation", "YOUR_API_KEY", "conv_nothing", "Hello"},
		{"the quota is used up", "over-quota-key", "conv_abc123", "Hello"},
		{"the model is down", "YOUR_API_KEY", "conv_abc123", "ai down"},
	} {
		var got avatarMessage
		err := g.ask(ctx, http.MethodPost, "/v1/conversations/"+try.conversation+"/messages", bearer(try.key), avatarMessage{try.content}, &got)
		g.show(ctx, try.did, got.Content, err)
	}
}
