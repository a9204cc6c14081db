package reference_test

import (
	"go/format"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
)

// A page of a user's own format shows its bodies, and has clients that decide
// by the status, since nothing is known of the members.
func TestCustomFormat(t *testing.T) {
	md, err := reference.Markdown(shop(custom{}), reference.Page{})
	require.NoError(t, err)
	require.Contains(t, string(md), "has the content type `text/x-error`.\n\nExample body:\n\n```text\nINVALID\nInvalid\n```\n")
	require.Contains(t, string(md), "\n\nCARD_DECLINED\nDeclined\n```\n")
	require.NotContains(t, string(md), "| Member |")
	require.Contains(t, string(md), "this.code = `HTTP_${response.status}`\n")
}

// The client in Go is formatted, whatever the contract has.
func TestGoClient(t *testing.T) {
	noIDs := apierr.Contract{RequestIDHeader: apierr.NoHeader, CorrelationIDHeader: apierr.NoHeader}
	for _, p := range append(pages[:len(pages):len(pages)], []struct {
		name string
		c    apierr.Contract
		page reference.Page
	}{
		{"a custom format", shop(custom{}), reference.Page{}},
		{"an empty contract without IDs", noIDs, reference.Page{}},
		{"a flat envelope", apierr.Contract{Format: apierr.Envelope{Members: []apierr.Member{{Name: "error-code", From: apierr.FromCode}}}}, reference.Page{Authorization: "X-Key: \"quoted\""}},
	}...) {
		md, err := reference.Markdown(p.c, p.page)
		require.NoError(t, err)
		_, client, _ := strings.Cut(string(md), "```go\n")
		client, _, _ = strings.Cut(client, "```")
		formatted, err := format.Source([]byte(client))
		require.NoError(t, err, p.name)
		require.Equal(t, string(formatted), client, p.name)
	}
}

// The examples are of a request to the page's path.
func TestPath(t *testing.T) {
	md, err := reference.Markdown(problem, reference.Page{Path: "/v1/orders/7?expand=items"})
	require.NoError(t, err)
	require.Contains(t, string(md), `"instance":"/v1/orders/7"`)
	require.Contains(t, string(md), "'https://api.example.com/v1/orders/7?expand=items'")
	require.NotContains(t, string(md), "%3F")
}
