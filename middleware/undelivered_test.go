package middleware_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

const (
	wroteOther = "middleware: the handler wrote %d bytes and declared a Content-Length of %d"
	wroteLate  = "middleware: the answer came after the server's write deadline"
)

// sleeps goes on when d is over.
func sleeps(d time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(d)
		next.ServeHTTP(w, r)
	})
}

// flushes sends what the handlers before it have written.
var flushes = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	http.NewResponseController(w).Flush()
})

// deadline sets the write deadline of the response from now, none for 0.
func deadline(d time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var at time.Time
		if d != 0 {
			at = time.Now().Add(d)
		}
		if err := http.NewResponseController(w).SetWriteDeadline(at); err != nil {
			panic(err)
		}
	})
}

// A body that is shorter than its Content-Length breaks the answer, and the
// record says it. An answer that has no body is never short.
func TestShortBody(t *testing.T) {
	declares := func(n string) []string { return []string{"Content-Length", n} }
	for _, test := range []struct {
		name    string
		method  string
		handler http.Handler
		want    string // write_error; "": the answer arrives whole
	}{
		{"whole", "GET", writes(200, "four", declares("4")...), ""},
		{"short", "GET", writes(200, "four", declares("10")...), fmt.Sprintf(wroteOther, 4, 10)},
		{"short by one", "GET", writes(200, "four", declares("5")...), fmt.Sprintf(wroteOther, 4, 5)},
		{"nothing written", "GET", writes(200, "", declares("10")...), fmt.Sprintf(wroteOther, 0, 10)},
		{"nothing said", "GET", setting(declares("10"), silent), fmt.Sprintf(wroteOther, 0, 10)},
		{"flushed", "GET", two(writes(200, "four", declares("10")...), flushes), fmt.Sprintf(wroteOther, 4, 10)},
		{"a typed failure", "GET", writes(404, "{}", "Content-Length", "10", "Content-Type", "application/json"), fmt.Sprintf(wroteOther, 2, 10)},
		{"in a New", "GET", inside()(writes(200, "four", declares("10")...)), fmt.Sprintf(wroteOther, 4, 10)},
		{"behind a layer", "GET", wrapping(writes(200, "four", declares("10")...)), fmt.Sprintf(wroteOther, 4, 10)},
		{"declared too late", "GET", two(writes(200, "four"), setting(declares("10"), flushes)), ""},
		{"of no length", "GET", writes(200, "four"), ""},
		{"a length of zero", "GET", writes(200, "", declares("0")...), ""},
		{"a length that is no number", "GET", writes(200, "four", declares("ten")...), ""},
		{"a negative length", "GET", writes(200, "four", declares("-1")...), ""},
		{"too long", "GET", writes(200, "four", declares("2")...), "Content-Length"},
		{"a replaced failure", "GET", writes(404, "gone", declares("100")...), ""},
		{"HEAD", "HEAD", writes(200, "", declares("10")...), ""},
		{"HEAD, written", "HEAD", writes(200, "four", declares("10")...), ""},
		{"204", "GET", writes(204, "", declares("10")...), ""},
		{"204, written", "GET", writes(204, "four"), ""},
		{"304", "GET", writes(304, "", declares("10")...), ""},
	} {
		for major := 1; major <= 2; major++ {
			t.Run(fmt.Sprintf("%s/HTTP %d", test.name, major), func(t *testing.T) {
				s := serve(t, major, test.handler)
				r := s.do(test.method, "/", "")
				rec := s.one(t)
				if test.want == "" {
					if major == 1 || test.method == "HEAD" || r.Response != nil && r.StatusCode == 200 {
						require.NoError(t, r.err) // Go's client expects a body of a 304 over HTTP/2
					}
					require.NotContains(t, rec, "write_error")
					require.Equal(t, "INFO", rec["level"])
					return
				}
				require.Contains(t, rec["write_error"], test.want)
				require.Equal(t, "WARN", rec["level"])
				if test.name != "too long" {
					require.Error(t, r.err, "the client sees it")
				}
			})
		}
	}
}

// An answer after the server's write deadline does not arrive, although no Write
// has failed.
func TestLateAnswer(t *testing.T) {
	const limit, longer = 100 * time.Millisecond, 200 * time.Millisecond
	four := writes(200, "four", "Content-Length", "4")
	for _, test := range []struct {
		name    string
		method  string
		timeout time.Duration // Server.WriteTimeout
		handler http.Handler
		late    [2]bool // over HTTP/1 and HTTP/2
	}{
		{"in time", "GET", patience, http.HandlerFunc(ok), [2]bool{}},
		{"no deadline", "GET", 0, sleeps(longer, http.HandlerFunc(ok)), [2]bool{}},
		{"late", "GET", limit, sleeps(longer, http.HandlerFunc(ok)), [2]bool{true, true}},
		{"late, in a New", "GET", limit, inside()(sleeps(longer, http.HandlerFunc(ok))), [2]bool{true, true}},
		{"late, a status alone", "GET", limit, sleeps(longer, writes(204, "")), [2]bool{true, true}},
		{"late, nothing said", "GET", limit, sleeps(longer, silent), [2]bool{true, true}},
		{"late, an error", "GET", limit, sleeps(longer, returns(apierr.Conflict)), [2]bool{true, true}},
		{"late, to HEAD", "HEAD", limit, sleeps(longer, four), [2]bool{true, true}},
		{"late, a large body", "GET", limit, sleeps(longer, writes(200, strings.Repeat("x", 1<<16))), [2]bool{true, true}},
		{"late after a part", "GET", limit, begun("text/csv", "a,b\n", true, sleeps(longer, writes(200, "c,d\n"))), [2]bool{true, true}},
		{"late without the end", "GET", limit, begun("text/csv", "a,b\n", true, sleeps(longer, silent)), [2]bool{true, true}},
		{"whole before the deadline", "GET", limit, two(four, two(flushes, sleeps(longer, silent))), [2]bool{false, true}},
		{"late by SetWriteDeadline", "GET", 0, two(deadline(limit), sleeps(longer, http.HandlerFunc(ok))), [2]bool{true, true}},
		{"late by SetWriteDeadline in a New", "GET", 0, inside()(two(deadline(limit), sleeps(longer, http.HandlerFunc(ok)))), [2]bool{true, true}},
		{"late by a deadline that has passed", "GET", 0, two(deadline(-time.Second), http.HandlerFunc(ok)), [2]bool{true, true}},
		{"put off", "GET", limit, two(deadline(time.Hour), sleeps(longer, http.HandlerFunc(ok))), [2]bool{}},
		{"put off in a New", "GET", limit, inside()(two(deadline(time.Hour), sleeps(longer, http.HandlerFunc(ok)))), [2]bool{}},
		{"lifted", "GET", limit, two(deadline(0), sleeps(longer, http.HandlerFunc(ok))), [2]bool{}},
	} {
		for major := 1; major <= 2; major++ {
			t.Run(fmt.Sprintf("%s/HTTP %d", test.name, major), func(t *testing.T) {
				t.Parallel()
				logged := newRecords()
				s := configured(t, major, middleware.New(apierr.Standard, logTo(logged))(test.handler), logged,
					func(srv *http.Server) { srv.WriteTimeout = test.timeout })
				r := s.do(test.method, "/", "")
				rec := s.one(t)
				require.NotContains(t, rec, "client_gone")
				if !test.late[major-1] {
					require.NoError(t, r.err)
					require.NotContains(t, rec, "write_error")
					require.Equal(t, "INFO", rec["level"])
					return
				}
				require.Error(t, r.err)
				require.NotEmpty(t, rec["write_error"])
				require.NotEqual(t, "INFO", rec["level"])
				if r.Response == nil && major == 2 {
					require.NotEqual(t, 200.0, rec["status"], "nothing was sent")
				}
			})
		}
	}
}

// A handler that observes its context past the WriteTimeout of HTTP/2, which
// resets the stream, is no client that left, and never a 200.
func TestResetByServer(t *testing.T) {
	for name, h := range map[string]http.Handler{
		"returns nothing":             done(silent),
		"returns the context's error": done(returnsContext),
		"answers":                     done(http.HandlerFunc(ok)),
		"answers without a body":      done(writes(204, "")),
		"in a New":                    inside()(done(silent)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			logged := newRecords()
			s := configured(t, 2, middleware.New(apierr.Standard, logTo(logged))(h), logged,
				func(srv *http.Server) { srv.WriteTimeout = 100 * time.Millisecond })
			require.Error(t, s.get("/").err)
			rec := s.one(t)
			require.NotContains(t, rec, "client_gone")
			require.Contains(t, []any{0.0, 503.0}, rec["status"])
			require.NotEqual(t, "INFO", rec["level"])
			require.Equal(t, wroteLate, rec["write_error"])
		})
	}
}

// The first error of a write is in the record. A client that left is info, and
// one that reads too slowly is not.
func TestFailedWrite(t *testing.T) {
	block := strings.Repeat("x", 1<<16)
	endless := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := io.WriteString(w, block); err != nil {
				return
			}
		}
	})
	for _, test := range []struct {
		name    string
		handler http.Handler
		leaves  bool // the client, else it stops reading
		level   string
	}{
		{"left", endless, true, "INFO"},
		{"left, its body unread", withBody(endless), true, "INFO"},
		{"reads nothing", two(deadline(100*time.Millisecond), endless), false, "WARN"},
		{"reads nothing, flushed", two(deadline(100*time.Millisecond), flushingEach(endless)), false, "WARN"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, 1, test.handler)
			request := "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
			if strings.HasSuffix(test.name, "unread") {
				request = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nsome"
			}
			conn := s.raw(request)
			_, err := bufio.NewReader(conn).ReadString('\n')
			require.NoError(t, err)
			if test.leaves {
				conn.Close()
			}
			rec := s.log.next(t)
			require.NotEmpty(t, rec["write_error"])
			require.EqualValues(t, 200, rec["status"])
			require.Equal(t, test.level, rec["level"])
			require.Equal(t, test.leaves, rec["client_gone"] == true)
		})
	}
}

// withBody is a handler that reads a little of the body.
func withBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body.Read(make([]byte, 1))
		next.ServeHTTP(w, r)
	})
}

// flushingEach flushes after every write.
func flushingEach(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(flushedWriter{w}, r) })
}

type flushedWriter struct{ http.ResponseWriter }

func (w flushedWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	if err == nil {
		err = http.NewResponseController(w.ResponseWriter).Flush()
	}
	return n, err
}
