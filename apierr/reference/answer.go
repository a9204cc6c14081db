package reference

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/jsonprefix"
	"github.com/failwell/failwell/internal/seam"
)

// sampleID is the request ID of every example. A client that sends no
// correlation ID gets the request ID as both.
const sampleID = "01a2011f-0db1-77c8-9c45-1e2edde1c331"

// answer is a response to a failed request, as it is sent.
type answer struct {
	Error  *apierr.Error // what the client receives
	Status int
	Header http.Header
	Body   string
}

// http returns the response as text: status line, headers in the order of
// their names, body.
func (a answer) http() string {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\n", a.Status, http.StatusText(a.Status))
	for _, name := range sortedKeys(a.Header) {
		for _, v := range a.Header[name] {
			fmt.Fprintf(&b, "%s: %s\n", name, v)
		}
	}
	return b.String() + "\n" + a.Body
}

// exchange is a request of which nothing is sent. It makes the examples: what
// apierr.Write answers in it is what it answers a client.
type exchange struct {
	contract *apierr.CompiledContract
	delivery seam.Delivery
	answered *apierr.Error
}

var _ seam.Exchange[*apierr.CompiledContract, *apierr.Error] = (*exchange)(nil)

// respond returns the answer to a GET of path that fails with err.
func respond(c *apierr.CompiledContract, path string, err error) answer {
	x := &exchange{contract: c}
	w := &recorder{header: make(http.Header)}
	request, correlation := c.IDHeaders()
	for _, name := range []string{request, correlation} {
		if name != apierr.NoHeader {
			w.header.Set(name, sampleID)
		}
	}
	x.write(w, path, err)
	return answer{Error: x.answered, Status: w.status, Header: w.header, Body: strings.ToValidUTF8(w.body.String(), "\uFFFD")}
}

// respondMidway returns what is appended to a stream that fails with err.
func respondMidway(c *apierr.CompiledContract, d seam.Delivery, err error) string {
	x := &exchange{contract: c, delivery: d}
	w := &recorder{header: make(http.Header)}
	x.write(w, "/", err)
	return strings.ToValidUTF8(w.body.String(), "\uFFFD")
}

func (x *exchange) write(w http.ResponseWriter, path string, err error) {
	u, parseErr := url.Parse(path)
	if parseErr != nil { // Page.check has parsed it
		u = &url.URL{Path: "/"}
	}
	r := &http.Request{Method: http.MethodGet, URL: u, Header: make(http.Header)}
	apierr.Write(w, r.WithContext(context.WithValue(context.Background(), seam.Key{}, x)), err)
}

// The methods of the seam: nothing was sent, and nobody is asked.

func (x *exchange) IDs() (request, correlation string)              { return sampleID, sampleID }
func (x *exchange) Contract() *apierr.CompiledContract              { return x.contract }
func (x *exchange) Map(context.Context, error) *apierr.Error        { return nil }
func (x *exchange) ClientGone() bool                                { return false }
func (x *exchange) Language() string                                { return x.contract.Language(nil) }
func (x *exchange) LimitsBody(io.Reader) bool                       { return false }
func (x *exchange) Begin(http.ResponseWriter) (seam.Delivery, bool) { return x.delivery, false }

func (x *exchange) Sending(w http.ResponseWriter, _ *apierr.Error, _ string, _ []byte) http.ResponseWriter {
	return w
}

func (x *exchange) Sent(http.ResponseWriter) {}

func (*exchange) AtEnd(http.ResponseWriter, func(int, bool)) (direct, ok bool) { return false, false }

func (*exchange) BodyPrefix() jsonprefix.Is { return jsonprefix.Other }

func (x *exchange) Record(_ *http.Request, e *apierr.Error, _ bool, _, _ error, _ seam.Delivery) {
	x.answered = e
}

// recorder is a ResponseWriter in memory. httptest's would register a flag.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(b []byte) (int, error) { return w.body.Write(b) }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
