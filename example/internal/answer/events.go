package answer

import (
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json"
)

// Events is an open stream of server-sent events.
type Events struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

// OpenEvents makes the response an event stream. Nothing leaves before the
// first Send, so that a failure until then is still answered with its status.
func OpenEvents(w http.ResponseWriter) Events {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	return Events{w, http.NewResponseController(w)}
}

// Send sends one event with v as its data, and flushes it.
func (e Events) Send(name string, v any) error {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(e.w, "event: %s\ndata: %s\n\n", name, b); err != nil {
		return err
	}
	return e.rc.Flush()
}
