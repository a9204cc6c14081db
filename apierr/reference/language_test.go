package reference_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
)

// The page is in the contract's own language, and says how to choose another.
func TestLanguages(t *testing.T) {
	c := apierr.Contract{
		Errors:   []*apierr.Error{notFound},
		Language: "fr", Translations: map[string]map[string]string{"en": {"NOT_FOUND": "Nothing here"}},
	}
	md, err := reference.Markdown(c, reference.Page{})
	require.NoError(t, err)
	require.Contains(t, string(md), "| `Content-Language` | Failed requests whose message is one of this page | The language of the message. `Accept-Language` chooses it. |")
	require.Contains(t, string(md), "\nContent-Language: fr\n")
	require.Contains(t, string(md), `"message":"It is not there"`)
	require.NotContains(t, string(md), "Nothing here")

	c.Translations = nil
	md, err = reference.Markdown(c, reference.Page{})
	require.NoError(t, err)
	require.NotContains(t, string(md), "Content-Language")
}
