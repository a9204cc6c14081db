package poly

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/validate"
)

// No tag of a request is misspelt, so that none is found out by a client.
func TestRequests_AreSound(t *testing.T) {
	require.NoError(t, validate.Check[account]())
	require.NoError(t, validate.Check[projectRequest]())
	require.NoError(t, validate.Check[listQuery]())
	require.NoError(t, validate.Check[startRequest]())
	require.NoError(t, validate.Check[sayRequest]())
	require.NoError(t, validate.Check[publishRequest]())
	require.NoError(t, validate.Check[promoteRequest]())
	require.NoError(t, validate.Check[flowRequest]())
	require.NoError(t, validate.Check[functionRequest]())
	require.NoError(t, validate.Check[runRequest]())
	require.NoError(t, validate.Check[topic]())
	require.NoError(t, validate.Check[phone]())
	require.NoError(t, validate.Check[connectorRequest]())
	require.NoError(t, validate.Check[variant]())
	require.NoError(t, validate.Check[testsRequest]())
}
