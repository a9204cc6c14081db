package bodyread_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/bodyread"
)

// slow is a net.Error that timed out.
type slow struct{ yes bool }

func (slow) Error() string   { return "slow" }
func (s slow) Timeout() bool { return s.yes }

// itself wraps itself.
type itself struct{}

func (itself) Error() string   { return "itself" }
func (i itself) Unwrap() error { return i }

func TestClassify(t *testing.T) {
	op := func(err error) error { return &net.OpError{Op: "read", Net: "tcp", Err: err} }
	for _, test := range []struct {
		name string
		err  error
		gone bool
		want *apierr.Error
	}{
		{"no error", nil, false, nil},
		{"the end", io.EOF, false, nil},
		{"no error, and the client has left", nil, true, nil},
		{"an error of a layer", apierr.UnsupportedMediaType, false, apierr.UnsupportedMediaType},
		{"an error of a layer, wrapped", fmt.Errorf("x: %w", apierr.UnsupportedMediaType), true, apierr.UnsupportedMediaType},
		{"a nil error of a layer", (*apierr.Error)(nil), false, apierr.BadRequest},
		{"over the limit", &http.MaxBytesError{Limit: 3}, false, apierr.BodyTooLarge},
		{"over the limit, and the client has left", &http.MaxBytesError{Limit: 3}, true, apierr.BodyTooLarge},
		{"after Close", http.ErrBodyReadAfterClose, false, nil},
		{"a read deadline", op(os.ErrDeadlineExceeded), false, apierr.RequestTimeout},
		{"a read deadline, and the context canceled by it", os.ErrDeadlineExceeded, true, apierr.RequestTimeout},
		{"a deadline of the handler's", context.DeadlineExceeded, false, apierr.GatewayTimeout},
		{"a timeout", slow{true}, false, apierr.RequestTimeout},
		{"no timeout", slow{false}, false, apierr.BadRequest},
		{"cut", io.ErrUnexpectedEOF, false, apierr.ClientGone},
		{"cut, wrapped", fmt.Errorf("x: %w", io.ErrUnexpectedEOF), false, apierr.ClientGone},
		{"cut, joined", errors.Join(errors.New("x"), io.ErrUnexpectedEOF), false, apierr.ClientGone},
		{"reset", op(syscall.ECONNRESET), false, apierr.ClientGone},
		{"reset, bare", syscall.ECONNRESET, false, apierr.ClientGone},
		{"broken pipe", syscall.EPIPE, false, apierr.ClientGone},
		{"closed", net.ErrClosed, false, apierr.ClientGone},
		{"a closed pipe", io.ErrClosedPipe, false, apierr.ClientGone},
		{"canceled", context.Canceled, false, apierr.ClientGone},
		{"an HTTP/2 connection that is lost", errors.New("client disconnected"), false, apierr.ClientGone},
		{"framing", errors.New("invalid byte in chunk length"), false, apierr.BadRequest},
		{"framing, and the client has left", errors.New("invalid byte in chunk length"), true, apierr.ClientGone},
		{"an error that wraps itself", itself{}, false, apierr.BadRequest},
	} {
		require.True(t, bodyread.Classify(test.err, test.gone) == test.want, test.name)
	}
}
