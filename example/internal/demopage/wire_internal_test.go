package demopage

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// serveBytes answers each connection with the bytes and closes it.
func serveBytes(t *testing.T, answer string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				conn.Read(make([]byte, 1024))
				io.WriteString(conn, answer)
			}()
		}
	}()
	return l.Addr().String()
}

// What was on the wire, and how it ended.
func TestExchange(t *testing.T) {
	const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	cases := []struct {
		name, answer      string
		early, head, body string
		end               string
		whole             bool
	}{
		{"with a length", "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nhi", "", "HTTP/1.1 404 Not Found\nContent-Length: 2\n\n", "hi", "complete", true},
		{"shorter than its length", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", "", "HTTP/1.1 200 OK\nContent-Length: 9\n\n", "hi", "cut after 2 bytes of the body", false},
		{"in chunks", chunked + "2\r\nhi\r\n0\r\n\r\n", "", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", "hi", "complete", true},
		{"without the last chunk", chunked + "2\r\nhi\r\n", "", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", "hi", "cut after 2 bytes of the body", false},
		{"without a byte of the body", chunked, "", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", "", "cut before the first byte of the body", false},
		{"after early hints", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 103 Early Hints\nLink: x\n\n", "HTTP/1.1 204 No Content\n\n", "", "complete", true},
		{"nothing", "", "", "", "", "the connection was closed without a response", false},
		{"half a head", "HTTP/1.1 200 OK\r\nA: b", "", "", "", "the connection was closed within the head", false},
		{"no HTTP", "SSH-2.0-x\r\n\r\n", "", "SSH-2.0-x\n\n", "", "what came is no HTTP response", false},
		{"no UTF-8", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\xff", "", "HTTP/1.1 200 OK\nContent-Length: 1\n\n", "\uFFFD", "complete", true},
		{"a body without end", "HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 2*maxBody), "", "HTTP/1.1 200 OK\n\n", "", "not read past 65536 bytes", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := exchange(t.Context(), serveBytes(t, c.answer), "GET / HTTP/1.1\r\n\r\n", "")
			require.Equal(t, c.early, got.Early)
			require.Equal(t, c.head, got.Head)
			if c.body != "" {
				require.Equal(t, c.body, got.Body())
			}
			require.LessOrEqual(t, len(got.Body()), maxBody+4<<10)
			require.Equal(t, c.end, got.End)
			require.Equal(t, c.whole, got.Whole)
		})
	}
	got := exchange(t.Context(), "127.0.0.1:1", "GET / HTTP/1.1\r\n\r\n", "")
	require.Contains(t, got.End, "no connection")
}

// The head of a request holds what a scenario says, and no line of a key.
func TestRequest(t *testing.T) {
	s := Scenario{Path: "/x/{}", Choices: []string{"A"}, KeyHeader: "Authorization", KeyPrefix: "Bearer ", Body: "hi", Method: "POST"}
	require.Equal(t, "POST /x/A HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer k\r\nConnection: close\r\nContent-Length: 2\r\nX-Id: c\r\n\r\nhi",
		s.request("h", "A", "k", "X-Id", "c"))
	for _, key := range []string{"a b", "a\r\nX: y", "a\nb", "\x00", "é", strings.Repeat("k", 65)} {
		require.False(t, validKey(key), "%q", key)
	}
	require.True(t, validKey(""))
	require.True(t, validKey("YOUR_API_KEY"))
}

// A record is found by either ID, and waited for.
func TestRecords(t *testing.T) {
	rs := new(Records)
	handler := lines{rs}
	handler.Write([]byte(`{"msg":"a handler's own","request_id":"r1"}` + "\n"))
	go func() {
		time.Sleep(20 * time.Millisecond)
		handler.Write([]byte(`{"request_id":"r1","correlation_id":"c1","duration_ms":1}` + "\n"))
	}()
	require.Contains(t, string(rs.find(t.Context(), "r1")), "duration_ms")
	require.Contains(t, string(rs.find(t.Context(), "c1")), "duration_ms")
	for range keptRecords {
		handler.Write([]byte(`{"request_id":"other","duration_ms":1}` + "\n"))
	}
	line, _ := rs.lookup("r1")
	require.Nil(t, line, "the oldest leave")
	line, _ = rs.lookup("")
	require.Nil(t, line)
}
