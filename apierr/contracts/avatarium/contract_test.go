package avatarium_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr/contracts/avatarium"
)

func TestContractsHaveNoFaults(t *testing.T) {
	require.NoError(t, avatarium.Contract.Check())
	require.NoError(t, avatarium.Closed.Check())
	require.Len(t, avatarium.Contract.Errors, 18)
}
