package validate_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/validate"
)

// waitLong is a deadline that no test reaches.
const waitLong = 10 * time.Second

// failing is a body that ends with an error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// What goes wrong with reading is never called bad JSON.
func TestJSON_FailedReads(t *testing.T) {
	known := apierr.RequestTimeout.Wrap(os.ErrDeadlineExceeded)
	for name, c := range map[string]struct {
		err  error
		want *apierr.Error
	}{
		"the limit of http":               {&http.MaxBytesError{Limit: 5}, apierr.BodyTooLarge},
		"a read deadline":                 {os.ErrDeadlineExceeded, apierr.RequestTimeout},
		"a network timeout":               {&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, apierr.RequestTimeout},
		"the handler's own deadline":      {context.DeadlineExceeded, apierr.GatewayTimeout},
		"a cut connection":                {io.ErrUnexpectedEOF, apierr.ClientGone},
		"a reset connection":              {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, apierr.ClientGone},
		"a closed connection":             {net.ErrClosed, apierr.ClientGone},
		"broken framing":                  {errors.New("invalid byte in chunk length"), apierr.BadRequest},
		"a body read after it was closed": {http.ErrBodyReadAfterClose, apierr.Internal},
		"what the middleware says":        {known, apierr.RequestTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", io.MultiReader(strings.NewReader(`{"message`), failing{c.err}))
			r.Header.Set("Content-Type", "application/json")
			_, err := validate.JSON[message](r)
			require.ErrorIs(t, err, c.want)
			require.ErrorIs(t, err, c.err, "the cause is kept")
		})
	}
}

func TestJSON_ACancelledRequestHasNoClient(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequest("POST", "/", failing{errors.New("http2: stream closed")}).WithContext(ctx)
	r.Header.Set("Content-Type", "application/json")
	_, err := validate.JSON[message](r)
	require.ErrorIs(t, err, apierr.ClientGone)
}

// unread is a body that must not be read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestJSON_MaxBody(t *testing.T) {
	body := `{"message":"hello"}` // 19 bytes
	read := func(length int64, opts ...validate.Option) error {
		r := post(body)
		r.ContentLength = length
		_, err := validate.JSON[message](r, opts...)
		return err
	}
	for _, length := range []int64{19, -1} {
		require.NoError(t, read(length, validate.WithMaxBody(19)))
		require.ErrorIs(t, read(length, validate.WithMaxBody(18)), apierr.BodyTooLarge)
		require.NoError(t, read(length, validate.WithMaxBody(0)))
	}

	r := httptest.NewRequest("POST", "/", unread{t})
	r.Header.Set("Content-Type", "application/json")
	r.ContentLength = 20
	_, err := validate.JSON[message](r, validate.WithMaxBody(19))
	require.ErrorIs(t, err, apierr.BodyTooLarge, "a length over the limit is enough")
}

// Without a middleware the limit is 1 MiB; with one, it is the middleware's.
func TestJSON_DefaultMaxBody(t *testing.T) {
	big := `{"message":"` + strings.Repeat("x", 1<<20) + `"}`
	_, err := validate.JSON[message](post(big))
	require.ErrorIs(t, err, apierr.BodyTooLarge)
	_, err = validate.JSON[message](underMiddleware(post(big)))
	require.ErrorIs(t, err, apierr.InvalidBody, "it was read, and the message is too long")
	replaced := underMiddleware(post(big))
	replaced.Body = io.NopCloser(replaced.Body)
	_, err = validate.JSON[message](replaced)
	require.ErrorIs(t, err, apierr.BodyTooLarge, "a layer that has replaced the body is limited by nobody else")
	_, err = validate.JSON[message](underMiddleware(post(big)), validate.WithMaxBody(100))
	require.ErrorIs(t, err, apierr.BodyTooLarge)
}

func TestJSON_NoBody(t *testing.T) {
	r := post("")
	r.Body = nil
	_, err := validate.JSON[message](r)
	require.ErrorIs(t, err, apierr.InvalidJSON)
}

// Over a real server: a client that goes in the middle, one that is slow, and
// one that breaks the framing.
func TestJSON_Wire(t *testing.T) {
	answers := make(chan error, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(deadlineOf(r)))
		_, err := validate.JSON[message](r)
		answers <- err
	})
	server := httptest.NewServer(handler)
	defer server.Close()

	send := func(head string, end func(net.Conn)) error {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		require.NoError(t, err)
		defer conn.Close()
		_, err = fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n%s", head)
		require.NoError(t, err)
		end(conn)
		return <-answers
	}
	leave := func(c net.Conn) { _ = c.Close() }
	stay := func(net.Conn) {}
	require.ErrorIs(t, send("Content-Length: 50\r\n\r\n{\"mess", leave), apierr.ClientGone)
	require.ErrorIs(t, send("Transfer-Encoding: chunked\r\n\r\n6\r\n{\"mess\r\n", leave), apierr.ClientGone)
	require.ErrorIs(t, send("X-Deadline: 20ms\r\nContent-Length: 50\r\n\r\n{\"mess", stay), apierr.RequestTimeout)
	require.ErrorIs(t, send("Transfer-Encoding: chunked\r\n\r\nzz\r\n{\"mess\r\n", stay), apierr.BadRequest)
	require.ErrorIs(t, send("Content-Length: 0\r\n\r\n", stay), apierr.InvalidJSON)
	require.NoError(t, send("Content-Length: 15\r\n\r\n{\"message\":\"x\"}", stay))
}

func deadlineOf(r *http.Request) time.Duration {
	if d, err := time.ParseDuration(r.Header.Get("X-Deadline")); err == nil {
		return d
	}
	return waitLong
}

// The answer over the wire, under the Standard contract.
func TestJSON_Answer(t *testing.T) {
	server := httptest.NewServer(apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		_, err := validate.JSON[message](r)
		return err
	}))
	defer server.Close()
	resp, err := http.Post(server.URL, "application/json", strings.NewReader(`{"message":"`+strings.Repeat("x", 11)+`","a.b":1}`))
	require.NoError(t, err)
	defer resp.Body.Close()
	line, err := bufio.NewReader(resp.Body).ReadString('\x00')
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, 400, resp.StatusCode)
	require.JSONEq(t, `{"error":{"code":"VALIDATION_INVALID_BODY","message":"Invalid request","details":{
		"message":"Must be at most 10 characters","[\"a.b\"]":"Unrecognized field"}}}`, line)
}
