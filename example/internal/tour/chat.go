package tour

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"
)

const chatPath = "/api/v2/agents/YOUR_AGENT_ID/chat"

type chatMessage struct {
	Message string `json:"message"`
	Stream  bool   `json:"stream,omitzero"`
}

type chatText struct {
	Text string `json:"text"`
}

func bearer(key string) http.Header { return http.Header{"Authorization": {"Bearer " + key}} }

// chats sends messages to an agent, as the page of Chatbase shows it.
func (g *guide) chats(ctx context.Context) {
	for _, try := range []struct{ did, key, message string }{
		{"a message", "YOUR_API_KEY", "Hello"},
		{"an empty message", "YOUR_API_KEY", ""},
		{"an unknown key", "nobody", "Hello"},
		{"an account without credits", "no-credits-key", "Hello"},
		{"the model breaks down", "YOUR_API_KEY", "fail midway"},
	} {
		var got chatText
		err := g.ask(ctx, http.MethodPost, chatPath, bearer(try.key), chatMessage{Message: try.message}, &got)
		g.show(ctx, try.did, got.Text, err)
	}
	for _, try := range []struct{ did, message string }{
		{"a streamed answer", "Hello"},
		{"the model breaks down in it", "fail midway"},
	} {
		text, err := g.streamed(ctx, try.message)
		g.show(ctx, try.did, text, err)
	}
}

// streamed returns the text of a streamed answer, with an error as far as it came.
func (g *guide) streamed(ctx context.Context, message string) (string, error) {
	resp, err := g.send(ctx, http.MethodPost, chatPath, bearer("YOUR_API_KEY"), chatMessage{message, true})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var text strings.Builder
	for e, err := range g.errors.Events(resp.Body) {
		if err != nil {
			return text.String(), identified(err, resp)
		}
		switch e.Name {
		case "text":
			var word chatText
			if err := json.Unmarshal(e.Data, &word); err != nil {
				return text.String(), err
			}
			text.WriteString(word.Text)
		case "done":
			return text.String(), nil
		}
	}
	return text.String(), io.ErrUnexpectedEOF // this API says when it is done
}
