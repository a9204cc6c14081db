package middleware_test

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// expired is an http.TimeoutHandler whose time is up at once; the handler goes
// on when it is, and reports when it has ended.
func expired(h http.Handler) (http.Handler, <-chan bool) {
	ended := make(chan bool, 8)
	return http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { ended <- true }()
		<-r.Context().Done()
		for err := error(nil); err == nil; _, err = w.Write(nil) { // until it has answered
			runtime.Gosched()
		}
		h.ServeHTTP(w, r)
	}), time.Nanosecond, ""), ended
}

// Inside New, http.TimeoutHandler answers for the handler that it abandons:
// what that one does later reaches nobody.
func TestTimeoutHandlerInside(t *testing.T) {
	inner := middleware.New(apierr.Standard)
	for name, h := range map[string]http.Handler{
		"answers":             http.HandlerFunc(ok),
		"fails":               returns(apierr.Conflict),
		"returns its context": apierr.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error { return r.Context().Err() }),
		"fails as foreigners": writes(404, "who?"),
		"panics":              panics("secret"),
		"aborts":              panics(http.ErrAbortHandler),
		"streams":             begun(events, "data: x\n\n", false, returns(apierr.Conflict)),
		"ends its goroutine":  http.HandlerFunc(func(http.ResponseWriter, *http.Request) { runtime.Goexit() }),
		"has a New":           inner(returns(apierr.Conflict)),
		"has a New, panics":   inner(panics("secret")),
		"has limits, Route":   middleware.MaxBody(1)(middleware.Timeout(time.Hour)(middleware.Route(returns(apierr.Conflict)))),
	} {
		t.Run(name, func(t *testing.T) {
			late, ended := expired(h)
			onWire(t, late, func(t *testing.T, s *site) {
				r := s.get("/")
				require.Equal(t, 503, r.StatusCode)
				require.Equal(t, failure{"SERVICE_UNAVAILABLE", apierr.Unavailable.Message, nil}, r.failure(t))
				rec := s.log.next(t)
				require.EqualValues(t, 503, rec["status"])
				<-ended
				s.Close()
				require.Empty(t, s.log.come, "it logged nothing more")
			})
		})
	}
}

// In time, it is a layer like any other.
func TestTimeoutHandlerInTime(t *testing.T) {
	inTime := func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Hour, "") }
	for _, test := range []struct {
		name    string
		handler http.Handler
		status  int
		code    string
	}{
		{"a success", inTime(http.HandlerFunc(ok)), 200, ""},
		{"an error", inTime(returns(apierr.Conflict)), 409, "RESOURCE_CONFLICT"},
		{"an error, with an encoding of the handler's", inTime(setting([]string{"Content-Encoding", "br"}, returns(apierr.Conflict))), 409, "RESOURCE_CONFLICT"},
		{"a foreign failure", inTime(writes(404, "who?")), 404, "RESOURCE_NOT_FOUND"},
		{"a panic", inTime(panics("boom")), 500, "INTERNAL_SERVER_ERROR"},
		{"an error after a write, which it has kept back", inTime(begun("text/csv", "a", false, returns(apierr.Conflict))), 409, "RESOURCE_CONFLICT"},
		{"an error after a success, which it has kept back", inTime(two(http.HandlerFunc(ok), returns(apierr.Conflict))), 409, "RESOURCE_CONFLICT"},
		{"a panic after a write, which it has kept back", inTime(begun("text/csv", "a", false, panics("boom"))), 500, "INTERNAL_SERVER_ERROR"},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				r := s.get("/")
				require.NoError(t, r.err)
				require.Equal(t, test.status, r.StatusCode)
				require.Equal(t, test.code, r.code())
				require.Empty(t, r.Header.Get("Content-Encoding"))
				require.EqualValues(t, test.status, s.one(t)["status"])
			})
		})
	}
}

// Outside New, it answers by itself, and New ends its exchange in peace.
func TestTimeoutHandlerOutside(t *testing.T) {
	for name, h := range map[string]http.Handler{"answers": http.HandlerFunc(ok), "fails": returns(apierr.Conflict), "panics": panics("boom"), "streams": begun(events, "", false, panics("boom"))} {
		t.Run(name, func(t *testing.T) {
			logged := newRecords()
			New := middleware.New(apierr.Standard, logTo(logged))
			late, ended := expired(New(h))
			for major := 1; major <= 2; major++ {
				s := serveBare(t, major, late, logged)
				require.Equal(t, 503, s.get("/").StatusCode)
				<-ended
				require.NotEmpty(t, logged.next(t)["request_id"])
				s.Close()
				require.Empty(t, logged.come)
			}
			s := serveBare(t, 1, http.TimeoutHandler(New(h), time.Hour, ""), logged)
			r := s.get("/")
			require.Equal(t, name == "fails" || name == "panics", r.code() != "")
		})
	}
}

// What an abandoned handler holds of its exchange stays readable for ever.
func TestAbandonedContext(t *testing.T) {
	got := make(chan string, 1)
	late, ended := expired(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "nobody reads this")
		got <- apierr.RequestID(context.WithoutCancel(r.Context()))
	}))
	s := serve(t, 1, late)
	r := s.get("/")
	<-ended
	require.Equal(t, r.Header.Get("X-Request-Id"), <-got)
}
