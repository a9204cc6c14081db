package telemetry_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/trace"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

var update = flag.Bool("update", false, "write the golden files")

// app fails in every way, as handlers of net/http do. in receives a value when a
// handler waits for the end of its context.
func app(in chan<- bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ok/{id}", ok)
	mux.Handle("GET /taken", returns(taken))
	mux.Handle("GET /busy", returns(busy.Wrap(errors.New("the pool is empty"))))
	mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("boom") })
	mux.HandleFunc("GET /abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	mux.Handle("GET /export", apierr.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "text/csv")
		io.WriteString(w, "a,b\n")
		if err := http.NewResponseController(w).Flush(); err != nil {
			return err
		}
		return lost.Wrap(errors.New("the cursor was closed"))
	}))
	mux.HandleFunc("GET /gone", func(w http.ResponseWriter, r *http.Request) {
		in <- true
		<-r.Context().Done()
		http.Error(w, r.Context().Err().Error(), http.StatusInternalServerError)
	})
	mux.HandleFunc("GET /shutdown", func(w http.ResponseWriter, r *http.Request) {
		in <- true
		<-r.Context().Done() // and it returns
	})
	mux.Handle("GET /slow", http.TimeoutHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), time.Millisecond, ""))
	mux.HandleFunc("GET /socket", func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		conn.Close()
	})
	return mux
}

// What otelhttp and Instrument record of the same requests. The golden file is
// the table in the package comment.
func TestBesideOtelhttp(t *testing.T) {
	var table bytes.Buffer
	fmt.Fprintf(&table, "%-13s %-30s %s\n", "", "otelhttp", "Instrument")
	for _, row := range []struct {
		name, path string
		route      string // "": none
		status     int    // that was sent, 0: none
		failed     bool   // by the server
		logged     bool   // an exception
	}{
		{"success", "/ok/7", "/ok/{id}", 200, false, false},
		{"404", "/nowhere", "", 404, false, false},
		{"declared 4xx", "/taken", "/taken", 409, false, false},
		{"5xx", "/busy", "/busy", 503, true, true},
		{"panic", "/panic", "/panic", 500, true, true},
		{"abort", "/abort", "/abort", 0, true, false},
		{"cut stream", "/export", "/export", 200, true, true},
		{"client gone", "/gone", "/gone", 0, false, false},
		{"timeout", "/slow", "/slow", 503, true, true},
		{"hijack", "/socket", "/socket", 101, false, false},
		{"shutdown", "/shutdown", "/shutdown", 503, true, true},
	} {
		theirs, ours := newBackend(t), newBackend(t)
		send(t, row.path, func(next http.Handler) http.Handler {
			return otelhttp.NewHandler(next, "", otelhttp.WithTracerProvider(theirs.tracers),
				otelhttp.WithMeterProvider(theirs.meters), otelhttp.WithPropagators(propagation.TraceContext{}))
		})
		send(t, row.path, middleware.New(contract, silently, ours.instrument()))
		fmt.Fprintf(&table, "%-13s %-30s %s\n", row.name, cell(t, theirs), cell(t, ours))
		t.Run(row.name, func(t *testing.T) {
			name := "GET"
			if row.route != "" {
				name += " " + row.route
			}
			requireConventions(t, ours, name, row.route, row.status, row.failed)
			require.Len(t, ours.records.taken(), map[bool]int{true: 1}[row.logged])
		})
	}
	if *update {
		require.NoError(t, os.WriteFile("testdata/beside_otelhttp.txt", table.Bytes(), 0o644))
	}
	want, err := os.ReadFile("testdata/beside_otelhttp.txt")
	require.NoError(t, err)
	require.Equal(t, string(want), table.String())
	require.Contains(t, packageComment(t), "\t"+strings.ReplaceAll(strings.TrimSuffix(string(want), "\n"), "\n", "\n\t"))
}

// send serves the app inside a layer, sends one request and waits for its end.
func send(t *testing.T, path string, layer func(http.Handler) http.Handler) {
	in := make(chan bool, 1)
	base, shutdown := context.WithCancel(t.Context())
	defer shutdown()
	url, wait := serve(t, layer(app(in)), func(s *http.Server) {
		s.BaseContext = func(net.Listener) context.Context { return base }
	})
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n", path)
	switch path {
	case "/gone":
		<-in
		conn.Close()
	case "/shutdown":
		<-in
		shutdown()
		fallthrough
	default:
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err == nil {
			io.Copy(io.Discard, resp.Body) // whether it is cut
			resp.Body.Close()
		}
	}
	wait()
}

// cell says what was recorded of one request: the status and the error of the
// metric, "Error" for the span's status, and what else there is.
func cell(t *testing.T, b *backend) string {
	var parts []string
	if points := b.durations(t); len(points) == 0 {
		parts = append(parts, "no metric,")
	} else {
		a := attrs(points[0].Attributes.ToSlice())
		if a["http.response.status_code"] == "" {
			a["http.response.status_code"] = "-"
		}
		for _, key := range []string{"http.response.status_code", "error.type", "failwell.error.code"} {
			switch {
			case a[key] == "":
			case key == "failwell.error.code":
				parts = append(parts, "code "+a[key])
			default:
				parts = append(parts, a[key])
			}
		}
	}
	span := b.span(t)
	if span.Status().Code == codes.Error {
		parts = append(parts, "Error")
	} else if len(b.durations(t)) == 0 {
		parts = append(parts, "no status")
	}
	if len(span.Events()) > 0 {
		parts = append(parts, "+ event")
	}
	if len(b.records.taken()) > 0 {
		parts = append(parts, "+ log")
	}
	return strings.Join(parts, " ")
}

// requireConventions holds what was recorded of one request to the stable HTTP
// conventions. sent is the status that was sent, 0 for none.
func requireConventions(t *testing.T, b *backend, name, route string, sent int, failed bool) {
	t.Helper()
	point := b.duration(t)
	require.EqualValues(t, 1, point.Count)
	require.Equal(t, []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}, point.Bounds)
	m := attrs(point.Attributes.ToSlice())
	for key := range m {
		require.Contains(t, []string{
			"http.request.method", "url.scheme", "http.route", "http.response.status_code",
			"network.protocol.version", "error.type", "failwell.error.code",
		}, key, "a metric has no other attribute")
	}

	span := b.span(t)
	s := attrs(span.Attributes())
	require.Equal(t, trace.SpanKindServer, span.SpanKind())
	require.Equal(t, name, span.Name())
	require.Empty(t, span.Events(), "an exception is a log record")
	require.InDelta(t, point.Sum, span.EndTime().Sub(span.StartTime()).Seconds(), 1e-9, "the metric has the duration of the span")
	require.NotEmpty(t, s["url.path"])

	for _, a := range []map[string]string{m, s} {
		require.Equal(t, "GET", a["http.request.method"])
		require.Equal(t, "http", a["url.scheme"])
		require.Equal(t, "1.1", a["network.protocol.version"])
		require.Equal(t, route, a["http.route"])
		want := ""
		if sent != 0 {
			want = fmt.Sprint(sent)
		}
		require.Equal(t, want, a["http.response.status_code"], "if and only if one was sent")
		require.Equal(t, failed, a["error.type"] != "", "if and only if the server failed")
		if failed {
			require.NotContains(t, m, "failwell.error.code")
		}
	}
	require.Equal(t, m["error.type"], s["error.type"])
	if failed {
		require.Equal(t, codes.Error, span.Status().Code)
		require.Equal(t, sent >= 500, span.Status().Description == "", "the description says what the status does not")
	} else {
		require.Equal(t, codes.Unset, span.Status().Code)
	}

	active := b.metrics(t)[activeName].Data.(metricdata.Sum[int64])
	require.Len(t, active.DataPoints, 1)
	require.Zero(t, active.DataPoints[0].Value)
	require.Equal(t, map[string]string{"http.request.method": "GET", "url.scheme": "http"}, attrs(active.DataPoints[0].Attributes.ToSlice()))

	for _, rec := range b.records.taken() {
		require.Equal(t, span.SpanContext().SpanID(), rec.SpanID())
		require.Equal(t, span.SpanContext().TraceID(), rec.TraceID())
		require.Equal(t, "http.server.request.exception", rec.EventName())
		a := recordAttrs(rec)
		require.NotEmpty(t, a["exception.type"])
		require.NotEmpty(t, a["exception.message"])
		require.Equal(t, m["error.type"], a["error.type"])
	}
}

// packageComment returns the comment of the package.
func packageComment(t *testing.T) string {
	f, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments)
	require.NoError(t, err)
	lines := strings.Split(f.Doc.Text(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(slices.Clip(lines), "\n")
}
