package apierr_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
)

// logTo makes h the handler of slog.Default() for the test.
func logTo(t testing.TB, h slog.Handler) {
	before, flags, out := slog.Default(), log.Flags(), log.Writer()
	t.Cleanup(func() {
		slog.SetDefault(before)
		log.SetFlags(flags) // SetDefault redirects package log too
		log.SetOutput(out)
	})
	slog.SetDefault(slog.New(h))
}

// timeless has a text handler drop what differs in each run.
var timeless = &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}}

// Outside middleware.New nothing else logs a request: Write logs the cause of a
// 5xx, and of nothing else.
func TestWriteLogsOutsideNew(t *testing.T) {
	const head = `level=ERROR msg="apierr: a 5xx outside middleware.New" method=GET path=/a%0Ab `
	own := &apierr.Error{Code: "OWN", Status: 503}
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"unknown", errors.New("no disk"), "status=500 code=INTERNAL_SERVER_ERROR cause=\"no disk\"\n"},
		{"unknown, hostile", errors.New("a\nlevel=INFO\x1b[0m\"\xff"), `status=500 code=INTERNAL_SERVER_ERROR cause="a\nlevel=INFO\x1b[0m\"` + "\uFFFD" + `"` + "\n"},
		{"an Error with a cause", own.Wrap(io.EOF), "status=503 code=OWN cause=EOF\n"},
		{"an Error without", own, "status=503 code=OWN\n"},
		{"wrapped", fmt.Errorf("taking: %w", own.Wrap(io.EOF)), "status=503 code=OWN cause=\"taking: OWN: EOF\"\n"},
		{"a timeout", context.DeadlineExceeded, "status=504 code=GATEWAY_TIMEOUT cause=\"context deadline exceeded\"\n"},
		{"an Error method that panics", bad{}, "status=500 code=INTERNAL_SERVER_ERROR cause=\"(apierr_test.bad: its Error method panicked)\"\n"},
		{"an Unwrap method that panics", badWay{}, "status=500 code=INTERNAL_SERVER_ERROR cause=secret secondary_error=\"apierr: resolving an error: a method of apierr_test.badWay panicked: in Unwrap\"\n"},
		{"no status", &apierr.Error{Code: "X"}, "status=500 code=INTERNAL_SERVER_ERROR cause=X\n"},
		// no 5xx
		{"a 4xx", apierr.NotFound.Wrap(io.EOF), ""},
		{"a 4xx that cannot be encoded", apierr.Conflict.With("a", make(chan int)), ""},
		{"a success", &apierr.Error{Code: "THERE", Status: 200}, ""},
		{"nil", nil, ""},
	} {
		var b bytes.Buffer
		logTo(t, slog.NewTextHandler(&b, timeless))
		w := httptest.NewRecorder()
		apierr.Write(w, httptest.NewRequest("GET", "/a%0Ab?secret=1", nil), test.err)
		want := test.want
		if want != "" {
			want = head + want
		}
		require.Equal(t, want, b.String(), test.name)
		require.NotContains(t, w.Body.String(), "secret", test.name)
	}
}

// A text of any length is a record of bounded length, and each call makes one.
func TestWriteLogsABoundedRecordForEachCall(t *testing.T) {
	var b bytes.Buffer
	logTo(t, slog.NewTextHandler(&b, timeless))
	r := httptest.NewRequest("GET", "/"+strings.Repeat("a", 1<<20), nil)
	for range 3 {
		apierr.Write(httptest.NewRecorder(), r, errors.New(strings.Repeat("b", 10<<20)))
	}
	require.Equal(t, 3, strings.Count(b.String(), "\n"))
	require.Less(t, b.Len(), 3*6<<10)
}

// Package log's own format is one line too.
func TestWriteLogsOneLineThroughPackageLog(t *testing.T) {
	var b bytes.Buffer
	logTo(t, slog.Default().Handler())
	log.SetOutput(&b)
	apierr.Write(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), errors.New("a\nb"))
	require.Equal(t, 1, strings.Count(b.String(), "\n"))
	require.Contains(t, b.String(), `cause="a\nb"`)
}

// panickingHandler is a log handler that fails.
type panickingHandler struct{ slog.Handler }

func (panickingHandler) Enabled(context.Context, slog.Level) bool { panic("in Enabled") }

func TestLogHandlersThatPanicCostTheRecord(t *testing.T) {
	logTo(t, panickingHandler{})
	w := httptest.NewRecorder()
	apierr.Write(w, httptest.NewRequest("GET", "/", nil), io.EOF)
	require.Equal(t, 500, w.Code)
	require.Contains(t, w.Body.String(), "INTERNAL_SERVER_ERROR")
}

// Inside middleware.New the layer logs, and Write does not. CloseCode and Resolve
// never do.
func TestNothingElseLogs(t *testing.T) {
	var b bytes.Buffer
	logTo(t, slog.NewTextHandler(&b, timeless))
	contracttest.Answer(t, apierr.Standard, io.EOF)
	apierr.Resolve(context.Background(), io.EOF)
	apierr.CloseCode(context.Background(), io.EOF)
	require.Empty(t, b.String())
}
