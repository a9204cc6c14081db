package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

type markKey struct{}

// marked is what functions of WithStart have put into ctx.
func marked(ctx context.Context) string { s, _ := ctx.Value(markKey{}).(string); return s }

// mark adds to the mark of the request's context, and sends the outcome to ends.
func mark(with string, ends chan<- middleware.Outcome) middleware.Option {
	return middleware.WithStart(func(r *http.Request) (context.Context, func(middleware.Outcome)) {
		ctx := context.WithValue(r.Context(), markKey{}, marked(r.Context())+with)
		return ctx, func(o middleware.Outcome) {
			o.CorrelationID = with // which function it was
			ends <- o
		}
	})
}

// One start and one end for each request, however it ends, and the outcome is
// that of the record. A New inside is no other request.
func TestStart(t *testing.T) {
	hijacks := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			conn.Close()
		}
	})
	timedOut, abandoned := expired(http.HandlerFunc(ok))
	for _, test := range []struct {
		name    string
		handler http.Handler
		status  int
		code    string
	}{
		{"a success", http.HandlerFunc(ok), 200, ""},
		{"nothing said", silent, 200, ""},
		{"an error", returns(apierr.Conflict), 409, "RESOURCE_CONFLICT"},
		{"a foreign failure", http.NotFoundHandler(), 404, "RESOURCE_NOT_FOUND"},
		{"a panic", panics("boom"), 500, "INTERNAL_SERVER_ERROR"},
		{"an abort", panics(http.ErrAbortHandler), 0, ""},
		{"runtime.Goexit", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { runtime.Goexit() }), 500, "INTERNAL_SERVER_ERROR"},
		{"a stream that is cut", begun("text/csv", "a,b\n", true, returns(apierr.Conflict)), 200, "RESOURCE_CONFLICT"},
		{"an event stream", begun(events, "data: x\n\n", true, panics("boom")), 200, "STREAM_FAILED"},
		{"http.TimeoutHandler", timedOut, 503, "SERVICE_UNAVAILABLE"},
		{"New in New", inside()(returns(apierr.Conflict)), 409, "RESOURCE_CONFLICT"},
		{"a panic of New in New", inside()(panics("boom")), 500, "INTERNAL_SERVER_ERROR"},
		{"a connection taken over", hijacks, 101, ""}, // HTTP/1 only
	} {
		t.Run(test.name, func(t *testing.T) {
			starts, ends := 0, make(chan middleware.Outcome, 8)
			count := middleware.WithStart(func(*http.Request) (context.Context, func(middleware.Outcome)) {
				starts++
				return nil, func(o middleware.Outcome) { ends <- o }
			})
			onWire(t, test.handler, func(t *testing.T, s *site) {
				starts = 0
				// Not GET, which the client may send twice.
				s.do("POST", "/", "")
				if test.status == 503 {
					<-abandoned
				}
				rec := s.one(t)
				require.Equal(t, 1, starts)
				require.Len(t, ends, 1)
				o := <-ends
				if test.status != 101 || o.Hijacked {
					require.Equal(t, test.status, o.Status)
				}
				require.EqualValues(t, o.Status, rec["status"])
				require.Equal(t, rec["request_id"], o.RequestID)
				code := ""
				if o.Error != nil {
					code = o.Error.Code
				}
				require.Equal(t, test.code, code)
			}, count)
		})
	}
}

// An inner New does not call its functions, and the handler inside it has the
// context of the outer one.
func TestStartOfInnerNew(t *testing.T) {
	ends := make(chan middleware.Outcome, 8)
	never := middleware.WithStart(func(*http.Request) (context.Context, func(middleware.Outcome)) {
		t.Error("called")
		return nil, nil
	})
	var seen string
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = marked(r.Context()) })
	onWire(t, inside(never)(h), func(t *testing.T, s *site) {
		s.get("/")
		s.Close()
		require.Equal(t, "a", seen)
		require.Len(t, ends, 1)
		<-ends
	}, mark("a", ends))
}

// A client that has left ends the request like any other.
func TestStartClientGone(t *testing.T) {
	in, ends := make(chan bool, 1), make(chan middleware.Outcome, 1)
	for _, h := range []http.Handler{silent, returnsContext} {
		s := serve(t, 1, entered(in, done(h)), mark("a", ends))
		conn := s.raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		<-in
		conn.Close()
		o := <-ends
		require.True(t, o.ClientGone)
		require.Equal(t, 499, o.Status)
	}
}

// Every function that is called with the context of the request is called with
// the context that the function of WithStart returned.
func TestStartContext(t *testing.T) {
	seen := map[string]string{}
	see := func(who string, ctx context.Context) { seen[who] = marked(ctx) }
	logged := newRecords()
	opts := []middleware.Option{
		middleware.WithLogger(slog.New(seeing{logged, func(ctx context.Context) { see("record", ctx) }})),
		middleware.WithObserver(func(ctx context.Context, _ middleware.Outcome) { see("WithObserver", ctx) }),
		middleware.WithErrorMapper(func(ctx context.Context, _ error) *apierr.Error { see("WithErrorMapper", ctx); return nil }),
		middleware.WithRoute(func(r *http.Request) string { see("WithRoute", r.Context()); return "" }),
		middleware.WithSkipLog(func(r *http.Request) bool { see("WithSkipLog", r.Context()); return false }),
		middleware.WithIntercept(func(r *http.Request, _ int, _ http.Header) bool { see("WithIntercept", r.Context()); return true }),
		middleware.WithCorrelationID(func(r *http.Request) string { see("WithCorrelationID", r.Context()); return "chain" }),
		mark("a", make(chan middleware.Outcome, 8)),
	}
	for _, test := range []struct {
		name    string
		handler http.Handler
		opts    []middleware.Option
		want    string // who sees it besides WithCorrelationID, WithObserver and WithRoute
	}{
		{"a success", http.HandlerFunc(ok), nil, "WithSkipLog record"},
		{"an unknown error", returns(errors.New("x")), nil, "WithErrorMapper record"},
		{"a foreign failure", http.NotFoundHandler(), nil, "WithIntercept record"},
		{"a panic", panics("boom"), nil, "WithErrorMapper record"},
		{"a deadline", done(silent), []middleware.Option{middleware.WithTimeout(time.Nanosecond)}, "WithErrorMapper record"},
		{"a New inside", inside()(returns(errors.New("x"))), nil, "WithErrorMapper record"},
	} {
		t.Run(test.name, func(t *testing.T) {
			clear(seen)
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				see("handler", r.Context())
				test.handler.ServeHTTP(w, r)
			})
			s := serveBare(t, 1, middleware.New(apierr.Standard, append(opts, test.opts...)...)(h), logged)
			r := s.get("/")
			require.Equal(t, "chain", r.Header.Get("X-Correlation-Id"))
			s.one(t)
			want := map[string]string{"handler": "a", "WithCorrelationID": "a", "WithObserver": "a", "WithRoute": "a"}
			for _, who := range strings.Fields(test.want) {
				want[who] = "a"
			}
			if test.name == "a panic" || test.name == "a deadline" {
				delete(want, "WithErrorMapper") // resolved without one
			}
			require.Equal(t, want, seen)
		})
	}
}

// seeing is a slog.Handler that shows its contexts.
type seeing struct {
	slog.Handler
	see func(context.Context)
}

func (s seeing) Handle(ctx context.Context, rec slog.Record) error {
	s.see(ctx)
	return s.Handler.Handle(ctx, rec)
}

// What the function may return, and what it may do wrong. The request is served
// in any case.
func TestStartReturns(t *testing.T) {
	type returned = func(*http.Request) (context.Context, func(middleware.Outcome))
	ended := 0
	end := func(middleware.Outcome) { ended++ }
	for _, test := range []struct {
		name      string
		start     returned
		ended     int
		secondary string
	}{
		{"nothing", func(*http.Request) (context.Context, func(middleware.Outcome)) { return nil, nil }, 0, ""},
		{"a context", func(r *http.Request) (context.Context, func(middleware.Outcome)) { return r.Context(), nil }, 0, ""},
		{"a function", func(*http.Request) (context.Context, func(middleware.Outcome)) { return nil, end }, 1, ""},
		{"both", func(r *http.Request) (context.Context, func(middleware.Outcome)) { return r.Context(), end }, 1, ""},
		{"a context that cannot be canceled", func(r *http.Request) (context.Context, func(middleware.Outcome)) {
			return context.WithoutCancel(r.Context()), end
		}, 1, ""},
		{"a context of something else", func(*http.Request) (context.Context, func(middleware.Outcome)) { return context.Background(), end }, 1, "not derived from the request's"},
		{"a context of another New", func(*http.Request) (context.Context, func(middleware.Outcome)) {
			var other context.Context
			inside(middleware.WithLogger(nil))(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { other = r.Context() })).ServeHTTP(&wire{http.Header{}}, serverRequest())
			return other, end
		}, 1, "not derived from the request's"},
		{"a panic", func(*http.Request) (context.Context, func(middleware.Outcome)) { panic("boom") }, 0, "the function of WithStart panicked: boom"},
		{"a panic as net/http aborts", func(*http.Request) (context.Context, func(middleware.Outcome)) { panic(http.ErrAbortHandler) }, 0, "the function of WithStart panicked"},
		{"a function that panics", func(*http.Request) (context.Context, func(middleware.Outcome)) {
			return nil, func(middleware.Outcome) { panic("boom") }
		}, 0, "the function returned to WithStart panicked: boom"},
	} {
		t.Run(test.name, func(t *testing.T) {
			others := make(chan middleware.Outcome, 2)
			var server any // of the context that the handler has
			h := apierr.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
				server = r.Context().Value(http.ServerContextKey)
				return apierr.Conflict
			})
			onWire(t, h, func(t *testing.T, s *site) {
				ended = 0
				r := s.get("/")
				require.Same(t, s.Config, server, "a context that is not derived from the request's is not handed on")
				require.Equal(t, "RESOURCE_CONFLICT", r.failure(t).Code)
				rec := s.one(t)
				require.Equal(t, test.ended, ended)
				require.Equal(t, r.Header.Get("X-Request-Id"), rec["request_id"])
				if test.secondary == "" {
					require.NotContains(t, rec, "secondary_error")
				} else {
					require.Contains(t, rec["secondary_error"], test.secondary)
				}
				require.Len(t, others, 2, "the others are called all the same")
				<-others
				<-others
			}, mark("a", others), middleware.WithStart(test.start), mark("b", others))
		})
	}
}

// Several begin in order, each in the context of the one before, and end in
// reverse order, after the observers and before the record.
func TestStartOrder(t *testing.T) {
	var order []string
	step := func(name string) middleware.Option {
		return middleware.WithStart(func(r *http.Request) (context.Context, func(middleware.Outcome)) {
			ctx := context.WithValue(r.Context(), markKey{}, marked(r.Context())+name)
			order = append(order, "start "+marked(ctx))
			return ctx, func(middleware.Outcome) { order = append(order, "end "+name) }
		})
	}
	logged := newRecords()
	log := slog.New(seeing{logged, func(ctx context.Context) { order = append(order, "record "+marked(ctx)) }})
	h := middleware.New(apierr.Standard, step("a"), step("b"), middleware.WithLogger(log),
		middleware.WithObserver(func(ctx context.Context, _ middleware.Outcome) { order = append(order, "observer "+marked(ctx)) }), step("c"))
	h(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { order = append(order, "handler "+marked(r.Context())) })).
		ServeHTTP(&wire{http.Header{}}, serverRequest())
	require.Equal(t, []string{"start a", "start ab", "start abc", "handler abc", "observer abc", "end c", "end b", "end a", "record abc"}, order)
}

// The function sees the request as the client sent it, with its IDs in the
// context: the request ID, and the correlation ID as it is without
// WithCorrelationID.
func TestStartRequest(t *testing.T) {
	for _, test := range []struct {
		name   string
		opts   []middleware.Option
		header [2]string
		want   string // of the correlation ID at the start, "": the request ID
	}{
		{"no header", nil, [2]string{}, ""},
		{"a correlation ID", nil, [2]string{"X-Correlation-Id", "order-7"}, "order-7"},
		{"an unsafe one", nil, [2]string{"X-Correlation-Id", "<b>"}, ""},
		{"a trace", []middleware.Option{middleware.WithTraceContext()}, [2]string{"Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}, "0af7651916cd43dd8448eb211c80319c"},
		{"an own one", []middleware.Option{middleware.WithCorrelationID(func(*http.Request) string { return "own" })}, [2]string{"X-Correlation-Id", "order-7"}, "order-7"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var id, correlation string
			var header http.Header
			start := middleware.WithStart(func(r *http.Request) (context.Context, func(middleware.Outcome)) {
				id, correlation = apierr.RequestID(r.Context()), apierr.CorrelationID(r.Context())
				header = r.Header.Clone()
				return nil, nil
			})
			onWire(t, http.HandlerFunc(ok), func(t *testing.T, s *site) {
				r := s.get("/", test.header[0], test.header[1], "X-Request-Id", "of-the-client")
				require.Equal(t, r.Header.Get("X-Request-Id"), id)
				require.Equal(t, "of-the-client", header.Get("X-Request-Id"))
				if test.want == "" {
					require.Equal(t, id, correlation)
				} else {
					require.Equal(t, test.want, correlation)
				}
			}, append(test.opts, start)...)
		})
	}
}

// A context that the function cancels is answered as one that a layer outside
// New cancels, and WithTimeout and Timeout hold in it.
func TestStartCancels(t *testing.T) {
	with := func(f func(context.Context) (context.Context, context.CancelFunc)) middleware.Option {
		return middleware.WithStart(func(r *http.Request) (context.Context, func(middleware.Outcome)) {
			ctx, cancel := f(r.Context())
			return ctx, func(middleware.Outcome) { cancel() }
		})
	}
	canceled := with(func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		return ctx, cancel
	})
	late := with(func(ctx context.Context) (context.Context, context.CancelFunc) {
		return context.WithTimeout(ctx, time.Nanosecond)
	})
	fine := with(context.WithCancel)
	soon := middleware.WithTimeout(time.Nanosecond)
	for _, test := range []struct {
		name    string
		handler http.Handler
		opts    []middleware.Option
		want    string
	}{
		{"canceled at the end only", http.HandlerFunc(ok), []middleware.Option{fine}, ""},
		{"canceled, nothing written", done(silent), []middleware.Option{canceled}, "SERVICE_UNAVAILABLE"},
		{"canceled, returned", done(returnsContext), []middleware.Option{canceled}, "SERVICE_UNAVAILABLE"},
		{"a deadline, nothing written", done(silent), []middleware.Option{late}, "GATEWAY_TIMEOUT"},
		{"a deadline, returned", done(returnsContext), []middleware.Option{late}, "GATEWAY_TIMEOUT"},
		{"WithTimeout", done(silent), []middleware.Option{fine, soon}, "GATEWAY_TIMEOUT"},
		{"Timeout", middleware.Timeout(time.Nanosecond)(done(silent)), []middleware.Option{fine}, "GATEWAY_TIMEOUT"},
		{"Timeout lifts that of WithTimeout", middleware.Timeout(time.Hour)(http.HandlerFunc(ok)), []middleware.Option{fine, soon}, ""},
		{"Timeout does not lift that of the function", middleware.Timeout(time.Hour)(done(silent)), []middleware.Option{late}, "GATEWAY_TIMEOUT"},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				require.Equal(t, test.want, s.get("/").code())
				s.one(t)
			}, test.opts...)
		})
	}
}

// Without a logger and an observer the functions are called all the same.
func TestStartAlone(t *testing.T) {
	ends := make(chan middleware.Outcome, 1)
	s := serve(t, 1, returns(apierr.Conflict), middleware.WithLogger(nil), mark("a", ends))
	r := s.get("/")
	o := <-ends
	require.Equal(t, 409, o.Status)
	require.EqualValues(t, len(r.body), o.Bytes)
}

// A handler that http.TimeoutHandler has abandoned keeps the context.
func TestStartAbandoned(t *testing.T) {
	got := make(chan string, 1)
	late, abandoned := expired(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got <- fmt.Sprint(marked(r.Context()), " ", apierr.RequestID(r.Context()))
	}))
	s := serve(t, 1, late, mark("a", make(chan middleware.Outcome, 1)))
	r := s.get("/")
	<-abandoned
	require.Equal(t, "a "+r.Header.Get("X-Request-Id"), <-got)
}
