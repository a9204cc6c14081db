package middleware_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// What New adds to a request, with an HTTP/1 writer and a context as deep as
// the server's: the exchange, and what the handler and net/http make.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates too")
	}
	quiet, json := middleware.WithLogger(nil), middleware.WithLogger(slog.New(slog.NewJSONHandler(io.Discard, nil)))
	startNothing := middleware.WithStart(func(*http.Request) (context.Context, func(middleware.Outcome)) {
		return nil, func(middleware.Outcome) {}
	})
	fine := http.HandlerFunc(ok)
	for _, test := range []struct {
		name    string
		handler http.Handler
		opts    []middleware.Option
		most    int
	}{
		{"a success", fine, []middleware.Option{quiet}, 2},
		{"a success, logged", fine, []middleware.Option{json}, 5},
		{"a success, WithStart", fine, []middleware.Option{quiet, startNothing}, 4},
		{"New in New", middleware.New(apierr.Standard)(fine), []middleware.Option{quiet}, 3},
		{"an error", returns(apierr.Conflict), []middleware.Option{quiet}, 3},
		{"a foreign failure", http.NotFoundHandler(), []middleware.Option{quiet}, 16},
	} {
		h := middleware.New(apierr.Standard, test.opts...)(test.handler)
		w, template, r := &wire{make(http.Header, 8)}, serverRequest(), new(http.Request)
		n := testing.AllocsPerRun(200, func() {
			*r = *template
			clear(w.h)
			h.ServeHTTP(w, r)
		})
		require.LessOrEqual(t, int(n), test.most, test.name)
		t.Logf("%-22s %.0f", test.name, n)
	}
}
