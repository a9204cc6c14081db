package middlewaretest

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"slices"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// Serve answers the request with the handler inside middleware.New(contract,
// opts...), and returns what a client of a real http.Server reads: HEAD has no
// body, and a body has the length and the framing that it has on the wire. It
// returns when the handler has. The handler may be a single one, a router, or the
// finished server with a New of its own under the same contract.
//
// The handler receives the request with its context, its path values and its
// body, so a test can set what a router or a layer outside would. It may be one
// of httptest.NewRequest or of http.NewRequest. By default no log is written;
// [middleware.WithLogger] chooses one.
//
// The body of the response has been read and need not be closed. It is an
// io.Seeker, for reading it again. If New or the handler aborts the response,
// reading the body ends with io.ErrUnexpectedEOF. If that happens before there
// is a status, the StatusCode is 0 and the header is empty: http.Client.Do
// returns an error there.
//
// A connection that the handler takes over is closed after its 101. Serve panics
// if the contract has faults, as New does. It may be called by several
// goroutines at once.
func Serve(contract apierr.Contract, handler http.Handler, request *http.Request, opts ...middleware.Option) *http.Response {
	seen := new(middleware.Outcome)
	opts = slices.Concat([]middleware.Option{middleware.WithLogger(nil)}, opts, []middleware.Option{
		middleware.WithObserver(func(_ context.Context, o middleware.Outcome) { *seen = o }),
	})
	resp := exchange(middleware.New(contract, opts...)(handler), request)
	resp.Request = request.WithContext(context.WithValue(request.Context(), outcomeKey{}, seen))
	return resp
}

// outcomeKey is the key of the *middleware.Outcome in the context of a
// response's Request.
type outcomeKey struct{}

// outcomeOf returns what New knows of the response; its zero value if Serve did
// not make the response.
func outcomeOf(resp *http.Response) middleware.Outcome {
	if resp.Request != nil {
		if seen, ok := resp.Request.Context().Value(outcomeKey{}).(*middleware.Outcome); ok {
			return *seen
		}
	}
	return middleware.Outcome{}
}

// exchange sends a request over a connection in memory to an http.Server, which
// hands the handler the request of the test in its place.
func exchange(handler http.Handler, request *http.Request) *http.Response {
	ctx, cancel := context.WithCancel(request.Context())
	defer cancel()
	returned := make(chan struct{})
	server := &http.Server{ErrorLog: discard}
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		defer close(returned)
		handler.ServeHTTP(w, received(request, context.WithValue(ctx, http.ServerContextKey, server)))
	})
	near, far := net.Pipe()
	go server.Serve(&listener{conn: far})
	defer server.Close()
	defer near.Close()

	wire := http.MethodGet
	if request.Method == http.MethodHead {
		wire = http.MethodHead
	}
	io.WriteString(near, wire+" / HTTP/1.1\r\nHost: test\r\n\r\n")
	resp, rest := read(near, wire)
	if resp.StatusCode == http.StatusSwitchingProtocols {
		near.Close() // the handler reads the end
	}
	go io.Copy(io.Discard, rest) // what is written behind the response must not block the handler
	<-returned
	return resp
}

// received returns the request as a server would hand it to a handler.
func received(request *http.Request, ctx context.Context) *http.Request {
	r := request.Clone(ctx)
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	if r.RequestURI == "" {
		r.RequestURI = r.URL.RequestURI()
	}
	if r.RemoteAddr == "" {
		r.RemoteAddr = "192.0.2.1:1234" // RFC 5737, as in httptest.NewRequest
	}
	return r
}

// read reads one response to its end, behind the informational ones.
func read(conn net.Conn, method string) (*http.Response, io.Reader) {
	in := bufio.NewReader(conn)
	for {
		resp, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil {
			return &http.Response{Status: "aborted", Header: http.Header{}, Body: &body{err: io.ErrUnexpectedEOF}}, in
		}
		if resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols {
			resp.Body = bodyOf(resp.Body)
			return resp, in
		}
	}
}
