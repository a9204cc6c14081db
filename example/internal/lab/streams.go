package lab

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/failwell/failwell/example/internal/answer"
)

var errStream = errors.New("lab-secret: the source of the stream ran dry")

// stream sends a line, waits a second, and sends another.
func stream(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, "one")
	if err := http.NewResponseController(w).Flush(); err != nil {
		return err
	}
	select {
	case <-r.Context().Done():
		return r.Context().Err()
	case <-time.After(time.Second):
	}
	_, err := fmt.Fprintln(w, "two")
	return err
}

// eventsFail is an event stream that breaks down after two events.
func eventsFail(w http.ResponseWriter, r *http.Request) error {
	events := answer.OpenEvents(w)
	for n := range 2 {
		if err := events.Send("number", n+1); err != nil {
			return err
		}
	}
	return errStream
}

// linesFail is a stream of JSON lines that breaks down after two.
func linesFail(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "application/x-ndjson")
	for n := range 2 {
		fmt.Fprintf(w, "{\"number\":%d}\n", n+1)
		if err := http.NewResponseController(w).Flush(); err != nil {
			return err
		}
	}
	return errStream
}
