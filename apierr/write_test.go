package apierr_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/internal/contracttest"
	"github.com/failwell/failwell/internal/seam"
)

// A handler that returns no error has answered by itself, and a nil *Error is
// no error.
func TestHandlerFunc(t *testing.T) {
	var none *apierr.Error
	for _, err := range []error{nil, none} {
		w := httptest.NewRecorder()
		apierr.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) error {
			io.WriteString(w, "fine")
			return err
		}).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		require.Equal(t, 200, w.Code)
		require.Equal(t, "fine", w.Body.String())
	}
	w := httptest.NewRecorder()
	apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return apierr.Conflict }).
		ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	require.Equal(t, 409, w.Code)
}

// Without a layer above it Write answers under Standard, passes what nobody
// declared and makes no IDs.
func TestWriteAlone(t *testing.T) {
	own := &apierr.Error{Code: "WIDGET_STUCK", Status: 418, Message: "The widget is stuck"}
	for _, method := range []string{"GET", "HEAD"} {
		w := httptest.NewRecorder()
		apierr.Write(w, httptest.NewRequest(method, "/", nil), own)
		const body = `{"error":{"code":"WIDGET_STUCK","message":"The widget is stuck"}}`
		require.Equal(t, 418, w.Code)
		require.Equal(t, http.Header{
			"Content-Type": {"application/json"}, "Content-Length": {"65"},
			"X-Content-Type-Options": {"nosniff"}, "Cache-Control": {"no-store"},
		}, w.Header())
		if method == "GET" {
			require.Equal(t, body, w.Body.String())
		} else {
			require.Empty(t, w.Body.String())
		}
	}
	apierr.Write(nil, nil, nil) // does nothing
	ctx := context.Background()
	require.Empty(t, apierr.RequestID(ctx)+apierr.CorrelationID(ctx))
	h := http.Header{}
	apierr.Propagate(ctx, h)
	require.Empty(t, h)
}

// The headers that an answer brings, and those that it may not.
func TestHeadersOfAnswers(t *testing.T) {
	header := func(key, value string) *apierr.Error { return apierr.Conflict.WithHeader(key, value) }
	for _, test := range []struct {
		name  string
		err   error
		given string // a header that is set before
		want  string
	}{
		{"own", header("x-own", "1"), "", "X-Own: 1"},
		{"beside what is there", header("Vary", "Origin"), "Vary: Accept", "Vary: Accept|Origin"},
		{"not the type", header("content-type", "x/y"), "", "Content-Type: application/json"},
		{"not the length", header("Content-Length", "1"), "", "Content-Length: 103"},
		{"not the framing", header("Transfer-Encoding", "gzip"), "", "Transfer-Encoding: "},
		{"not the IDs", header("X-Request-Id", "mine"), "", "X-Request-Id: "},
		{"no second line", header("X-Own", "1\r\nX-Evil: 2"), "", "X-Own: "},
		{"no odd name", header("X Own", "1"), "", "X Own: "},
		{"Retry-After, rounded up", apierr.Conflict.WithRetryAfter(1001 * time.Millisecond), "", "Retry-After: 2"},
		{"Retry-After, at least 1", apierr.Conflict.WithRetryAfter(1), "", "Retry-After: 1"},
		{"Retry-After of a 429", apierr.TooManyRequests, "", "Retry-After: 1"},
		{"Retry-After that is there", apierr.TooManyRequests, "Retry-After: 7", "Retry-After: 7"},
		{"Retry-After of the error", apierr.TooManyRequests.WithRetryAfter(time.Minute), "Retry-After: 7", "Retry-After: 60"},
		{"a challenge", apierr.Unauthenticated, "", "Www-Authenticate: Bearer"},
		{"a challenge that is there", apierr.Unauthenticated, "WWW-Authenticate: Basic", "Www-Authenticate: Basic"},
		{"Allow", apierr.MethodNotAllowed, "", "Allow: "},
		{"Allow that is there", apierr.MethodNotAllowed, "Allow: GET", "Allow: GET"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			if name, value, given := strings.Cut(test.given, ": "); given {
				w.Header().Set(name, value)
			}
			newLayer(t, apierr.Standard).write(w, test.err)
			name, value, _ := strings.Cut(test.want, ": ")
			require.Equal(t, value, strings.Join(w.Header()[name], "|"))
		})
	}
	w := httptest.NewRecorder()
	newLayer(t, apierr.Standard).write(w, apierr.MethodNotAllowed)
	require.Equal(t, []string{""}, w.Header()["Allow"], "RFC 9110 section 10.2.1 allows an empty one")
}

// lined is a Format of several lines.
type lined struct{}

func (lined) Name() string        { return "lined" }
func (lined) ContentType() string { return "application/lined+json" }
func (lined) Append(dst []byte, e *apierr.Error, _ apierr.Info) ([]byte, error) {
	return append(dst, "{\r\n \"code\": \""+e.Code+"\"\n}\n"...), nil
}

// What an answer can still be, and what is sent of it.
func TestForms(t *testing.T) {
	for _, test := range []struct {
		form   seam.Delivery
		format apierr.Format
		err    error
		want   string
		code   string
	}{
		{seam.EventStream, nil, apierr.Conflict, "event: error\ndata: {\"error\":{\"code\":\"RESOURCE_CONFLICT\",\"message\":\"" + apierr.Conflict.Message + "\"}}\n\n", "RESOURCE_CONFLICT"},
		{seam.EventStream, lined{}, apierr.Conflict, "event: error\ndata: {\ndata:  \"code\": \"RESOURCE_CONFLICT\"\ndata: }\n\n", "RESOURCE_CONFLICT"},
		{seam.EventStream, lined{}, io.EOF, "event: error\ndata: {\ndata:  \"code\": \"STREAM_FAILED\"\ndata: }\n\n", "STREAM_FAILED"},
		{seam.JSONLines, lined{}, apierr.Conflict, "{   \"code\": \"RESOURCE_CONFLICT\" } \n", "RESOURCE_CONFLICT"},
		{seam.JSONLines, lined{}, io.EOF, "{   \"code\": \"STREAM_FAILED\" } \n", "STREAM_FAILED"},
		{seam.Abort, nil, apierr.Conflict, "", "RESOURCE_CONFLICT"},
		{seam.Abort, nil, io.EOF, "", "STREAM_FAILED"},
		{seam.Answered, nil, io.EOF, "", "INTERNAL_SERVER_ERROR"},
	} {
		c := apierr.Standard
		c.Format = test.format
		s := newLayer(t, c)
		s.delivery = test.form
		w := httptest.NewRecorder()
		f := s.write(w, test.err)
		require.Equal(t, test.want, w.Body.String())
		require.Equal(t, test.code, f.Error.Code)
		require.Equal(t, test.form, f.Delivery)
		require.NotContains(t, w.Header(), "Cache-Control", "the header has left")
	}
}

// brokenForm is a Format that fails a number of times.
type brokenForm struct {
	left   *int
	panics bool
}

func (brokenForm) Name() string        { return "failing" }
func (brokenForm) ContentType() string { return "application/failing+json" }
func (f brokenForm) Append(dst []byte, e *apierr.Error, _ apierr.Info) ([]byte, error) {
	if *f.left--; *f.left < 0 {
		return append(dst, `{"details":`+map[bool]string{true: "0", false: "1"}[e.Details == nil]+`}`...), nil
	}
	if f.panics {
		panic("in Append")
	}
	return append(dst, "half of"...), errors.New("in Append")
}

// A Format that fails costs the details, then its own form, never the answer.
func TestFailingFormats(t *testing.T) {
	for _, test := range []struct {
		failures    int
		body        string
		contentType string
	}{
		{0, `{"details":1}`, "application/failing+json"},
		{1, `{"details":0}`, "application/failing+json"},
		{2, `{"error":{"code":"RESOURCE_CONFLICT","message":"` + apierr.Conflict.Message + `"}}`, "application/json"},
	} {
		for _, panics := range []bool{false, true} {
			left := test.failures
			s := newLayer(t, apierr.Contract{Name: "failing", Format: brokenForm{&left, panics}})
			w := httptest.NewRecorder()
			left = test.failures // Check may have asked
			f := s.write(w, apierr.Conflict.With("a", 1))
			require.Equal(t, test.body, w.Body.String())
			require.Equal(t, test.contentType, w.Header().Get("Content-Type"))
			require.Equal(t, test.failures > 0, f.Secondary != nil)
			require.Equal(t, 409, w.Code)
		}
	}
}

// constant is a Format that hands out a slice of its own.
type constant struct{ body []byte }

func (constant) Name() string        { return "constant" }
func (constant) ContentType() string { return "application/json" }
func (c constant) Append([]byte, *apierr.Error, apierr.Info) ([]byte, error) {
	return c.body, nil
}

// The bodies of answers are pooled; a Format's own slice is not among them.
func TestConstantFormat(t *testing.T) {
	fixed := constant{[]byte(`{"constant":true,"and":"long enough to hold another answer, which would overwrite it"}`)}
	want := string(fixed.body)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 100 {
				newLayer(t, apierr.Contract{Name: "constant", Format: fixed}).write(httptest.NewRecorder(), apierr.Conflict)
				newLayer(t, apierr.Standard).write(httptest.NewRecorder(), apierr.NotFound)
			}
		})
	}
	all.Wait()
	require.Equal(t, want, string(fixed.body))
}

// Content-Encoding stays where it is the word of a layer in between.
func TestKeepEncoding(t *testing.T) {
	for keep, want := range map[bool]string{true: "gzip", false: ""} {
		s := newLayer(t, apierr.Standard)
		s.keepEncoding = keep
		w := httptest.NewRecorder()
		w.Header().Set("Content-Encoding", "gzip")
		s.write(w, apierr.Conflict)
		require.Equal(t, want, w.Header().Get("Content-Encoding"))
	}
}

// answered is an exchange that has had its answer.
type answered struct{ quiet }

func (answered) Begin(http.ResponseWriter) (seam.Delivery, bool) { return seam.Answered, false }

// A handler that answers in a loop, since it forgot to return, sends one answer.
// Each later call costs no more than the first: it encodes nothing and keeps
// nothing.
func TestWriteInALoop(t *testing.T) {
	x := answered{quiet{contracttest.NewExchange(t, contract())}}
	r := contracttest.WithExchange(httptest.NewRequest("GET", "/", nil), x)
	err := errors.Join(io.EOF, apierr.InvalidBody.WithViolations(violations...))
	w := httptest.NewRecorder()
	write := func() { apierr.Write(w, r, err) }
	if !raceEnabled {
		require.LessOrEqual(t, testing.AllocsPerRun(16_000, write), 1.0, "the mapped copy")
	}
	write()
	require.Empty(t, w.Header())
	require.Zero(t, w.Body.Len())
}
