package demopage

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// silent makes serveBytes keep the connection open, without a further byte.
const silent = true

// serveBytes answers each connection with the bytes and closes it.
func serveBytes(t *testing.T, answer string, open ...bool) (addr string) {
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
				if len(open) > 0 {
					<-t.Context().Done()
				}
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
		{"a long line", "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("b", 4083) + "\r\nB: " + strings.Repeat("b", 9000) + "\r\nContent-Length: 2\r\n\r\nhi", "",
			"HTTP/1.1 200 OK\nA: " + strings.Repeat("b", 4083) + "\nB: " + strings.Repeat("b", 9000) + "\nContent-Length: 2\n\n", "hi", "complete", true},
		{"a line of the size of the buffer", "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("b", 4093) + "\r\nContent-Length: 2\r\n\r\nhi", "",
			"HTTP/1.1 200 OK\nA: " + strings.Repeat("b", 4093) + "\nContent-Length: 2\n\n", "hi", "complete", true},
		{"a head without end", "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", maxHead), "", "", "", "the head is longer than 65536 bytes", false},
		{"early hints without end", strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", maxHead), strings.Repeat("HTTP/1.1 103 Early Hints\n\n", maxHead/26+1), "", "",
			"the informational responses are longer than 65536 bytes", false},
		{"a rune on the edge of two reads", "HTTP/1.1 200 OK\r\n\r\nx" + strings.Repeat("日", 3000), "", "HTTP/1.1 200 OK\n\n", "x" + strings.Repeat("日", 3000), "complete", true},
		{"a line end on the edge of two reads", "HTTP/1.1 200 OK\r\n\r\nx" + strings.Repeat("\r\n", 3000), "", "HTTP/1.1 200 OK\n\n", "x" + strings.Repeat("\n", 3000), "complete", true},
		{"half a rune at the end", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nx\xe6\x97", "", "HTTP/1.1 200 OK\nContent-Length: 3\n\n", "x\uFFFD", "complete", true},
		{"control characters", "HTTP/1.1 200 OK\r\nA: \tb\r\nContent-Length: 9\r\n\r\na\x00\tb\r\u202e\x1b", "", "HTTP/1.1 200 OK\nA: \tb\nContent-Length: 9\n\n",
			`a\u0000` + "\t" + `b\u000d\u202e\u001b`, "complete", true},
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
	for answer, end := range map[string]string{
		"": "no response came in time", "HTTP/1.1 200 OK\r\nA": "the head did not end in time",
		"HTTP/1.1 200 OK\r\n\r\n": "the body did not end in time", "HTTP/1.1 200 OK\r\n\r\nhi": "the body did not end in time",
	} {
		ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
		require.Equal(t, end, exchange(ctx, serveBytes(t, answer, silent), "GET / HTTP/1.1\r\n\r\n", "").End, answer)
		stop()
	}
	got := exchange(t.Context(), "127.0.0.1:1", "GET / HTTP/1.1\r\n\r\n", "")
	require.Contains(t, got.End, "no connection")
}

// The head of a request holds what a scenario says, and no line of a key.
func TestRequest(t *testing.T) {
	s := Scenario{Path: "/x/{code}", Choices: []string{"A"}, KeyHeader: "Authorization", KeyPrefix: "Bearer ", Body: "hi", Method: "POST"}
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
