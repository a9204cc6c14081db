package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Bounds on what a server can make the kit read and wait for.
const (
	maxResponse = 1 << 20   // bytes of a body
	maxHeader   = 256 << 10 // bytes of a header
	maxShown    = 400       // bytes of a body in a finding
	maxField    = 200       // bytes of a header field there
)

// request is what is sent.
type request struct {
	method, path string
	header       http.Header
	body         []byte
	chunked      bool // the body has no declared length
	bare         bool // without the headers of WithHeader

	protocol, note string // for findings: over which it was sent, and how
}

func get(path string) request { return request{method: http.MethodGet, path: path} }

// with returns the request with one more header field.
func (r request) with(name, value string) request {
	r.header = r.header.Clone()
	if r.header == nil {
		r.header = make(http.Header)
	}
	r.header.Add(name, value)
	return r
}

// describe returns the request for a finding. clean redacts a text before it is
// shortened, so that no part of a secret is left.
func (r request) describe(clean func(string) string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s over %s", r.method, shorten(clean(r.path), maxField), r.protocol)
	describeHeader(&b, r.header, clean)
	b.WriteString(r.note)
	if len(r.body) > 0 {
		fmt.Fprintf(&b, "\n\n%s", shorten(clean(string(r.body[:min(len(r.body), maxResponse)])), maxShown))
		if len(r.body) > maxShown {
			fmt.Fprintf(&b, " (%d bytes)", len(r.body))
		}
	}
	return b.String()
}

func describeHeader(b *strings.Builder, h http.Header, clean func(string) string) {
	for _, name := range sortedNames(h) {
		if name == "Date" {
			continue
		}
		for _, v := range h[name] {
			fmt.Fprintf(b, "\n%s: %s", shorten(name, maxField), shorten(clean(v), maxField))
		}
	}
}

// answer is what came.
type answer struct {
	sent   request
	status int // 0: no response came
	header http.Header
	body   []byte
	err    error // why there is no response, or not all of it
	at     time.Time
	carried
}

// carried are the IDs that the request had.
type carried struct{ request, correlation bool }

// complete reports whether all of the response arrived, as its framing says.
func (a *answer) complete() bool { return a.status != 0 && a.err == nil }

// describe returns the answer for a finding; clean as for a request.
func (a *answer) describe(clean func(string) string) string {
	if a.status == 0 {
		return "no response: " + plainError(a.err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s", a.status, http.StatusText(a.status))
	describeHeader(&b, a.header, clean)
	if len(a.body) > 0 {
		fmt.Fprintf(&b, "\n\n%s", shorten(clean(string(a.body)), maxShown))
	}
	if a.err != nil {
		fmt.Fprintf(&b, "\n(incomplete: %s)", plainError(a.err))
	}
	return b.String()
}

// plainError returns the reason without the URL, which the finding has already.
func plainError(err error) string {
	if err == nil {
		return ""
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "nothing within the time limit"
	}
	text := err.Error()
	if i := strings.LastIndex(text, `": `); i >= 0 {
		text = text[i+3:]
	}
	return shorten(text, 200)
}

// shorten returns printable text of at most n bytes of s.
func shorten(s string, n int) string {
	more := ""
	if len(s) > n {
		s, more = s[:n], "…"
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '\uFFFD'
		}
		return r
	}, s) + more
}

// target is one server over one protocol.
type target struct {
	base     string        // a URL without a slash at its end
	patience time.Duration // for one request and its response
	protocol string        // "HTTP/1.1" or "HTTP/2"
	client   *http.Client
	dial     dialer // a connection for HTTP/1.1 by hand; nil: the protocol is HTTP/2
}

// patient returns a target whose requests may take n times as long. nil stays nil.
func (t *target) patient(n int) *target {
	if t == nil {
		return nil
	}
	longer := *t
	longer.patience *= time.Duration(n)
	return &longer
}

// do sends a request. It does not follow redirects and reads at most maxResponse
// bytes.
func (t *target) do(ctx context.Context, r request, added http.Header) *answer {
	ctx, cancel := context.WithTimeout(ctx, t.patience)
	defer cancel()
	r.protocol = t.protocol
	a := &answer{sent: r}
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body)
		if r.chunked {
			body = io.MultiReader(body) // a type whose length http.NewRequest does not know
		}
	}
	req, err := http.NewRequestWithContext(ctx, r.method, t.base+r.path, body)
	if err != nil {
		a.err = err
		return a
	}
	if r.body != nil { // HTTP/2 sends it again if the server has closed the connection before
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.body)), nil }
	}
	req.Header["User-Agent"] = []string{userAgent}
	for name, values := range r.header {
		req.Header[name] = values
	}
	if !r.bare {
		addHeader(req, added)
	}
	resp, err := t.client.Do(req)
	if err != nil {
		a.err, a.at = err, time.Now()
		return a
	}
	defer resp.Body.Close()
	a.status, a.header, a.at = resp.StatusCode, resp.Header, time.Now()
	a.body, a.err = readBounded(resp.Body)
	return a
}

const userAgent = "failwell-conformance"

// addHeader adds fields that the request does not have.
func addHeader(req *http.Request, added http.Header) {
	for name, values := range added {
		if name == "Host" {
			req.Host = values[0]
			continue
		}
		if _, own := req.Header[name]; !own {
			req.Header[name] = values
		}
	}
}

var errTooMuch = fmt.Errorf("the body is over %d bytes: the rest was not read", maxResponse)

func readBounded(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxResponse+1))
	if len(b) > maxResponse {
		return b[:maxResponse], errTooMuch
	}
	return b, err
}
