package reference_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/reference"
)

// Equal contracts give equal bytes, whatever the order of maps.
func TestOpenAPI_Deterministic(t *testing.T) {
	for _, p := range pages {
		doc, err := reference.OpenAPI(p.c)
		require.NoError(t, err)
		for range 5 {
			again, err := reference.OpenAPI(p.c)
			require.NoError(t, err)
			require.True(t, string(doc) == string(again), p.name)
		}
	}
}

// Faults of a contract are errors.
func TestOpenAPI_Faults(t *testing.T) {
	for _, test := range []struct {
		c    apierr.Contract
		want string
	}{
		{apierr.Contract{Errors: []*apierr.Error{{Code: "MISSING"}}}, `apierr: contract "": MISSING: no status`},
		{apierr.Contract{Errors: []*apierr.Error{notFound}, DetailsSchemas: map[*apierr.Error]string{notFound: `{"type":7}`}},
			`reference: contract "": the details schema of NOT_FOUND: `},
	} {
		_, err := reference.OpenAPI(test.c)
		require.ErrorContains(t, err, test.want)
	}
}

func BenchmarkOpenAPI(b *testing.B) {
	for _, p := range pages {
		b.Run(p.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := reference.OpenAPI(p.c)
				require.NoError(b, err)
			}
		})
	}
}
