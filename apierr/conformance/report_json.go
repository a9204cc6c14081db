package conformance

import (
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// WriteJSON writes the report as one JSON object: the fields of [Report], with
// the duration in seconds as took.
func (r *Report) WriteJSON(w io.Writer) error {
	type fields Report
	out := struct {
		*fields
		Took   float64 `json:"took"`
		Failed bool    `json:"failed"`
	}{(*fields)(r), r.Took.Seconds(), r.Failed()}
	b, err := json.Marshal(out, jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}
