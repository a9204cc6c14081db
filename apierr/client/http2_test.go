package client_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr/client"
)

// The frames of RFC 9113 section 6 that the servers here read and write.
const (
	frameData, frameHeaders, frameRST, frameSettings, framePing, frameGoAway = 0, 1, 3, 4, 6, 7

	endStream, endHeaders, ack = 1, 4, 1

	noError, internalError, refusedStream = 0, 2, 7
)

// The header blocks are RFC 7541: an index of its static table, or a literal value
// for the name of one.
const (
	status200 = "\x88"
	status503 = "\x08\x03503"
)

// conn2 is the server's end of an HTTP/2 connection.
type conn2 struct{ net.Conn }

func (c conn2) write(kind, flags byte, stream uint32, payload string) {
	head := make([]byte, 9, 9+len(payload))
	binary.BigEndian.PutUint32(head, uint32(len(payload))<<8|uint32(kind))
	head[4] = flags
	binary.BigEndian.PutUint32(head[5:], stream)
	c.Write(append(head, payload...))
}

func number(n ...uint32) string {
	var b []byte
	for _, n := range n {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return string(b)
}

func (c conn2) reset(stream, code uint32) { c.write(frameRST, 0, stream, number(code)) }
func (c conn2) goAway(last, code uint32)  { c.write(frameGoAway, 0, 0, number(last, code)) }
func (c conn2) ok(stream uint32) {
	c.write(frameHeaders, endHeaders, stream, status200)
	c.write(frameData, endStream, stream, "ok")
}

// serve2 is a server of HTTP/2 without TLS that answers each request, by number,
// with frames. It closes the connection if answer returns false.
func serve2(t *testing.T, answer func(c conn2, request int64, stream uint32) bool) (url string, requests *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	requests = new(atomic.Int64)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				conn := conn2{c}
				io.CopyN(io.Discard, c, int64(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")))
				conn.write(frameSettings, 0, 0, "")
				for head := make([]byte, 9); ; {
					if _, err := io.ReadFull(c, head); err != nil {
						return
					}
					payload := make([]byte, binary.BigEndian.Uint32(head)>>8)
					if _, err := io.ReadFull(c, payload); err != nil {
						return
					}
					switch kind, flags := head[3], head[4]; {
					case kind == frameSettings && flags&ack == 0:
						conn.write(frameSettings, ack, 0, "")
					case kind == framePing && flags&ack == 0:
						conn.write(framePing, ack, 0, string(payload))
					case kind == frameHeaders:
						if !answer(conn, requests.Add(1), binary.BigEndian.Uint32(head[5:])) {
							return
						}
					}
				}
			}()
		}
	}()
	return "http://" + l.Addr().String(), requests
}

// Streams that are refused, and connections that go away. What the server has not
// processed, RFC 9113 section 8.7, net/http itself sends again, for any method.
// What it may have processed, Transport does, for idempotent ones.
func TestHTTP2(t *testing.T) {
	const get, post = "GET", "POST"
	for _, test := range []struct {
		name     string
		method   string
		answer   func(c conn2, stream uint32) bool // to the first request
		requests int64
		attempts int
		fails    bool
	}{
		{"REFUSED_STREAM", get, func(c conn2, s uint32) bool { c.reset(s, refusedStream); return true }, 2, 1, false},
		{"REFUSED_STREAM of a POST", post, func(c conn2, s uint32) bool { c.reset(s, refusedStream); return true }, 2, 1, false},
		{"GOAWAY before the request", get, func(c conn2, s uint32) bool { c.goAway(0, noError); return false }, 2, 1, false},
		{"GOAWAY before a POST", post, func(c conn2, s uint32) bool { c.goAway(0, noError); return false }, 2, 1, false},
		{"GOAWAY after the request, and no response", get, func(c conn2, s uint32) bool { c.goAway(s, noError); return false }, 2, 2, false},
		{"GOAWAY after a POST, and no response", post, func(c conn2, s uint32) bool { c.goAway(s, noError); return false }, 1, 1, true},
		{"GOAWAY after the request, and the response", post, func(c conn2, s uint32) bool { c.goAway(s, noError); c.ok(s); return true }, 1, 1, false},
		{"GOAWAY for an internal error", get, func(c conn2, s uint32) bool { c.goAway(s, internalError); return false }, 2, 2, false},
		{"INTERNAL_ERROR", get, func(c conn2, s uint32) bool { c.reset(s, internalError); return true }, 2, 2, false},
		{"INTERNAL_ERROR of a POST", post, func(c conn2, s uint32) bool { c.reset(s, internalError); return true }, 1, 1, true},
		{"the connection ends", get, func(conn2, uint32) bool { return false }, 2, 2, false},
		{"503", get, func(c conn2, s uint32) bool { c.write(frameHeaders, endHeaders|endStream, s, status503); return true }, 2, 2, false},
		{"503 and INTERNAL_ERROR in its body", get, func(c conn2, s uint32) bool {
			c.write(frameHeaders, endHeaders, s, status503)
			c.write(frameData, 0, s, "half")
			c.reset(s, internalError)
			return true
		}, 2, 2, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			url, requests := serve2(t, func(c conn2, request int64, stream uint32) bool {
				if request == 1 {
					return test.answer(c, stream)
				}
				c.ok(stream)
				return true
			})
			attempts := 0
			tr := quick2(t)
			tr.Observe = func(client.Attempt) { attempts++ }
			r, err := http.NewRequestWithContext(t.Context(), test.method, url, strings.NewReader("body"))
			require.NoError(t, err)
			resp, err := tr.RoundTrip(r)
			require.Equal(t, test.fails, err != nil, "%v", err)
			require.Equal(t, test.requests, requests.Load())
			require.Equal(t, test.attempts, attempts)
			if err == nil {
				defer resp.Body.Close()
				require.Equal(t, 200, resp.StatusCode)
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				require.Equal(t, "ok", string(body))
			}
		})
	}
}

// quick2 is quick for HTTP/2 without TLS.
func quick2(t *testing.T) *client.Transport {
	tr := quick(t)
	base := tr.Base.(*http.Transport)
	base.Protocols = new(http.Protocols)
	base.Protocols.SetUnencryptedHTTP2(true)
	return tr
}

// A server that refuses each stream is given up at the caller's deadline.
func TestHTTP2RefusedForEver(t *testing.T) {
	url, _ := serve2(t, func(c conn2, _ int64, stream uint32) bool { c.reset(stream, refusedStream); return true })
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := quick2(t).RoundTrip(getURL(t, ctx, url))
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// A stream that is reset after two events is cut.
func TestHTTP2StreamIsCut(t *testing.T) {
	url, _ := serve2(t, func(c conn2, _ int64, stream uint32) bool {
		c.write(frameHeaders, endHeaders, stream, status200)
		c.write(frameData, 0, stream, "data: a\n\ndata: b\n\n")
		c.reset(stream, internalError)
		return true
	})
	resp, err := quick2(t).RoundTrip(getURL(t, t.Context(), url))
	require.NoError(t, err)
	defer resp.Body.Close()
	err = last(client.Events(resp.Body))
	require.True(t, errors.Is(err, io.ErrUnexpectedEOF), "%v", err)
}
