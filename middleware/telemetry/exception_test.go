package telemetry_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	otellog "go.opentelemetry.io/otel/log"

	"github.com/failwell/failwell/apierr"
)

// A failure of the server is a log record if there is more to say than its code.
func TestException(t *testing.T) {
	type kv = map[string]string
	for _, test := range []struct {
		name    string
		handler http.Handler
		want    kv // nil: no record
	}{
		{"a success", http.HandlerFunc(ok), nil},
		{"a 4xx", returns(taken), nil},
		{"a 4xx with a cause", returns(taken.Wrap(io.EOF)), nil},
		{"a declared 5xx", returns(busy), nil},
		{"a declared 5xx with a cause", returns(busy.Wrap(io.EOF)), kv{"exception.type": "*errors.errorString", "exception.message": "EOF", "error.type": "BUSY"}},
		{"an error", returns(errors.New("row 7")), kv{"exception.type": "*errors.errorString", "exception.message": "row 7", "error.type": "INTERNAL_SERVER_ERROR"}},
		{"a type of error", returns(&fs.PathError{Op: "open", Path: "/x", Err: fs.ErrNotExist}), kv{"exception.type": "*fs.PathError", "exception.message": "open /x: file does not exist"}},
		{"a wrapped one", returns(fmt.Errorf("reading: %w", &fs.PathError{Op: "open", Path: "/x", Err: fs.ErrNotExist})), kv{"exception.type": "*fs.PathError", "exception.message": "reading: open /x: file does not exist"}},
		{"one that names its type", returns(named("quota_exhausted")), kv{"exception.type": "quota_exhausted"}},
		{"one that names a long type", returns(named(strings.Repeat("x", 1000))), kv{"exception.type": strings.Repeat("x", 256)}},
		{"one whose methods panic", returns(named("")), kv{"exception.type": "_OTHER"}},
		{"a long one", returns(errors.New(strings.Repeat("x", 10_000))), kv{"exception.message": strings.Repeat("x", 4096)}},
		{"an undeclared error with a cause", returns((&apierr.Error{Code: "MADE", Status: 500, Message: "m"}).Wrap(io.EOF)), kv{"exception.message": "EOF", "error.type": "_OTHER"}},
		{"a panic", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }), kv{"exception.type": "panic", "exception.message": "panic: boom"}},
		{"a panic of an error", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(io.EOF) }), kv{"exception.type": "panic", "exception.message": "panic: EOF"}},
		{"an abort", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), nil},
		{"a short body", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			io.WriteString(w, "x")
		}), kv{"exception.message": "middleware: the handler wrote 1 bytes and declared a Content-Length of 10", "error.type": "_OTHER"}},
		{"a cut stream", begun("text/csv", lost.Wrap(io.EOF)), kv{"exception.message": "EOF", "error.type": "EXPORT_LOST"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBackend(t)
			send(t, "/", func(http.Handler) http.Handler { return instrumented(b, test.handler) })
			if test.want == nil {
				require.Empty(t, b.records.taken())
				return
			}
			require.Len(t, b.records.taken(), 1)
			rec := b.records.taken()[0]
			require.Equal(t, "http.server.request.exception", rec.EventName())
			require.Equal(t, otellog.SeverityError, rec.Severity())
			require.Equal(t, b.span(t).SpanContext().TraceID(), rec.TraceID())
			require.False(t, rec.Timestamp().IsZero())
			got := recordAttrs(rec)
			for key, want := range test.want {
				require.Equal(t, want, got[key], key)
			}
			require.Equal(t, attrs(b.span(t).Attributes())["failwell.request.id"], got["failwell.request.id"])
			require.Equal(t, strings.HasPrefix(test.name, "a panic"), strings.Contains(got["exception.stacktrace"], "exception_test.go"))
			require.Empty(t, b.span(t).Events())
		})
	}
}

// named is an error that names its type; the empty one panics.
type named string

func (n named) Error() string { return "of " + string(n) }
func (n named) ErrorType() string {
	if n == "" {
		panic("boom")
	}
	return string(n)
}

// A record that nobody takes is not made.
func TestExceptionNotEnabled(t *testing.T) {
	b := newBackend(t)
	b.records.off = true
	call(returns(io.EOF), request("GET", "/"), b.instrument())
	require.Empty(t, b.records.taken())
}
