package conformance

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// dialer opens a connection on which HTTP/1.1 is spoken by hand.
type dialer func(context.Context) (net.Conn, error)

// order says how a request is written by hand.
type order struct {
	close  bool // Connection: close
	expect bool // Expect: 100-continue, and the body after it
	size   int  // bytes of body: white space, and then the body of the request
}

// continueTime is how long the kit waits for an answer to Expect.
const continueTime = 2 * time.Second

// spoken is what came of a request by hand.
type spoken struct {
	*answer
	continued bool  // the server sent 100 (Continue)
	after     error // of the read behind the response; nil: the connection was closed in order
	trailing  int   // bytes behind the response
}

// speak sends a request and reads the response while it writes the body, to the
// end of the connection.
func (t *target) speak(ctx context.Context, r request, added http.Header, o order) (s spoken) {
	r.protocol, r.note = t.protocol, o.describe()
	s.answer = &answer{sent: r}
	conn, err := t.dial(ctx)
	if err != nil {
		s.err = err
		return s
	}
	defer conn.Close()
	deadline := time.Now().Add(t.patience)
	conn.SetDeadline(deadline)
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()

	in := bufio.NewReader(io.LimitReader(conn, maxHeader+2*maxResponse))
	if _, s.err = io.WriteString(conn, t.head(r, added, o)); s.err != nil {
		return s
	}
	if o.expect {
		var final *http.Response
		if final, s.continued, s.err = awaitContinue(conn, in, r.method, deadline); s.err != nil {
			return s
		}
		if final != nil {
			s.take(final)
			s.end(conn, in, o.close || final.Close)
			return s
		}
	}
	written := make(chan writing, 1)
	go func() {
		err := writeBody(conn, r, o)
		written <- writing{err, time.Now()}
	}()
	resp, err := readResponse(in, r.method)
	if err != nil {
		s.err, s.at = err, time.Now()
		return s
	}
	s.take(resp)
	s.end(conn, in, o.close || resp.Close)
	ended := time.Now()
	s.orderly(<-written, ended)
	return s
}

// writing is the end of writing a body.
type writing struct {
	err error
	at  time.Time
}

// graceTime is how long before a reset a response has to be read to its end, so
// that a client at some distance has read it too.
const graceTime = 100 * time.Millisecond

// orderly notes a reset that came with the end of the response. A write reports
// it where the read behind it does not, since the kernel reports it once. A
// server that has not read all of a body resets the connection some time after
// it has closed its side, and that is in order: RFC 9112 section 9.6.
func (s *spoken) orderly(w writing, ended time.Time) {
	if s.after == nil && w.err != nil && w.at.Sub(ended) < graceTime {
		s.after = w.err
	}
}

func (o order) describe() string {
	var b strings.Builder
	if o.close {
		b.WriteString("\nConnection: close")
	}
	if o.expect {
		b.WriteString("\nExpect: 100-continue")
	}
	if o.size > 0 {
		fmt.Fprintf(&b, "\n(%d bytes of white space before the body; the response is read while they are written)", o.size)
	}
	return b.String()
}

// head returns the request line and the header.
func (t *target) head(r request, added http.Header, o order) string {
	u, _ := url.Parse(t.base)
	h := r.header.Clone()
	if h == nil {
		h = make(http.Header)
	}
	host := u.Host
	if !r.bare {
		for name, values := range added {
			if name == "Host" {
				host = values[0]
			} else if _, own := h[name]; !own {
				h[name] = values
			}
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s%s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\n", r.method, u.EscapedPath(), r.path, host, userAgent)
	if o.close {
		b.WriteString("Connection: close\r\n")
	}
	if o.expect {
		b.WriteString("Expect: 100-continue\r\n")
	}
	switch {
	case r.chunked:
		b.WriteString("Transfer-Encoding: chunked\r\n")
	case len(r.body)+o.size > 0:
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.body)+o.size)
	}
	h.Write(&b)
	b.WriteString("\r\n")
	return b.String()
}

// awaitContinue reads until the server asks for the body, or for continueTime. A
// final response is returned.
func awaitContinue(conn net.Conn, in *bufio.Reader, method string, deadline time.Time) (final *http.Response, continued bool, err error) {
	conn.SetReadDeadline(time.Now().Add(continueTime))
	defer conn.SetReadDeadline(deadline)
	for range maxInterim {
		resp, err := http.ReadResponse(in, &http.Request{Method: method})
		var timeout net.Error
		switch {
		case errors.As(err, &timeout) && timeout.Timeout():
			return nil, false, nil // a client sends the body then
		case err != nil:
			return nil, false, err
		case resp.StatusCode == http.StatusContinue:
			return nil, true, nil
		case resp.StatusCode >= 200:
			return resp, false, nil
		}
	}
	return nil, false, errInterim
}

// piece is the unit in which a body is written.
var piece = []byte(strings.Repeat(" ", 32<<10))

func writeBody(w io.Writer, r request, o order) error {
	write := func(p []byte) error {
		if len(p) == 0 {
			return nil
		}
		if r.chunked {
			_, err := fmt.Fprintf(w, "%x\r\n%s\r\n", len(p), p)
			return err
		}
		_, err := w.Write(p)
		return err
	}
	for left := o.size; left > 0; left -= len(piece) {
		if err := write(piece[:min(left, len(piece))]); err != nil {
			return err
		}
	}
	if err := write(r.body); err != nil {
		return err
	}
	if r.chunked {
		_, err := io.WriteString(w, "0\r\n\r\n")
		return err
	}
	return nil
}

// maxInterim is the most interim responses (1xx) that are read past.
const maxInterim = 8

var errInterim = fmt.Errorf("%d interim responses and no other", maxInterim)

// readResponse reads past interim responses.
func readResponse(in *bufio.Reader, method string) (*http.Response, error) {
	for range maxInterim {
		resp, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil || resp.StatusCode >= 200 {
			return resp, err
		}
	}
	return nil, errInterim
}

func (s *spoken) take(resp *http.Response) {
	s.status, s.header, s.at = resp.StatusCode, resp.Header, time.Now()
	s.body, s.err = readBounded(resp.Body)
	if resp.ContentLength >= 0 && s.header.Get("Content-Length") == "" {
		s.header.Set("Content-Length", fmt.Sprint(resp.ContentLength))
	}
}

// tailTime is how long the kit waits for the end of a connection.
const tailTime = 2 * time.Second

// end reads what is behind the response, if the connection is to be closed.
func (s *spoken) end(conn net.Conn, in *bufio.Reader, closes bool) {
	if s.trailing = in.Buffered(); !closes {
		return
	}
	conn.SetReadDeadline(time.Now().Add(tailTime))
	n, err := io.Copy(io.Discard, io.LimitReader(in, maxResponse))
	if s.trailing = int(n); !errors.Is(err, os.ErrDeadlineExceeded) {
		s.after = err
	}
}

func sortedNames(h http.Header) []string { return slices.Sorted(maps.Keys(h)) }
