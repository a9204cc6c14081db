package apierr

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A compiled contract shares nothing with the literal that may change later.
func TestCloneSharesNothing(t *testing.T) {
	e := &Error{Code: "A", Status: 400}
	c := Contract{
		Errors:         []*Error{e},
		Sections:       []Section{{Title: "S", Errors: []*Error{e}}},
		Deprecated:     map[*Error]string{e: "B"},
		DetailsSchemas: map[*Error]string{e: "{}"},
	}
	clone := c.clone()
	c.Errors[0], c.Sections[0].Errors[0] = nil, nil
	c.Sections[0].Title, c.Deprecated[e], c.DetailsSchemas[e] = "", "", ""
	require.Equal(t, Contract{
		Errors:         []*Error{e},
		Sections:       []Section{{Title: "S", Errors: []*Error{e}}},
		Deprecated:     map[*Error]string{e: "B"},
		DetailsSchemas: map[*Error]string{e: "{}"},
	}, clone)
}
