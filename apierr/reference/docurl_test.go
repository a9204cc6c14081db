package reference_test

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
	"github.com/failwell/failwell/apierr/reference"
)

// The URL that a failure links to leads to its error: to a page of its own under
// a DocURL that ends in a slash, to its row under one that ends in "#".
func TestDocURL(t *testing.T) {
	link := func(c apierr.Contract, e *apierr.Error) string {
		var body struct {
			Doc string `json:"doc"`
		}
		require.NoError(t, json.Unmarshal(contracttest.Answer(t, c, e).Body.Bytes(), &body))
		require.NotEmpty(t, body.Doc)
		return body.Doc
	}
	c := oddContract()
	c.Format = apierr.Envelope{Members: []apierr.Member{{Name: "code", From: apierr.FromCode}, {Name: "doc", From: apierr.FromDocURL}}}

	c.DocURL = "/errors/"
	base := serve(t, reference.Handler(c, reference.Page{}), "/errors/")
	for _, e := range c.Errors {
		if e.Code == "." {
			continue // no client asks for it: "." is the page
		}
		resp, body := get(t, "GET", base+link(c, e))
		require.Equal(t, 200, resp.StatusCode, e.Code)
		if e.Code != "errors.md" { // the file
			require.Contains(t, body, "<h1><code>"+e.Code+"</code></h1>")
		}
	}

	c.DocURL = "/errors/#"
	page, err := reference.HTML(c, reference.Page{})
	require.NoError(t, err)
	for _, e := range c.Errors {
		_, anchor, _ := strings.Cut(link(c, e), "#")
		require.Contains(t, string(page), `<tr id="`+anchor+`">`)
	}
}
