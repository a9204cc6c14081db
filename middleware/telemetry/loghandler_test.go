package telemetry_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"

	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/middleware/telemetry"
)

// Records in a span have its IDs at the top level, and others have none.
func TestLogHandler(t *testing.T) {
	var b bytes.Buffer
	logger := slog.New(telemetry.LogHandler(slog.NewTextHandler(&b, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
			return slog.Attr{}
		}
		return a
	}})))
	of := func(traceID, spanID byte) context.Context {
		return trace.ContextWithSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{TraceID: [16]byte{15: traceID}, SpanID: [8]byte{7: spanID}}))
	}
	const ids = "trace_id=00000000000000000000000000000001 span_id=0000000000000002"
	for _, test := range []struct {
		name string
		log  func()
		want string
	}{
		{"in a span", func() { logger.InfoContext(of(1, 2), "m", "k", 1) }, "msg=m k=1 " + ids},
		{"in a group", func() { logger.WithGroup("g").InfoContext(of(1, 2), "m", "k", 1) }, "msg=m " + ids + " g.k=1"},
		{"outside a span", func() { logger.InfoContext(t.Context(), "m") }, "msg=m"},
		{"a span without an ID", func() { logger.InfoContext(of(1, 0), "m") }, "msg=m"},
		{"a trace of its own", func() { logger.InfoContext(of(1, 2), "m", "trace_id", "own") }, "msg=m trace_id=own"},
	} {
		b.Reset()
		test.log()
		require.Equal(t, test.want, strings.TrimSuffix(b.String(), "\n"), test.name)
	}
}

// The record of a request is in its span, and so is what the handler logs.
func TestLogHandlerInNew(t *testing.T) {
	var b bytes.Buffer
	logger := slog.New(telemetry.LogHandler(middleware.LogHandler(slog.NewJSONHandler(&b, nil))))
	be := newBackend(t)
	call(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { logger.InfoContext(r.Context(), "handling") }),
		request("GET", "/"), be.instrument(), middleware.WithLogger(logger))
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	require.Len(t, lines, 2)
	for _, line := range lines {
		var rec struct {
			Trace   string `json:"trace_id"`
			Span    string `json:"span_id"`
			Request string `json:"request_id"`
		}
		require.NoError(t, json.Unmarshal([]byte(line), &rec), "duplicate names are refused")
		require.Equal(t, be.span(t).SpanContext().TraceID().String(), rec.Trace)
		require.Equal(t, be.span(t).SpanContext().SpanID().String(), rec.Span)
		require.Equal(t, attrs(be.span(t).Attributes())["failwell.request.id"], rec.Request)
	}
}
