package middleware

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// The runtime has a size class of 512 bytes, and the next one costs more to
// clear than any field is worth.
func TestExchangeSize(t *testing.T) {
	require.LessOrEqual(t, unsafe.Sizeof(exchange{}), uintptr(512))
}
