package chat

import (
	"net/http"
	"strings"

	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/example/internal/answer"
)

// stream sends the answer word by word: events named text, and at the end one
// named done with the whole. If the model fails, stream returns the
// error, and the middleware sends it as the last event.
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
