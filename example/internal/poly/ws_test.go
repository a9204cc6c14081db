package poly_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/example/internal/limits"
	"github.com/failwell/failwell/example/internal/poly"
	"github.com/failwell/failwell/middleware"
)

// start serves the API under its contract.
func start(t *testing.T, o poly.Options) (*poly.API, string) {
	t.Helper()
	api := poly.New(limits.InMemory, o)
	mux := http.NewServeMux()
	api.Register(mux)
	srv := httptest.NewServer(middleware.New(polyai.Contract, middleware.WithLogger(slog.New(slog.DiscardHandler)))(mux))
	t.Cleanup(func() { api.Stop(); srv.Close() })
	return api, srv.URL
}

func dial(t *testing.T, url string) (*websocket.Conn, *http.Response) {
	t.Helper()
	conn, resp, err := websocket.Dial(t.Context(), url+"/ws", &websocket.DialOptions{
		HTTPHeader: http.Header{"X-Api-Key": {"YOUR_API_KEY"}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { conn.CloseNow() })
	return conn, resp
}

// closedWith reads until the server closes.
func closedWith(t *testing.T, conn *websocket.Conn) websocket.CloseError {
	t.Helper()
	for {
		if _, _, err := conn.Read(t.Context()); err != nil {
			var closed websocket.CloseError
			require.ErrorAs(t, err, &closed)
			return closed
		}
	}
}

func TestWebSocket_Talk(t *testing.T) {
	_, url := start(t, poly.Options{})
	conn, resp := dial(t, url)
	require.Len(t, resp.Header["X-Polyai-Correlation-Id"], 1)
	for range 3 {
		require.NoError(t, conn.Write(t.Context(), websocket.MessageText, []byte(`{"text":"Hello"}`)))
		_, data, err := conn.Read(t.Context())
		require.NoError(t, err)
		require.JSONEq(t, `{"text":"I heard 5 characters."}`, string(data))
	}
	require.NoError(t, conn.Close(websocket.StatusNormalClosure, ""))
}

// What a client sees when the server closes.
func TestWebSocket_CloseCodes(t *testing.T) {
	for _, c := range []struct {
		name    string
		options poly.Options
		send    string
		code    websocket.StatusCode
		reason  string
	}{
		{"nothing is said", poly.Options{Idle: 50 * time.Millisecond}, "", 1000, "idle"},
		{"pings do not count", poly.Options{Idle: 200 * time.Millisecond, Ping: 10 * time.Millisecond}, "", 1000, "idle"},
		{"not JSON", poly.Options{}, `{"text":`, 4400, "SCHEMA_VALIDATION_FAILED: " + polyai.SchemaValidationFailed.Message},
		{"null", poly.Options{}, `null`, 4400, "SCHEMA_VALIDATION_FAILED: " + polyai.SchemaValidationFailed.Message},
		{"an unknown member", poly.Options{}, `{"tekst":"x"}`, 4400, "SCHEMA_VALIDATION_FAILED: " + polyai.SchemaValidationFailed.Message},
		{"too large", poly.Options{}, `{"text":"` + strings.Repeat("x", 8<<10) + `"}`, 1009, "read limited at 8193 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, url := start(t, c.options)
			conn, _ := dial(t, url)
			if c.send != "" {
				require.NoError(t, conn.Write(t.Context(), websocket.MessageText, []byte(c.send)))
			}
			closed := closedWith(t, conn)
			require.Equal(t, c.code, closed.Code)
			require.Equal(t, c.reason, closed.Reason)
		})
	}
}

func TestWebSocket_ServerStops(t *testing.T) {
	api, url := start(t, poly.Options{})
	conn, _ := dial(t, url)
	stopped := make(chan struct{})
	go func() { defer close(stopped); api.Stop() }()
	require.Equal(t, websocket.StatusGoingAway, closedWith(t, conn).Code)
	<-stopped

	_, resp, err := websocket.Dial(t.Context(), url+"/ws", &websocket.DialOptions{
		HTTPHeader: http.Header{"X-Api-Key": {"YOUR_API_KEY"}},
	})
	require.Error(t, err)
	require.Equal(t, 503, resp.StatusCode)
}

// A peer that reads but answers no ping sees a close frame with 4408.
func TestWebSocket_NoPong(t *testing.T) {
	_, url := start(t, poly.Options{Ping: 20 * time.Millisecond, Pong: 50 * time.Millisecond})
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(url, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "GET /ws HTTP/1.1\r\nHost: x\r\nX-Api-Key: YOUR_API_KEY\r\nConnection: Upgrade\r\n"+
		"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	require.NoError(t, err)
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, nil)
	require.NoError(t, err)
	require.Equal(t, 101, resp.StatusCode)

	ping, _ := frame(t, r)
	require.EqualValues(t, 9, ping)
	closing, payload := frame(t, r)
	require.EqualValues(t, 8, closing)
	require.Equal(t, 4408, int(payload[0])<<8|int(payload[1]))
	require.True(t, strings.HasPrefix(string(payload[2:]), "REQUEST_TIMEOUT: "), string(payload[2:]))
}

// frame reads a short frame of a server: no mask, no extended length.
func frame(t *testing.T, r *bufio.Reader) (opcode byte, payload []byte) {
	t.Helper()
	var head [2]byte
	_, err := io.ReadFull(r, head[:])
	require.NoError(t, err)
	require.Less(t, head[1], byte(126))
	payload = make([]byte, head[1])
	_, err = io.ReadFull(r, payload)
	require.NoError(t, err)
	return head[0] & 0x0f, payload
}

// Failures before the upgrade are answered in the contract's form.
func TestWebSocket_Refused(t *testing.T) {
	_, url := start(t, poly.Options{})
	for _, c := range []struct {
		key    string
		status int
		code   string
	}{
		{"", 401, "AUTH_USER_UNAUTHORISED"},
		{"YOUR_API_KEY", 426, "SCHEMA_VALIDATION_FAILED"}, // no WebSocket client
	} {
		req, err := http.NewRequestWithContext(context.Background(), "GET", url+"/ws", nil)
		require.NoError(t, err)
		if c.key != "" {
			req.Header.Set("X-Api-Key", c.key)
		}
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		require.Equal(t, c.status, resp.StatusCode)
		var body struct {
			Error struct {
				Code          string
				CorrelationID string `json:"correlation_id"`
			}
		}
		require.NoError(t, json.NewDecoder(resp.Body).Decode(&body))
		require.Equal(t, c.code, body.Error.Code)
		require.Equal(t, resp.Header.Get("X-Polyai-Correlation-Id"), body.Error.CorrelationID)
	}
}
