package middleware_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// upload is a request with a large body, and how it is sent.
type upload struct {
	proto  string
	header string
	body   int // bytes
	paced  bool
}

// send sends the upload as nginx and HAProxy do: an answer that comes meanwhile
// ends it, and a write that fails before an answer has come is a failure (their
// 502), although an answer may be on its way. It returns the status line, "" for
// a failure.
func (u upload) send(addr string) (status string) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return ""
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	chunked := strings.Contains(u.header, "chunked")
	framing := ""
	if !chunked {
		framing = fmt.Sprintf("Content-Length: %d\r\n", u.body)
	}
	fmt.Fprintf(conn, "POST / %s\r\nHost: x\r\n%s%s\r\n", u.proto, u.header, framing)
	answer := make(chan string, 1)
	go func() {
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			answer <- ""
			return
		}
		if _, err = io.ReadAll(resp.Body); err != nil {
			answer <- ""
			return
		}
		answer <- resp.Status
	}()
	piece := strings.Repeat("x", 16<<10)
	for left := u.body; left > 0; left -= len(piece) {
		piece = piece[:min(len(piece), left)]
		out := piece
		if chunked {
			out = fmt.Sprintf("%x\r\n%s\r\n", len(piece), piece)
		}
		select {
		case status := <-answer:
			return status
		default:
		}
		if _, err := io.WriteString(conn, out); err != nil {
			select {
			case status := <-answer:
				return status
			default:
				return ""
			}
		}
		if u.paced {
			time.Sleep(time.Millisecond) // the body arrives while the answer is on its way
		}
	}
	if chunked {
		io.WriteString(conn, "0\r\n\r\n")
	}
	return <-answer
}

// A 413 arrives wherever it does with a bare http.MaxBytesReader, and so does an
// early answer to a body that nobody has read.
func TestAnswersToUploadsArrive(t *testing.T) {
	if testing.Short() {
		t.Skip("it sends some hundred megabytes")
	}
	const limit, times = 64 << 10, 4
	bareRead := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, limit)); err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		}
	})
	serveOn := func(h http.Handler) string {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s.Listener.Addr().String()
	}
	New := middleware.New(apierr.Standard, middleware.WithMaxBody(limit), middleware.WithLogger(nil))
	upstream := httptest.NewServer(reads)
	t.Cleanup(upstream.Close)
	target, _ := url.Parse(upstream.URL)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorLog = quiet
	servers := map[string]string{
		"reads":                  serveOn(New(reads)),
		"reads in two News":      serveOn(New(middleware.New(apierr.Standard)(reads))),
		"http.Error":             serveOn(New(writes(413, "too large", "Content-Type", "text/plain"))),
		"under a layer":          serveOn(wrapping(New(reads))),
		"in TimeoutHandler":      serveOn(New(http.TimeoutHandler(reads, time.Minute, ""))),
		"proxies":                serveOn(New(proxy)),
		"a Write":                serveOn(New(returns(apierr.BodyTooLarge))),
		"its own MaxBytesReader": serveOn(New(bareRead)),
	}
	servers["alone"] = serveOn(bareRead)
	for _, header := range []string{"HTTP/1.0|", "HTTP/1.1|Connection: close\r\n", "HTTP/1.1|", "HTTP/1.1|Transfer-Encoding: chunked\r\n", "HTTP/1.1|Connection: close\r\nTransfer-Encoding: chunked\r\n", "HTTP/1.1|Expect: 100-continue\r\n"} {
		proto, fields, _ := strings.Cut(header, "|")
		t.Run(proto+" "+strings.ReplaceAll(fields, "\r\n", ", "), func(t *testing.T) {
			for _, u := range []upload{{proto, fields, 1100 << 10, false}, {proto, fields, 5 << 20, false}, {proto, fields, 1100 << 10, true}} {
				arrived := arrivals(servers, u, times)
				for name, n := range arrived {
					require.GreaterOrEqual(t, n, arrived["alone"], "%s: %+v", name, u)
					require.Equal(t, times, n, "%s: %+v", name, u)
				}
			}
		})
	}
}

// arrivals sends the upload to each server, at the same time, and returns how
// many answers arrived.
func arrivals(servers map[string]string, u upload, times int) map[string]int {
	var all sync.WaitGroup
	var mu sync.Mutex
	arrived := make(map[string]int, len(servers))
	for name := range servers {
		arrived[name] = 0
	}
	for name, addr := range servers {
		for range times {
			all.Go(func() {
				status := u.send(addr)
				mu.Lock()
				defer mu.Unlock()
				if status != "" {
					arrived[name]++
				}
			})
		}
	}
	all.Wait()
	return arrived
}

// An early answer to a body that nobody has read is that of a bare server: the
// connection is closed, or used again, where it is there.
func TestEarlyAnswersClose(t *testing.T) {
	early := fails(401, "no")
	for _, u := range []upload{{"HTTP/1.0", "", 3 << 20, false}, {"HTTP/1.1", "", 3 << 20, false}, {"HTTP/1.1", "", 100 << 10, false}, {"HTTP/1.1", "", 0, false}} {
		closes := func(h http.Handler) (header []string, closed bool) {
			s := httptest.NewServer(h)
			defer s.Close()
			conn, err := net.Dial("tcp", s.Listener.Addr().String())
			require.NoError(t, err)
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(patience))
			request := fmt.Sprintf("POST / %s\r\nHost: x\r\nContent-Length: %d\r\n\r\n", u.proto, u.body)
			go io.WriteString(conn, request+strings.Repeat("x", min(u.body, 200<<10)))
			answers := bufio.NewReader(conn)
			resp, err := http.ReadResponse(answers, nil)
			require.NoError(t, err)
			io.ReadAll(resp.Body)
			conn.SetDeadline(time.Now().Add(time.Second)) // a server that waits for the rest of the body says nothing
			io.WriteString(conn, request)
			_, err = http.ReadResponse(answers, nil)
			return resp.Header["Connection"], err != nil
		}
		header, closed := closes(early)
		ourHeader, ourClosed := closes(middleware.New(apierr.Standard, middleware.WithLogger(nil))(early))
		require.Equal(t, header, ourHeader, "%+v", u)
		require.Equal(t, closed, ourClosed, "%+v", u)
	}
}

// It arrives no less often than that of a bare server.
func TestEarlyAnswersArrive(t *testing.T) {
	if testing.Short() {
		t.Skip("it sends some hundred megabytes")
	}
	for _, status := range []int{401, 404} {
		serveOn := func(h http.Handler) string {
			s := httptest.NewServer(h)
			t.Cleanup(s.Close)
			return s.Listener.Addr().String()
		}
		early := fails(status, "no")
		servers := map[string]string{"alone": serveOn(early), "inside": serveOn(middleware.New(apierr.Standard, middleware.WithLogger(nil))(early))}
		for _, u := range []upload{{"HTTP/1.0", "", 3 << 20, false}, {"HTTP/1.1", "Connection: close\r\n", 3 << 20, false}, {"HTTP/1.1", "", 3 << 20, false}, {"HTTP/1.1", "", 100 << 10, false}, {"HTTP/1.1", "Transfer-Encoding: chunked\r\n", 3 << 20, false}} {
			// Whether a reset overtakes the answer is a race on any server, so
			// this sees only a loss of most of them, and counts on until there
			// are enough.
			inside, alone := 0, 0
			for round := 0; round < 6 && (round == 0 || 3*inside < 2*alone); round++ {
				arrived := arrivals(servers, u, 12)
				inside, alone = inside+arrived["inside"], alone+arrived["alone"]
			}
			t.Logf("%d %+v: %d inside, %d alone", status, u, inside, alone)
			require.GreaterOrEqual(t, 2*inside, alone, "%d %+v", status, u)
		}
	}
}
