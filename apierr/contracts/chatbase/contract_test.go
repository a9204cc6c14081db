package chatbase_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr/contracts/chatbase"
)

func TestContractsHaveNoFaults(t *testing.T) {
	require.NoError(t, chatbase.Contract.Check())
	require.NoError(t, chatbase.Closed.Check())
	require.Len(t, chatbase.Contract.Errors, 21)
}
