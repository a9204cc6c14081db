package apierr_test

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

// Every byte, at every place of strings up to three words long, is quoted as
// package jsontext quotes it.
func TestQuotesLikeJSONText(t *testing.T) {
	text := strings.Repeat("Az~ !#[]^", 3)
	for n := range 25 {
		for at := range n {
			for c := range 256 {
				s := text[:at] + string([]byte{byte(c)}) + text[at+1:n]
				want, _ := jsontext.AppendQuote(nil, s) // its error reports the U+FFFD
				got, err := apierr.Envelope{Members: []apierr.Member{{Name: "m", From: apierr.FromMessage}}}.
					Append(nil, &apierr.Error{Message: s}, info)
				require.NoError(t, err)
				if want := `{"m":` + string(want) + `}`; want != string(got) {
					require.Equal(t, want, string(got))
				}
			}
		}
	}
}
