package middleware

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// The runtime has a size class of 576 bytes, of which it takes 8 itself, and the
// next one costs more to clear than any field is worth.
func TestExchangeSize(t *testing.T) {
	require.LessOrEqual(t, unsafe.Sizeof(exchange{}), uintptr(576-8))
}
