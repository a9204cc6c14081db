// Package answer writes what the demo's handlers answer when nothing failed.
package answer

import (
	"net/http"

	"github.com/go-json-experiment/json"
)

// JSON sends v with the status. An error means that v could not be encoded and
// that nothing was sent. A client that has gone is no error.
func JSON(w http.ResponseWriter, status int, v any) error {
	body, err := Encode(v)
	if err != nil {
		return err
	}
	Send(w, status, body)
	return nil
}

// Encode makes the body that Send sends: apart, so that a lock can be held for
// the one and not for the other, which takes as long as the client pleases.
func Encode(v any) ([]byte, error) {
	b, err := json.Marshal(v, json.Deterministic(true))
	return append(b, '\n'), err
}

// Send sends a body of Encode.
func Send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body) // the client has gone
}
