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
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/failwell/failwell/internal/text"
)

// Bounds of one exchange. The server talks to itself, so they are generous.
const (
	wireTimeout = 5 * time.Second
	maxHead     = 64 << 10 // bytes
	maxBody     = 64 << 10 // bytes
)

// transcript is a request and its response as they were on the wire.
type transcript struct {
	Request string // as it was to be sent
	Early   string // the heads of informational responses, RFC 9110 section 15.2
	Head    string // the status line and the header fields; empty: no response came
	Chunks  []chunk
	End     string // how the response ended, in words
	Whole   bool   // nothing shows that it is incomplete

	sent     bool // the whole request
	response *http.Response
}

// chunk is a part of a body that arrived at once.
type chunk struct {
	After time.Duration // since the request was sent, in milliseconds
	Text  string        // without the framing of Transfer-Encoding
}

// Sent returns the request to be shown: without the empty line at its end.
func (t *transcript) Sent() string { return strings.TrimRight(printable(t.Request), "\n") }

// StatusLine returns the first line of the head.
func (t *transcript) StatusLine() string {
	line, _, _ := strings.Cut(t.Head, "\n")
	return line
}

// Fields returns the head without its first line.
func (t *transcript) Fields() string {
	_, fields, _ := strings.Cut(t.Head, "\n")
	return fields
}

// Class returns the class of the style sheet for the status.
func (t *transcript) Class() string {
	switch t.Status() / 100 {
	case 4:
		return "client"
	case 0, 5:
		return "server"
	}
	return "ok"
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
	t.sent = true
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
	for len(t.Early) <= maxHead {
		head, err := readHead(r)
		if err != nil {
			t.End = endOfHead(head, err)
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
	t.End = fmt.Sprintf("the informational responses are longer than %d bytes", maxHead)
	return false
}

// readHead reads up to the empty line that ends a head. The error is
// bufio.ErrBufferFull if the head is longer than maxHead.
func readHead(r *bufio.Reader) (string, error) {
	var head bytes.Buffer
	for begins := true; head.Len() < maxHead; { // whether a line begins
		part, err := r.ReadSlice('\n')
		head.Write(part)
		if long := errors.Is(err, bufio.ErrBufferFull); err != nil && !long {
			return head.String(), err
		} else if begins && len(bytes.TrimRight(part, "\r\n")) == 0 {
			return head.String(), nil
		} else {
			begins = !long
		}
	}
	return head.String(), bufio.ErrBufferFull
}

// endOfHead says why a head did not end.
func endOfHead(head string, err error) string {
	late := errors.Is(err, os.ErrDeadlineExceeded)
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return fmt.Sprintf("the head is longer than %d bytes", maxHead)
	case late && head == "":
		return "no response came in time"
	case late:
		return "the head did not end in time"
	case head == "":
		return "the connection was closed without a response"
	}
	return "the connection was closed within the head"
}

// readBody reads the body as it arrives, and says how it ended.
func (t *transcript) readBody(sent time.Time) {
	buf := make([]byte, 4<<10)
	var part []byte // bytes that have come and are in no chunk
	for n := 0; n < maxBody; {
		k, err := t.response.Body.Read(buf)
		n += k
		part = append(part, buf[:k]...)
		cut := len(part)
		if err == nil {
			cut = wholeRunes(part)
		}
		if cut > 0 {
			t.Chunks = append(t.Chunks, chunk{time.Since(sent).Round(time.Millisecond), printable(string(part[:cut]))})
			part = part[cut:]
		}
		if err != nil {
			t.End, t.Whole = endOfBody(n, err), errors.Is(err, io.EOF)
			return
		}
	}
	t.End = fmt.Sprintf("not read past %d bytes", maxBody)
}

// endOfBody says how a body of n bytes ended.
func endOfBody(n int, err error) string {
	switch {
	case errors.Is(err, io.EOF):
		return "complete"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "the body did not end in time"
	case n == 0:
		return "cut before the first byte of the body"
	}
	return fmt.Sprintf("cut after %d bytes of the body", n)
}

// wholeRunes returns the length of b without a rune or a line end of which only
// the beginning has come.
func wholeRunes(b []byte) int {
	for i := len(b) - 1; i >= max(0, len(b)-utf8.UTFMax+1); i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) || b[i] == '\r' && i == len(b)-1 {
				return i
			}
			break
		}
	}
	return len(b)
}

// printable makes text of what came: line ends are \n, and what is no text, but
// for tabs, is spelled out.
func printable(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range lines {
		cells := strings.Split(line, "\t")
		for j, cell := range cells {
			cells[j] = text.Visible(cell)
		}
		lines[i] = strings.Join(cells, "\t")
	}
	return strings.Join(lines, "\n")
}
