package compare

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/internal/pipenet"
)

var update = flag.Bool("update", false, "write the table to the documentation of package client")

// scenario is one case: how the server answers, and what the client sends.
type scenario struct {
	server http.Handler
	method string
	within time.Duration // of the caller's context; 0: it has no deadline
	times  int           // requests, one each 10 ms; 0: one
	report func(result) string
}

// result is what the server and the caller of a client saw.
type result struct {
	sent    int64 // requests that the server received
	status  int
	err     error
	elapsed time.Duration
	read    int64 // bytes of bodies that the server could write
}

// run runs a scenario in a bubble, where years pass at once.
func run(t *testing.T, s scenario, newClient func(*http.Transport) do) (got result) {
	synctest.Test(t, func(t *testing.T) {
		var sent, read atomic.Int64
		send := newClient(pipenet.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			sent.Add(1)
			s.server.ServeHTTP(&counter{w, &read}, r)
		})))
		ctx := t.Context()
		if s.within > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, s.within)
			defer cancel()
		}
		began := time.Now()
		var wg sync.WaitGroup
		for range max(s.times, 1) {
			wg.Go(func() {
				status, err := send(ctx, s.method)
				if s.times == 0 {
					got.status, got.err = status, err
				}
			})
			if s.times > 0 {
				time.Sleep(10 * time.Millisecond)
			}
		}
		wg.Wait()
		got.elapsed = time.Since(began)
		got.sent, got.read = sent.Load(), read.Load()
	})
	return got
}

// counter counts the bytes that are written.
type counter struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.n.Add(int64(n))
	return n, err
}

func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// answers is a server that always answers with the status and a body.
func answers(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprintln(w, http.StatusText(status))
	}
}

// limits is a server that answers 429 until the time is over. header says so.
func limits(d time.Duration, header func(h http.Header, end time.Time)) http.Handler {
	var once sync.Once
	var end time.Time
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		once.Do(func() { end = time.Now().Add(d) })
		if time.Now().Before(end) {
			header(w.Header(), end)
			answers(http.StatusTooManyRequests)(w, r)
			return
		}
		fmt.Fprintln(w, "OK")
	})
}

func seconds(h http.Header, end time.Time) {
	h.Set("Retry-After", strconv.Itoa(int(time.Until(end)/time.Second)))
}

func date(h http.Header, end time.Time) { h.Set("Retry-After", end.UTC().Format(http.TimeFormat)) }

func rateLimit(h http.Header, end time.Time) {
	h.Set("RateLimit", fmt.Sprintf(`"a";r=0;t=%d`, int(time.Until(end)/time.Second)))
}

// size is the size of a large body in bytes.
const size = 1 << 20

// large is a server that answers 503 with a large body once.
func large() http.Handler {
	first := true
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if first {
			first = false
			w.WriteHeader(http.StatusServiceUnavailable)
			for range size >> 10 {
				if _, err := w.Write(make([]byte, 1<<10)); err != nil {
					return
				}
				http.NewResponseController(w).Flush()
			}
		}
	})
}

// outcome is the number of requests, and what the caller gets.
func outcome(r result) string {
	if r.err != nil {
		return fmt.Sprintf("%d sent: error", r.sent)
	}
	return fmt.Sprintf("%d sent: %d", r.sent, r.status)
}

// late is outcome with the time that the caller has waited, in full seconds or days.
func late(r result) string {
	switch days := r.elapsed / (24 * time.Hour); {
	case days > 0:
		return fmt.Sprintf("%s after %d days", outcome(r), days)
	case r.elapsed == 0:
		return outcome(r) + " at once"
	case r.elapsed%time.Second == 0:
		return fmt.Sprintf("%s after %v", outcome(r), r.elapsed)
	}
	return outcome(r) // a random time
}

func total(r result) string { return fmt.Sprintf("about %d sent", (r.sent+50)/100*100) }

// most is a bound of what was read: buffers make the bytes inexact.
func most(r result) string {
	switch {
	case r.read >= size:
		return "all is read"
	case r.read <= 16<<10:
		return "under 16 KiB are read"
	}
	return fmt.Sprintf("under %d KiB are read", (r.read>>10+128)/128*128)
}

// scenarios are the ten cases, made anew for each client.
var scenarios = []struct {
	name string
	make func() scenario
}{
	{"GET, always 503", func() scenario { return scenario{server: answers(503), method: "GET", report: outcome} }},
	{"POST, always 503", func() scenario { return scenario{server: answers(503), method: "POST", report: outcome} }},
	{"POST, the connection breaks", func() scenario {
		return scenario{server: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), method: "POST", report: outcome}
	}},
	{"POST, 429 for 9 s, Retry-After: 9", func() scenario {
		return scenario{server: limits(9*time.Second, seconds), method: "POST", report: outcome}
	}},
	{"the same as a date", func() scenario { return scenario{server: limits(9*time.Second, date), method: "POST", report: outcome} }},
	{"the same as RateLimit: \"a\";r=0;t=9", func() scenario {
		return scenario{server: limits(9*time.Second, rateLimit), method: "POST", report: outcome}
	}},
	{"GET, 429, Retry-After of a year", func() scenario {
		return scenario{server: limits(365*24*time.Hour, seconds), method: "GET", report: late}
	}},
	{"GET, 429, Retry-After: 20, 5 s left", func() scenario {
		return scenario{server: limits(20*time.Second, seconds), method: "GET", within: 5 * time.Second, report: late}
	}},
	{"1000 GETs in 10 s, always 503", func() scenario { return scenario{server: answers(503), method: "GET", times: 1000, report: total} }},
	{"GET, 503 with a body of 1 MiB", func() scenario { return scenario{server: large(), method: "GET", report: most} }},
}

const (
	source = "../doc.go"
	begin  = "//\tcase"
)

// The table in the documentation is what the clients do. Its line with a flood is
// not tested with -short.
func TestTable(t *testing.T) {
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "case")
	for _, c := range clients {
		fmt.Fprint(w, "\t", c.name)
	}
	fmt.Fprintln(w)
	flood := ""
	for _, s := range scenarios {
		if testing.Short() && s.make().times > 0 {
			flood = s.name
			continue
		}
		fmt.Fprint(w, s.name)
		for _, c := range clients {
			s := s.make()
			fmt.Fprint(w, "\t", s.report(run(t, s, c.make)))
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	var comment strings.Builder
	for line := range strings.Lines(table.String()) {
		comment.WriteString("//\t" + strings.TrimRight(line, " \n") + "\n")
	}

	doc, err := os.ReadFile(source)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(doc), begin)
	require.True(t, found, "%s has no table", source)
	end := strings.Index(rest, "\n//\n")
	require.GreaterOrEqual(t, end, 0)
	if *update && flood == "" {
		require.NoError(t, os.WriteFile(source, []byte(before+comment.String()+rest[end+1:]), 0o644))
		return
	}
	want := begin + rest[:end+1]
	if flood != "" {
		before, rest, _ := strings.Cut(want, "//\t"+flood)
		_, after, _ := strings.Cut(rest, "\n")
		want = before + after
	}
	require.Equal(t, want, comment.String(), "go test ./apierr/client/compare -update")
}
