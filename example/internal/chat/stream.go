package chat

import (
	"net/http"
	"strings"

	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/example/internal/answer"
)

// stream sends the answer word by word: events named text, and at the end one
// named done with the whole. If the model breaks down it just returns the
// error; that the client is told with one last event is the middleware's work.
func (a *API) stream(w http.ResponseWriter, t turn) error {
	events := answer.OpenEvents(w)
	var text strings.Builder
	for word, err := range generate(t.text) {
		if err != nil {
			return chatbase.ChatStreamingError.Wrap(err)
		}
		if err := events.Send("text", map[string]string{"text": word}); err != nil {
			return err
		}
		text.WriteString(word)
	}
	return events.Send("done", a.finish(t, text.String()))
}
