package client_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/client"
)

// stranger is a server that writes what it likes: to each connection, by number,
// the bytes of an answer, after which it closes the connection.
func stranger(t *testing.T, answer func(connection int, r *http.Request, w io.Writer)) (url string, requests *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	requests = new(atomic.Int64)
	go func() {
		for n := 1; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				r, err := http.ReadRequest(bufio.NewReader(c))
				if err != nil {
					return
				}
				io.Copy(io.Discard, r.Body)
				requests.Add(1)
				answer(n, r, c)
			}()
		}
	}()
	return "http://" + l.Addr().String(), requests
}

// quick is a Transport with a connection pool of its own.
func quick(t *testing.T) *client.Transport {
	base := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(base.CloseIdleConnections)
	return &client.Transport{Base: base, MaxWait: 20 * time.Millisecond}
}

// Servers that break off before, in or after the header.
func TestServersThatCut(t *testing.T) {
	const whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	for _, test := range []struct {
		name     string
		first    string // what the first connection brings; the second brings the whole
		method   string
		requests int64
		status   int // 0: an error
		body     string
		cut      bool // reading the body fails
	}{
		{"nothing", "", "GET", 2, 200, "ok", false},
		{"half a status line", "HTTP/1.1 2", "GET", 2, 200, "ok", false},
		{"half a header", "HTTP/1.1 200 OK\r\nContent-", "GET", 2, 200, "ok", false},
		{"no HTTP", "SSH-2.0-OpenSSH_9.6\r\n", "GET", 2, 200, "ok", false},
		{"a header of 2 MB", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 2<<20), "GET", 2, 200, "ok", false},
		{"nothing, to a POST", "", "POST", 1, 0, "", false},
		{"half a header, to a POST", "HTTP/1.1 200 OK\r\nContent-", "POST", 1, 0, "", false},
		{"a 503 that is shorter than it says", "HTTP/1.1 503 Down\r\nContent-Length: 1000\r\n\r\nx", "GET", 2, 200, "ok", false},
		{"a 503 without an end", "HTTP/1.1 503 Down\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nx", "GET", 2, 200, "ok", false},
		{"a 503 that is longer than it says", "HTTP/1.1 503 Down\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", "GET", 2, 200, "ok", false},
		{"a 429 to a POST, half", "HTTP/1.1 429 Wait\r\nContent-Length: 1000\r\n\r\nx", "POST", 2, 200, "ok", false},
		{"a success that is shorter than it says", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf", "GET", 1, 200, "half", true},
		{"a success without an end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", "GET", 1, 200, "half", true},
		{"a 404 that is shorter than it says", "HTTP/1.1 404 No\r\nContent-Length: 1000\r\n\r\nhalf", "GET", 1, 404, "half", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			url, requests := stranger(t, func(n int, _ *http.Request, w io.Writer) {
				if n == 1 {
					io.WriteString(w, test.first)
					return
				}
				io.WriteString(w, whole)
			})
			r, err := http.NewRequestWithContext(t.Context(), test.method, url, strings.NewReader("body"))
			require.NoError(t, err)
			resp, err := quick(t).RoundTrip(r)
			require.Equal(t, test.requests, requests.Load())
			if test.status == 0 {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			defer resp.Body.Close()
			require.Equal(t, test.status, resp.StatusCode)
			failure := client.New(apierr.Standard).Error(resp)
			body, err := io.ReadAll(resp.Body)
			require.Equal(t, test.body, string(body))
			require.Equal(t, test.cut, errors.Is(err, io.ErrUnexpectedEOF), "%v", err)
			if test.status >= 400 {
				require.True(t, failure.(*client.RemoteError).Intermediary)
			}
		})
	}
}

// A body of 10 GB costs 64 KiB if it is not wanted, and 256 KiB to decode, beside
// what the system buffers.
func TestServerThatAnswers10GB(t *testing.T) {
	var written atomic.Int64
	url, requests := stranger(t, func(_ int, _ *http.Request, w io.Writer) {
		fmt.Fprintf(w, "HTTP/1.1 503 Down\r\nContent-Length: %d\r\n\r\n", 10<<30)
		n, _ := io.CopyN(w, zeros{}, 10<<30)
		written.Add(n)
	})
	resp, err := quick(t).RoundTrip(getURL(t, t.Context(), url))
	require.NoError(t, err)
	require.EqualValues(t, 4, requests.Load())
	defer resp.Body.Close()
	counted := &counting{Reader: resp.Body}
	resp.Body = io.NopCloser(counted)
	var e *client.RemoteError
	require.ErrorAs(t, client.New(apierr.Standard).Error(resp), &e)
	require.True(t, e.Intermediary)
	require.ErrorIs(t, e, apierr.Unavailable)
	require.Len(t, e.Body, 4<<10)
	require.EqualValues(t, 256<<10, counted.n)
	require.Less(t, written.Load(), int64(100<<20))
}

// The connection of an answer that was not wanted serves the next attempt.
func TestConnectionsLive(t *testing.T) {
	var connections, requests atomic.Int64
	s := http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if requests.Add(1) < 4 {
				w.WriteHeader(503)
				w.Write(make([]byte, 10_000))
			}
		}),
		ConnState: func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				connections.Add(1)
			}
		},
		ReadHeaderTimeout: time.Minute,
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go s.Serve(l)
	defer s.Close()
	resp, err := quick(t).RoundTrip(getURL(t, t.Context(), "http://"+l.Addr().String()))
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, 200, resp.StatusCode)
	require.EqualValues(t, 4, requests.Load())
	require.EqualValues(t, 1, connections.Load())
}

// An http.Client follows redirects above a Transport: each request of the chain is
// retried, with its body.
func TestRedirects(t *testing.T) {
	var seen []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen = append(seen, r.Method+" "+r.URL.Path+" "+string(body))
		switch len(seen) {
		case 1, 3:
			w.WriteHeader(429)
		case 2:
			http.Redirect(w, r, "/b", http.StatusTemporaryRedirect)
		}
	}))
	defer s.Close()
	resp, err := (&http.Client{Transport: quick(t)}).Post(s.URL+"/a", "text/plain", strings.NewReader("body"))
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, 200, resp.StatusCode)
	require.Equal(t, "/b", resp.Request.URL.Path)
	require.Equal(t, []string{"POST /a body", "POST /a body", "POST /b body", "POST /b body"}, seen)
}

// Responses of 1xx before the last one are no answers, but 101 is: its body is the
// connection.
func TestInformationalResponses(t *testing.T) {
	url, requests := stranger(t, func(n int, _ *http.Request, w io.Writer) {
		io.WriteString(w, "HTTP/1.1 103 Early Hints\r\nRetry-After: 60\r\n\r\n")
		if n == 1 {
			io.WriteString(w, "HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n")
			return
		}
		io.WriteString(w, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nhello")
	})
	r := getURL(t, t.Context(), url)
	r.Header.Set("Connection", "Upgrade")
	r.Header.Set("Upgrade", "echo")
	resp, err := quick(t).RoundTrip(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.EqualValues(t, 2, requests.Load())
	require.Equal(t, 101, resp.StatusCode)
	require.NoError(t, client.New(apierr.Standard).Error(resp))
	require.Implements(t, (*io.ReadWriteCloser)(nil), resp.Body)
	greeting, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, "hello", string(greeting))
}

// A server may answer before it has read the body, which the next attempt sends
// from its beginning while the first is still being read.
func TestAnswersBeforeTheBody(t *testing.T) {
	const size = 2 << 20
	var attempts, whole atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if attempts.Add(1) < 3 {
			w.WriteHeader(503)
			return
		}
		n, _ := io.Copy(io.Discard, r.Body)
		whole.Store(n)
	}))
	defer s.Close()
	r, err := http.NewRequestWithContext(t.Context(), "PUT", s.URL, strings.NewReader(strings.Repeat("x", size)))
	require.NoError(t, err)
	resp, err := quick(t).RoundTrip(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, 200, resp.StatusCode)
	require.EqualValues(t, size, whole.Load())
}

// A port that nobody listens on.
func TestServerThatIsNotThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l.Close()
	attempts := 0
	tr := quick(t)
	tr.Observe = func(client.Attempt) { attempts++ }
	_, err = tr.RoundTrip(getURL(t, t.Context(), "http://"+l.Addr().String()))
	require.Error(t, err)
	require.Equal(t, 4, attempts)
}

// Requests that net/http does not send are not tried again.
func TestRequestsThatCannotBeSent(t *testing.T) {
	for _, change := range []func(*http.Request){
		func(r *http.Request) { r.Header.Set("X-Key", "k\n") },
		func(r *http.Request) { r.Header["a key"] = []string{"k"} },
		func(r *http.Request) { r.URL.Scheme = "ftp" },
		func(r *http.Request) { r.URL.Host = "" },
		func(r *http.Request) { r.URL = nil },
		func(r *http.Request) { r.Method = "GET /" },
		func(r *http.Request) { r.URL.Host = "127.0.0.1:65536" },
		func(r *http.Request) { r.URL.RawQuery = "q=\x01" },
		func(r *http.Request) { r.URL.Opaque = "//127.0.0.1:1/\r\n" },
		func(r *http.Request) { r.ContentLength = 5 }, // and no body
		func(r *http.Request) { r.Trailer = http.Header{"a trailer": nil} },
	} {
		r := getURL(t, t.Context(), "http://127.0.0.1:1")
		change(r)
		var last client.Attempt
		tr := quick(t)
		tr.Observe = func(a client.Attempt) { last = a }
		r.Header.Set("Idempotency-Key", "k")
		_, err := tr.RoundTrip(r)
		require.Error(t, err)
		require.Equal(t, 1, last.Number, "%v", err)
		require.Equal(t, client.ReasonPermanent, last.Reason)
	}
}

// Unusual requests that net/http does send are tried again.
func TestUnusualRequests(t *testing.T) {
	again := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("body")), nil }
	for _, change := range []func(*http.Request){
		func(r *http.Request) { r.Method = "" },
		func(r *http.Request) { r.Method = "CONNECT" },
		func(r *http.Request) { r.Method = "M-SEARCH" },
		func(r *http.Request) { r.Proto, r.ProtoMajor, r.ProtoMinor = "", 0, 0 },
		func(r *http.Request) { r.Close = true },
		func(r *http.Request) { r.Host = "/var/run/api.sock" },
		func(r *http.Request) { r.Host = "b\u00fccher.test" },
		func(r *http.Request) { r.URL.Path, r.URL.RawQuery = "/a b\r\n", "a b" },
		func(r *http.Request) { r.Header.Set("X-Text", "\u00fc\t") },
		func(r *http.Request) { r.Header.Set("Expect", "100-continue"); r.ContentLength = 4 },
		func(r *http.Request) { r.ContentLength, r.Trailer = -1, http.Header{"X-Sum": {"1"}} },
		func(r *http.Request) { r.ContentLength, r.TransferEncoding = -1, []string{"chunked"} },
		func(r *http.Request) { r.ContentLength, r.TransferEncoding = 4, []string{"identity"} },
	} {
		r := getURL(t, t.Context(), "http://127.0.0.1:1")
		r.Header.Set("Idempotency-Key", "k")
		change(r)
		if r.ContentLength != 0 {
			r.Body, _ = again()
			r.GetBody = again
		}
		var last client.Attempt
		tr := quick(t)
		tr.Observe = func(a client.Attempt) { last = a }
		_, err := tr.RoundTrip(r)
		require.Error(t, err)
		require.Equal(t, 4, last.Number, "%v", err)
	}
}

func getURL(t testing.TB, ctx context.Context, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	require.NoError(t, err)
	return r
}
