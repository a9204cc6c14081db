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
	"sync/atomic"
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

// send sends the upload until an answer comes or a write fails, and returns the
// status line, "" for none. What has arrived before a reset can be read after it
// here; nginx and HAProxy give up at the failed write and answer 502, so how long
// the server waits before it closes is what counts, see gracedListener.
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
	go func() { answer <- readAnswer(bufio.NewReader(conn)) }()
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
			return <-answer
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

// readAnswer returns the status line of an answer, "" if it is not there as a
// whole.
func readAnswer(r *bufio.Reader) string {
	resp, err := http.ReadResponse(r, nil)
	for err == nil && resp.StatusCode == http.StatusContinue {
		resp, err = http.ReadResponse(r, nil)
	}
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
	}
	if err != nil {
		return ""
	}
	return resp.Status
}

// grace is how long net/http waits between the end of an answer and closing the
// connection, so that no reset overtakes the answer. A loaded machine makes it
// longer and never shorter.
const grace = 500 * time.Millisecond

// gracedListener measures the time between the last write to each connection and
// its end.
type gracedListener struct {
	net.Listener
	ended chan time.Duration // as many as may be open at a time
}

func (l *gracedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &gracedConn{TCPConn: conn.(*net.TCPConn), ended: l.ended}, nil
}

// graced waits for the end of n connections, and returns after how many of them
// the server waited.
func (l *gracedListener) graced(n int) (graced int) {
	giveUp := time.After(patience)
	for range n {
		select {
		case d := <-l.ended:
			if d >= grace {
				graced++
			}
		case <-giveUp:
			return graced
		}
	}
	return graced
}

// gracedConn has CloseWrite, without which net/http does not wait.
type gracedConn struct {
	*net.TCPConn
	ended chan<- time.Duration
	wrote atomic.Pointer[time.Time]
	once  sync.Once
}

func (c *gracedConn) Write(b []byte) (int, error) {
	n, err := c.TCPConn.Write(b)
	now := time.Now()
	c.wrote.Store(&now)
	return n, err
}

func (c *gracedConn) Close() error {
	c.once.Do(func() {
		if wrote := c.wrote.Load(); wrote != nil {
			c.ended <- time.Since(*wrote)
		} else {
			c.ended <- 0
		}
	})
	return c.TCPConn.Close()
}

// uploadServer is a server that uploads are sent to.
type uploadServer struct {
	addr     string
	listener *gracedListener
}

func serveUploads(t *testing.T, h http.Handler) uploadServer {
	s := httptest.NewUnstartedServer(h)
	l := &gracedListener{s.Listener, make(chan time.Duration, 16)}
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	return uploadServer{s.Listener.Addr().String(), l}
}

// arrival is how many answers arrived, and after how many of them the server
// waited.
type arrival struct{ answers, graced int }

// arrivals sends the upload to each server, at the same time.
func arrivals(servers map[string]uploadServer, u upload, times int) map[string]arrival {
	var all sync.WaitGroup
	var mu sync.Mutex
	arrived := make(map[string]arrival, len(servers))
	for name, s := range servers {
		for range times {
			all.Go(func() {
				if u.send(s.addr) != "" {
					mu.Lock()
					defer mu.Unlock()
					a := arrived[name]
					a.answers++
					arrived[name] = a
				}
			})
		}
	}
	all.Wait()
	for name, s := range servers {
		a := arrived[name]
		a.graced = s.listener.graced(times)
		arrived[name] = a
	}
	return arrived
}

// framings are the headers that say how long a body is, after a version.
var framings = []string{
	"HTTP/1.0|", "HTTP/1.1|Connection: close\r\n", "HTTP/1.1|", "HTTP/1.1|Transfer-Encoding: chunked\r\n",
	"HTTP/1.1|Connection: close\r\nTransfer-Encoding: chunked\r\n", "HTTP/1.1|Expect: 100-continue\r\n",
}

// A 413 arrives wherever it does with a bare http.MaxBytesReader, and so does an
// early answer to a body that nobody has read.
func TestAnswersToUploadsArrive(t *testing.T) {
	const limit = 64 << 10
	times, sizes, framings := 4, []upload{{body: 1100 << 10}, {body: 5 << 20}, {body: 1100 << 10, paced: true}}, framings
	if testing.Short() { // not some hundred megabytes
		times, sizes, framings = 1, sizes[:1], framings[:2]
	}
	bareRead := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, limit)); err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		}
	})
	New := middleware.New(apierr.Standard, middleware.WithMaxBody(limit), middleware.WithLogger(nil))
	upstream := httptest.NewServer(reads)
	t.Cleanup(upstream.Close)
	target, _ := url.Parse(upstream.URL)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorLog = quiet
	servers := map[string]uploadServer{}
	for name, h := range map[string]http.Handler{
		"alone":                  bareRead,
		"reads":                  New(reads),
		"reads in two News":      New(middleware.New(apierr.Standard)(reads)),
		"http.Error":             New(writes(413, "too large", "Content-Type", "text/plain")),
		"under a layer":          wrapping(New(reads)),
		"in TimeoutHandler":      New(http.TimeoutHandler(reads, time.Minute, "")),
		"proxies":                New(proxy),
		"a Write":                New(returns(apierr.BodyTooLarge)),
		"its own MaxBytesReader": New(bareRead),
	} {
		servers[name] = serveUploads(t, h)
	}
	for _, framing := range framings {
		proto, fields, _ := strings.Cut(framing, "|")
		t.Run(proto+" "+strings.ReplaceAll(fields, "\r\n", ", "), func(t *testing.T) {
			for _, u := range sizes {
				u.proto, u.header = proto, fields
				for name, arrived := range arrivals(servers, u, times) {
					require.Equal(t, arrival{times, times}, arrived, "%s: %+v", name, u)
				}
			}
		})
	}
}

// An early answer to a body that nobody has read is that of a bare server: the
// connection is closed, or used again, where it is there.
func TestEarlyAnswersClose(t *testing.T) {
	early := fails(401, "no")
	for _, u := range []upload{{"HTTP/1.0", "", 3 << 20, false}, {"HTTP/1.1", "", 3 << 20, false}, {"HTTP/1.1", "", 100 << 10, false}, {"HTTP/1.1", "", 0, false}} {
		t.Run(fmt.Sprint(u.proto, " ", u.body), func(t *testing.T) {
			t.Parallel() // a connection that stays open takes a second
			header, closed := closes(t, u, early)
			ourHeader, ourClosed := closes(t, u, middleware.New(apierr.Standard, middleware.WithLogger(nil))(early))
			require.Equal(t, header, ourHeader)
			require.Equal(t, closed, ourClosed)
		})
	}
}

// closes returns what an answer says about its connection, and whether it is
// closed after it.
func closes(t *testing.T, u upload, h http.Handler) (header []string, closed bool) {
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

// It arrives as that of a bare server does, which waits wherever we do.
func TestEarlyAnswersArrive(t *testing.T) {
	times, uploads := 8, []upload{
		{"HTTP/1.0", "", 3 << 20, false}, {"HTTP/1.1", "Connection: close\r\n", 3 << 20, false}, {"HTTP/1.1", "", 3 << 20, false},
		{"HTTP/1.1", "", 100 << 10, false}, {"HTTP/1.1", "Transfer-Encoding: chunked\r\n", 3 << 20, false},
	}
	if testing.Short() {
		times, uploads = 1, uploads[2:4]
	}
	for _, status := range []int{401, 404} {
		early := fails(status, "no")
		servers := map[string]uploadServer{
			"alone":  serveUploads(t, early),
			"inside": serveUploads(t, middleware.New(apierr.Standard, middleware.WithLogger(nil))(early)),
		}
		for _, u := range uploads {
			arrived := arrivals(servers, u, times)
			require.Equal(t, times, arrived["inside"].answers, "%d %+v", status, u)
			require.Equal(t, arrived["alone"].graced, arrived["inside"].graced, "%d %+v", status, u)
		}
	}
}
