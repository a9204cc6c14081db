package polyai_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr/contracts/polyai"
)

func TestContractsHaveNoFaults(t *testing.T) {
	require.NoError(t, polyai.Contract.Check())
	require.NoError(t, polyai.Closed.Check())
	require.Len(t, polyai.Contract.Errors, 73)
}
