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

// interrupted is an error of a driver that is context.Canceled to errors.Is
// alone.
type interrupted struct{}

func (interrupted) Error() string        { return "secret" }
func (interrupted) Is(target error) bool { return target == context.Canceled }

// Not every cancelation is the value context.Canceled.
func TestCancelationsOfOtherForms(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, dial := new(net.Dialer).DialContext(ctx, "tcp", "127.0.0.1:1")
	for _, err := range []error{dial, interrupted{}} {
		require.ErrorIs(t, err, context.Canceled)
		for gone, code := range map[bool]string{true: "CLIENT_CLOSED_REQUEST", false: "INTERNAL_SERVER_ERROR"} {
			s := newLayer(t, apierr.Standard)
			s.gone = gone
			f := s.write(httptest.NewRecorder(), fmt.Errorf("asking the model: %w", err))
			require.Equal(t, code, f.Error.Code)
		}
	}
}
