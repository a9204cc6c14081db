package demopage

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Bounds of one exchange. The server talks to itself, so they are generous.
const (
	wireTimeout = 5 * time.Second
	maxHead     = 64 << 10 // bytes
	maxBody     = 64 << 10 // bytes
)

// transcript is a request and its response as they were on the wire.
type transcript struct {
	Request string // as it was sent
	Early   string // the heads of informational responses, RFC 9110 section 15.2
	Head    string // the status line and the header fields; empty: no response came
	Chunks  []chunk
	End     string // how the response ended, in words
	Whole   bool   // nothing shows that it is incomplete

	response *http.Response
}

// chunk is a part of a body that arrived at once.
type chunk struct {
	After time.Duration // since the request was sent, in milliseconds
	Text  string        // without the framing of Transfer-Encoding
}

// Status returns the status code, 0 if no response came.
func (t *transcript) Status() int {
	if t.response == nil {
		return 0
	}
	return t.response.StatusCode
}

// Body returns the whole body.
func (t *transcript) Body() string {
	var b strings.Builder
	for _, c := range t.Chunks {
		b.WriteString(c.Text)
	}
	return b.String()
}

// exchange sends the bytes of a request to the address over TCP, and reads what
// comes back until the server closes the connection. After a 101 it sends the
// line, if there is one.
func exchange(ctx context.Context, addr, request, line string) *transcript {
	t := &transcript{Request: request}
	ctx, cancel := context.WithTimeout(ctx, wireTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		t.End = "no connection: " + err.Error()
		return t
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	sent := time.Now()
	if _, err := io.WriteString(conn, request); err != nil {
		t.End = "the connection was closed while the request was sent"
		return t
	}
	r := bufio.NewReader(conn)
	if !t.readHead(r) {
		return t
	}
	if t.Status() == http.StatusSwitchingProtocols {
		io.WriteString(conn, line) // the end says if it did not arrive
		t.response.Body = io.NopCloser(r)
	}
	t.readBody(sent)
	return t
}

// readHead reads the head of the response and those of the informational ones
// before it, and reports whether a response came.
func (t *transcript) readHead(r *bufio.Reader) bool {
	for {
		head, err := readHead(r)
		if err != nil {
			t.End = "the connection was closed without a response"
			if head != "" {
				t.End = "the connection was closed within the head"
			}
			return false
		}
		response, err := http.ReadResponse(bufio.NewReader(io.MultiReader(strings.NewReader(head), r)), nil)
		if err != nil {
			t.Head, t.End = printable(head), "what came is no HTTP response"
			return false
		}
		if response.StatusCode/100 == 1 && response.StatusCode != http.StatusSwitchingProtocols {
			t.Early += printable(head)
			continue
		}
		t.Head, t.response = printable(head), response
		return true
	}
}

// readHead reads up to the empty line that ends a head. The error is io.EOF if
// nothing came.
func readHead(r *bufio.Reader) (string, error) {
	var head bytes.Buffer
	for head.Len() < maxHead {
		line, err := r.ReadSlice('\n')
		head.Write(line)
		if err != nil {
			return head.String(), err
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			return head.String(), nil
		}
	}
	return head.String(), bufio.ErrBufferFull
}

// readBody reads the body as it arrives, and says how it ended.
func (t *transcript) readBody(sent time.Time) {
	buf := make([]byte, 4<<10)
	for n := 0; n < maxBody; {
		k, err := t.response.Body.Read(buf)
		if n += k; k > 0 {
			t.Chunks = append(t.Chunks, chunk{time.Since(sent).Round(time.Millisecond), printable(string(buf[:k]))})
		}
		switch {
		case err == nil:
			continue
		case errors.Is(err, io.EOF):
			t.End, t.Whole = "complete", true
		case n == 0:
			t.End = "cut before the first byte of the body"
		default:
			t.End = fmt.Sprintf("cut after %d bytes of the body", n)
		}
		return
	}
	t.End = fmt.Sprintf("not read past %d bytes", maxBody)
}

// printable makes text of what came: line ends as \n, and no bytes that are not
// UTF-8.
func printable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
}
