package telemetry_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware/telemetry"
)

// begun begins a response of that type, and fails with err.
func begun(contentType string, err error) http.Handler {
	return apierr.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", contentType)
		io.WriteString(w, "x\n")
		http.NewResponseController(w).Flush()
		return err
	})
}

// Which failures are the server's, and what they are called.
func TestErrorType(t *testing.T) {
	undeclared := &apierr.Error{Code: "MADE_7", Status: 418, Message: "m"}
	broken := &apierr.Error{Code: "MADE_8", Status: 500, Message: "m"}
	writes := func(status int, contentType string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(status)
			io.WriteString(w, "{}")
		})
	}
	short := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		io.WriteString(w, "x")
	})
	for _, test := range []struct {
		name            string
		handler         http.Handler
		status          string
		errorType, code string
	}{
		{"a success", http.HandlerFunc(ok), "200", "", ""},
		{"a redirect", writes(302, "text/html"), "302", "", ""},
		{"a declared 4xx", returns(taken), "409", "", "NAME_TAKEN"},
		{"a built-in 4xx", returns(apierr.Forbidden), "403", "", "AUTH_FORBIDDEN"},
		{"an undeclared 4xx", returns(undeclared), "418", "", "_OTHER"},
		{"a 4xx without an error", writes(418, "text/plain"), "418", "", "_OTHER"},
		{"a 4xx of the handler's own", writes(418, "application/json"), "418", "", ""},
		{"a declared 5xx", returns(busy), "503", "BUSY", ""},
		{"a built-in 5xx", returns(apierr.Internal), "500", "INTERNAL_SERVER_ERROR", ""},
		{"an unknown error", returns(errors.New("x")), "500", "INTERNAL_SERVER_ERROR", ""},
		{"an undeclared 5xx", returns(broken), "500", "_OTHER", ""},
		{"a 5xx of the handler's own", writes(502, "application/json"), "502", "502", ""},
		{"a status that is no HTTP status", writes(999, "application/json"), "999", "_OTHER", ""},
		{"a declared error with a 5xx in a stream", begun("text/event-stream", lost), "200", "EXPORT_LOST", ""},
		{"a 4xx in a stream", begun("text/event-stream", taken), "200", "", "NAME_TAKEN"},
		{"an unknown error in a stream", begun("application/x-ndjson", errors.New("x")), "200", "STREAM_FAILED", ""},
		{"a cut", begun("text/csv", lost), "200", "EXPORT_LOST", ""},
		{"a cut by a 4xx", begun("text/csv", taken), "200", "NAME_TAKEN", ""},
		{"a cut by an undeclared error", begun("text/csv", undeclared), "200", "_OTHER", ""},
		{"a short body", short, "200", "_OTHER", ""},
		{"a panic", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }), "500", "INTERNAL_SERVER_ERROR", ""},
		{"a panic in a stream", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			begun("text/event-stream", nil).ServeHTTP(w, r)
			panic("boom")
		}), "200", "STREAM_FAILED", ""},
		{"an abort", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), "", "_OTHER", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBackend(t)
			send(t, "/", func(http.Handler) http.Handler { return instrumented(b, test.handler) })
			got := pointAttrs(b.duration(t))
			require.Equal(t, test.status, got["http.response.status_code"])
			require.Equal(t, test.errorType, got["error.type"])
			require.Equal(t, test.code, got["failwell.error.code"])
		})
	}
}

// What clients send makes no attribute: the number of time series is bounded by
// the program.
func TestCardinality(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/users/{id}", ok)
	mux.HandleFunc("/code/{code}", func(w http.ResponseWriter, r *http.Request) {
		apierr.Write(w, r, &apierr.Error{Code: r.PathValue("code"), Status: 418, Message: "m"})
	})
	b := newBackend(t)
	h := instrumented(b, mux)
	for i := range 300 {
		for _, r := range []*http.Request{
			request("GET", fmt.Sprint("/users/", i)),
			request("GET", fmt.Sprint("/nowhere/", i)),
			request("GET", fmt.Sprint("/code/C", i)),
			request(fmt.Sprint("M", i), "/users/7"),
			request("GET", "/users/7", "X-Request-Id", fmt.Sprint(i), "X-Correlation-Id", fmt.Sprint(i), "Host", fmt.Sprint(i)),
		} {
			r.ProtoMinor, r.Host, r.RemoteAddr = i%10, fmt.Sprint("host", i), fmt.Sprint("192.0.2.1:", i)
			h.ServeHTTP(&discard{header: http.Header{}}, r)
		}
	}
	// GET of two routes and of none, and _OTHER, over HTTP/1.0 and 1.1.
	require.Len(t, b.durations(t), 8)
	require.Len(t, b.metrics(t)[activeName].Data.(metricdata.Sum[int64]).DataPoints, 2)
}

// discard is a ResponseWriter.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

// Requests under way are counted while they are, by method and scheme.
func TestActiveRequests(t *testing.T) {
	b := newBackend(t)
	active := func() map[string]int64 {
		m := map[string]int64{}
		for _, p := range b.metrics(t)[activeName].Data.(metricdata.Sum[int64]).DataPoints {
			a := attrs(p.Attributes.ToSlice())
			m[a["http.request.method"]+" "+a["url.scheme"]] = p.Value
		}
		return m
	}
	during := map[string]int64{}
	h := instrumented(b, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		during = active()
		panic("boom")
	}))
	for _, target := range []string{"http://example.com/", "https://example.com/"} {
		for _, method := range []string{"GET", "BREW"} {
			h.ServeHTTP(&discard{http.Header{}}, request(method, target))
			name := strings.Replace(method, "BREW", "_OTHER", 1) + " " + strings.TrimSuffix(target, "://example.com/")
			require.EqualValues(t, 1, during[name])
		}
	}
	require.Equal(t, map[string]int64{"GET http": 0, "GET https": 0, "_OTHER http": 0, "_OTHER https": 0}, active())
}

func TestKnownMethods(t *testing.T) {
	b := newBackend(t)
	h := instrumented(b, http.HandlerFunc(ok), telemetry.WithKnownMethods("PURGE", "GET"))
	for _, method := range []string{"GET", "PURGE", "POST", "purge"} {
		h.ServeHTTP(&discard{http.Header{}}, request(method, "/"))
	}
	got := map[string]uint64{}
	for _, p := range b.durations(t) {
		got[attrs(p.Attributes.ToSlice())["http.request.method"]] = p.Count
	}
	require.Equal(t, map[string]uint64{"GET": 1, "PURGE": 1, "_OTHER": 2}, got, "the list replaces the default")
}

// More combinations than are cached are counted as well, and requests at once.
func TestManySeries(t *testing.T) {
	b := newBackend(t)
	h := instrumented(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Pattern = "/" + r.URL.Query().Get("n")
		ok(w, r)
	}))
	const most = 5000 // of each goroutine
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			for i := range most {
				h.ServeHTTP(&discard{http.Header{}}, request("GET", fmt.Sprint("/?n=", i)))
			}
		})
	}
	both.Wait()
	var all uint64
	for _, p := range b.durations(t) {
		all += p.Count
	}
	require.EqualValues(t, 2*most, all)
}

// An exemplar of a metric leads to the trace of a request.
func TestExemplar(t *testing.T) {
	b := newBackend(t)
	instrumented(b, http.HandlerFunc(ok)).ServeHTTP(&discard{http.Header{}}, request("GET", "/"))
	exemplars := b.duration(t).Exemplars
	require.Len(t, exemplars, 1)
	id := b.span(t).SpanContext().TraceID()
	require.Equal(t, id[:], exemplars[0].TraceID)
}
