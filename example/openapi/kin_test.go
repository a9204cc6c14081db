package openapi

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/apierr/reference"
)

// contracts are the published ones, those of the library, and one of two forms.
var contracts = []apierr.Contract{
	chatbase.Contract, polyai.Contract, avatarium.Contract, apierr.Standard, problem,
	chatbase.Closed, polyai.Closed, avatarium.Closed,
}

var problem = func() apierr.Contract {
	c := apierr.Standard
	c.Name, c.Format, c.Alternative = "problem", apierr.Problem{Types: "https://api.example.com/errors/"}, apierr.Envelope{}
	return c
}()

// kin-openapi accepts the document of every contract and the described one.
func TestKin(t *testing.T) {
	for _, c := range contracts {
		t.Run(c.Name, func(t *testing.T) {
			doc, err := reference.OpenAPI(c)
			require.NoError(t, err)
			d := load(t, doc)
			for _, e := range c.Declared() {
				require.Contains(t, d.Components.Schemas, e.Code)
				require.Contains(t, d.Components.Responses, e.Code)
				require.Contains(t, d.Components.Examples, e.Code)
			}
		})
	}
	described, err := reference.Describe(chat(t), chatbase.Contract)
	require.NoError(t, err)
	load(t, described)
}
