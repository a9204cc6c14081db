package apierr_test

import (
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
)

// Package net has a form of its own of context.Canceled, which errors.Is alone
// can tell.
func TestCanceledDial(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := new(net.Dialer).DialContext(ctx, "tcp", "127.0.0.1:1")
	require.ErrorIs(t, err, context.Canceled)
	for gone, code := range map[bool]string{true: "CLIENT_CLOSED_REQUEST", false: "INTERNAL_SERVER_ERROR"} {
		s := newSeam(t, apierr.Standard)
		s.gone = gone
		f := s.write(httptest.NewRecorder(), fmt.Errorf("asking the model: %w", err))
		require.Equal(t, code, f.Error.Code)
	}
}
