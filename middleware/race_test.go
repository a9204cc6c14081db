package middleware_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// mixed fails in the way that the path says, with the request's own mark in
// all that it says.
func mixed() http.Handler {
	mark := func(r *http.Request) string { return r.Header.Get("X-Mark") }
	details := apierr.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		return apierr.Conflict.With("mark", mark(r)).WithHeader("X-Marked", mark(r)).Wrap(errors.New(mark(r)))
	})
	text := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, mark(r), 400) })
	panicking := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { panic(mark(r)) })
	stream := apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", events)
		fmt.Fprintf(w, "data: %s\n\n", mark(r))
		return apierr.Conflict.With("mark", mark(r))
	})
	// The abandoned ones fail while their exchange is being answered.
	late := func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Microsecond, "") }
	mux := http.NewServeMux()
	for path, h := range map[string]http.Handler{
		"ok":           http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, mark(r)) }),
		"details":      details,
		"text":         text,
		"panic":        panicking,
		"stream":       stream,
		"cut":          begun("text/csv", "a,b\n", true, panicking),
		"abort":        panics(http.ErrAbortHandler),
		"late-details": late(details),
		"late-text":    late(text),
		"late-panic":   late(panicking),
		"late-stream":  late(stream),
		"inner":        middleware.New(apierr.Standard)(details),
		"late-inner":   late(middleware.New(apierr.Standard)(details)),
		"inner-late":   middleware.New(apierr.Standard)(late(details)),
		"zip":          gzipping(middleware.New(apierr.Standard)(details)),
		"limits":       middleware.MaxBody(10)(middleware.Timeout(time.Hour)(details)),
	} {
		mux.Handle("/"+path, h)
	}
	return mux
}

var marks = regexp.MustCompile(`mark-\d{4}`)

// A thousand failures at once, and each is its own.
func TestNoTwoExchangesMix(t *testing.T) {
	logged := newRecords()
	h := middleware.New(apierr.Standard, logTo(logged))(mixed())
	received := mixUp(t, 1024, 1024, func(path, mark string) (http.Header, string) {
		w, r := httptest.NewRecorder(), httptest.NewRequest("POST", path, nil)
		r.Header = http.Header{"X-Mark": {mark}, "X-Correlation-Id": {mark}}
		defer func() { recover() }() // of a cut
		h.ServeHTTP(w, r)
		return w.Header(), w.Body.String()
	})
	requireOneRecordEach(t, logged, 1024, received)
}

// The same with a network in between.
func TestNoTwoExchangesMixOnWire(t *testing.T) {
	onWire(t, mixed(), func(t *testing.T, s *site) {
		received := mixUp(t, 160, 32, func(path, mark string) (http.Header, string) {
			// Not GET, which a client may send twice.
			r := s.do("POST", path, "", "X-Mark", mark, "X-Correlation-Id", mark)
			if r.Response == nil {
				return nil, "" // cut before a byte
			}
			return r.Header, r.body
		})
		s.Close()
		requireOneRecordEach(t, s.log, 160, received)
	})
}

// mixUp sends n requests, so many of them at a time, and returns which mark
// each request ID belongs to.
func mixUp(t *testing.T, n, atOnce int, send func(path, mark string) (http.Header, string)) map[string]string {
	names := strings.Fields("ok details text panic stream cut abort late-details late-text late-panic late-stream inner late-inner inner-late zip limits")
	var all sync.WaitGroup
	var mu sync.Mutex
	received := map[string]string{}
	slots := make(chan bool, atOnce)
	for i := range n {
		slots <- true
		all.Go(func() {
			defer func() { <-slots }()
			mark := fmt.Sprintf("mark-%04d", i)
			h, body := send("/"+names[i%len(names)], mark)
			if h.Get("Content-Encoding") != "" {
				body, _ = unzip(reply{Response: &http.Response{Header: h}, body: body})
			}
			for _, other := range marks.FindAllString(body+h.Get("X-Marked"), -1) {
				if other != mark {
					t.Errorf("%s received the answer to %s", mark, other)
				}
			}
			if h.Get("X-Request-Id") == "" {
				return
			}
			if h.Get("X-Correlation-Id") != mark || len(h["X-Request-Id"]) != 1 {
				t.Errorf("%s has the IDs %v", mark, h)
			}
			mu.Lock()
			defer mu.Unlock()
			received[h.Get("X-Request-Id")] = mark
		})
	}
	all.Wait()
	require.Greater(t, len(received), n*3/4)
	return received
}

func requireOneRecordEach(t *testing.T, logged *records, n int, received map[string]string) {
	require.Len(t, logged.come, n)
	for range n {
		rec := logged.next(t)
		if mark := received[rec["request_id"].(string)]; mark != "" {
			require.Equal(t, mark, rec["correlation_id"])
		}
		if cause, _ := rec["cause"].(string); strings.Contains(cause, "mark-") {
			require.Contains(t, cause, rec["correlation_id"])
		}
	}
}
