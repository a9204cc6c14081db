package telemetry_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// The tables of the package comment are the truth: each attribute that is
// recorded is in its table, and each line of a table is recorded.
func TestAttributeTables(t *testing.T) {
	sections := strings.Split(packageComment(t), "\n# ")
	documented := func(section string) map[string]bool {
		keys := map[string]bool{}
		for _, s := range sections {
			if strings.HasPrefix(s, section+"\n") {
				for _, line := range regexp.MustCompile(`(?m)^\t([a-z_]+\.[a-z_.]+)`).FindAllStringSubmatch(s, -1) {
					keys[line[1]] = true
				}
			}
		}
		require.NotEmpty(t, keys, section)
		return keys
	}
	metrics, spans, exceptions := documented("Metrics"), documented("Spans"), documented("Exceptions")
	for key := range metrics { // "beside the attributes above it has"
		if !strings.HasPrefix(key, "http.server.") {
			spans[key] = true
		}
	}
	spans["error.type"] = true

	foundMetrics, foundSpans, foundExceptions := map[string]bool{}, map[string]bool{}, map[string]bool{}
	b := newBackend(t)
	mux := http.NewServeMux()
	mux.Handle("/taken", returns(taken))
	mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic("boom") })
	mux.Handle("/export", begun("text/csv", lost))
	h := instrumented(b, mux)
	for _, r := range []*http.Request{
		request("GET", "http://example.com:80/taken", "User-Agent", "x"),
		request("BREW", "/panic"),
		request("GET", "/export"),
	} {
		func() {
			defer func() { recover() }() // the abort
			h.ServeHTTP(&discard{http.Header{}}, r)
		}()
	}
	send(t, "/gone", func(app http.Handler) http.Handler { return instrumented(b, app) })

	for name, m := range b.metrics(t) {
		foundMetrics[name] = true
		switch data := m.Data.(type) {
		case metricdata.Histogram[float64]:
			for _, p := range data.DataPoints {
				for key := range pointAttrs(p) {
					foundMetrics[key] = true
				}
			}
		case metricdata.Sum[int64]:
			for _, p := range data.DataPoints {
				for key := range attrs(p.Attributes.ToSlice()) {
					foundMetrics[key] = true
				}
			}
		}
	}
	for _, span := range b.spans.Ended() {
		for key := range attrs(span.Attributes()) {
			foundSpans[key] = true
		}
	}
	for _, rec := range b.records.taken() {
		for key := range recordAttrs(rec) {
			foundExceptions[key] = true
		}
	}
	require.Equal(t, metrics, foundMetrics)
	require.Equal(t, spans, foundSpans)
	exceptions["http.server.request.exception"] = true // the event
	foundExceptions["http.server.request.exception"] = true
	require.Equal(t, exceptions, foundExceptions)
}
