package lab

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/validate"
)

// No tag of a request is misspelt, so that none is found out by a client.
func TestRequests_AreSound(t *testing.T) {
	require.NoError(t, validate.Check[person]())
}
