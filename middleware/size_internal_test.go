package middleware

import (
	"net/http"
	"testing"
	"unsafe"
)

func TestSize(t *testing.T) {
	t.Log(unsafe.Sizeof(exchange{}), unsafe.Sizeof(writer{}), unsafe.Sizeof(http.Request{}))
}
