package middleware_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// show prints the answer to a request, without its IDs, which differ each time.
func show(h http.Handler, method, path, body string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	fmt.Println(w.Code, w.Body)
}

// quietly leaves the log out of the examples that are not about it.
var quietly = middleware.WithLogger(nil)

// An existing handler that knows nothing of the library, and the one line
// around it: a server would give the result to http.ListenAndServe.
func ExampleNew() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") != "42" {
			http.Error(w, "no such user", http.StatusNotFound)
			return
		}
		fmt.Fprintln(w, `{"name":"Ada"}`)
	})
	mux.HandleFunc("GET /crash", func(http.ResponseWriter, *http.Request) { panic("a secret") })

	handler := middleware.New(apierr.Standard, middleware.WithLogger(nil))(mux)

	for _, path := range []string{"/users/42", "/users/7", "/crash", "/nowhere"} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
	}
	// Output:
	// 200 {"name":"Ada"}
	// 404 {"error":{"code":"RESOURCE_NOT_FOUND","message":"no such user"}}
	// 500 {"error":{"code":"INTERNAL_SERVER_ERROR","message":"An unexpected error occurred"}}
	// 404 {"error":{"code":"RESOURCE_NOT_FOUND","message":"The resource does not exist"}}
}

// Handlers return errors. What is not for clients stays in the log.
func ExampleNew_returnedErrors() {
	handler := middleware.New(apierr.Standard, quietly)(apierr.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		if r.URL.Path == "/busy" {
			return apierr.Conflict.WithMessage("The job is still running").With("job", 7)
		}
		return errors.New("dial tcp 10.0.0.7:5432: connection refused")
	}))
	show(handler, "GET", "/busy", "")
	show(handler, "GET", "/", "")
	// Output:
	// 409 {"error":{"code":"RESOURCE_CONFLICT","message":"The job is still running","details":{"job":7}}}
	// 500 {"error":{"code":"INTERNAL_SERVER_ERROR","message":"An unexpected error occurred"}}
}

// Two versions of an API have different contracts. They share the IDs and the log
// record of the New around them.
func ExampleNew_nested() {
	problems := apierr.Contract{Name: "v2", Format: apierr.Problem{}, RequestIDHeader: "Request-Id"}
	users := apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return apierr.NotFound })

	mux := http.NewServeMux()
	mux.Handle("/v1/users", users)
	mux.Handle("/v2/users", middleware.New(problems)(users))
	handler := middleware.New(apierr.Standard, quietly)(mux)

	for _, path := range []string{"/v1/users", "/v2/users"} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Println(w.Code, w.Header().Get("Content-Type"), len(w.Header()["X-Request-Id"]), len(w.Header()["Request-Id"]))
	}
	// Output:
	// 404 application/json 1 0
	// 404 application/problem+json 0 1
}

// A mapper maps the errors of another package to errors for clients.
func ExampleWithErrorMapper() {
	rows := middleware.WithErrorMapper(func(_ context.Context, err error) *apierr.Error {
		if errors.Is(err, sql.ErrNoRows) {
			return apierr.NotFound
		}
		return nil
	})
	handler := middleware.New(apierr.Standard, quietly, rows)(apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
		return fmt.Errorf("user 7: %w", sql.ErrNoRows)
	}))
	show(handler, "GET", "/", "")
	// Output:
	// 404 {"error":{"code":"RESOURCE_NOT_FOUND","message":"The resource does not exist"}}
}

// An observer counts requests by route and code.
func ExampleWithObserver() {
	count := middleware.WithObserver(func(_ context.Context, o middleware.Outcome) {
		code := "OK"
		if o.Error != nil {
			code = o.Error.Code
		}
		fmt.Printf("requests{route=%q, status=%d, code=%q} cause: %v\n", o.Route, o.Status, code, o.Cause)
	})
	mux := http.NewServeMux()
	mux.Handle("GET /users/{id}", apierr.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
		return apierr.Conflict.Wrap(errors.New("row is locked"))
	}))
	handler := middleware.New(apierr.Standard, quietly, count)(mux)
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/users/7", nil))
	// Output:
	// requests{route="/users/{id}", status=409, code="RESOURCE_CONFLICT"} cause: RESOURCE_CONFLICT: The request conflicts with the state of the resource: row is locked
}

// Health checks are logged only when they fail, and of all other successes one
// in a hundred. The correlation ID decides, so that all services that a request
// passes through log the same ones.
func ExampleWithSkipLog() {
	oneIn := func(n uint32, r *http.Request) bool {
		h := fnv.New32a()
		io.WriteString(h, apierr.CorrelationID(r.Context()))
		return h.Sum32()%n == 0
	}
	sample := middleware.WithSkipLog(func(r *http.Request) bool {
		return r.URL.Path == "/healthz" || !oneIn(100, r)
	})
	var log bytes.Buffer
	handler := middleware.New(apierr.Standard, sample, middleware.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/broken" {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}))
	for i := range 1000 {
		for _, path := range []string{"/healthz", "/users", "/broken"} {
			r := httptest.NewRequest("GET", path, nil)
			r.Header.Set("X-Correlation-Id", fmt.Sprint("chain-", i))
			handler.ServeHTTP(httptest.NewRecorder(), r)
		}
	}
	for _, path := range []string{"/healthz", "/users", "/broken"} {
		fmt.Println(path, strings.Count(log.String(), "path="+path+" "))
	}
	// Output:
	// /healthz 0
	// /users 9
	// /broken 1000
}

// Every tenth success is logged, and every failure: skip is asked about each
// request, and New logs one that has failed all the same.
func ExampleWithSkipLog_everyNth() {
	var served atomic.Int64
	sample := middleware.WithSkipLog(func(*http.Request) bool { return served.Add(1)%10 != 0 })
	var log bytes.Buffer
	handler := middleware.New(apierr.Standard, sample, middleware.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))(
		apierr.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
			if r.URL.Path == "/broken" {
				return apierr.Unavailable
			}
			return nil
		}))
	for range 100 {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/users", nil))
	}
	for range 5 {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/broken", nil))
	}
	fmt.Println("successes:", strings.Count(log.String(), "status=200"))
	fmt.Println("failures:", strings.Count(log.String(), "status=503"))
	// Output:
	// successes: 10
	// failures: 5
}

// A pool of work is marked in the context of the handler, and counts the requests
// that are under way.
func ExampleWithStart() {
	type poolKey struct{}
	var underWay atomic.Int64
	count := middleware.WithStart(func(r *http.Request) (context.Context, func(middleware.Outcome)) {
		underWay.Add(1)
		ctx := context.WithValue(r.Context(), poolKey{}, "blue")
		return ctx, func(o middleware.Outcome) {
			fmt.Println("ended with", o.Status, "and now under way:", underWay.Add(-1))
		}
	})
	handler := middleware.New(apierr.Standard, quietly, count)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println("in pool", r.Context().Value(poolKey{}), "under way:", underWay.Load())
		panic("boom")
	}))
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	// Output:
	// in pool blue under way: 1
	// ended with 500 and now under way: 0
}

// The correlation ID is the trace of the gateway in front of the server: Google
// Cloud sends X-Cloud-Trace-Context, TRACE/SPAN;o=1, and AWS sends
// X-Amzn-Trace-Id, Self=...;Root=...;Parent=... An ID that is not safe is not
// used. Read such a header only where a gateway sets it: a client can send it
// too.
func ExampleWithCorrelationID() {
	traceOf := middleware.WithCorrelationID(func(r *http.Request) string {
		if google := r.Header.Get("X-Cloud-Trace-Context"); google != "" {
			trace, _, _ := strings.Cut(google, "/")
			return trace
		}
		for field := range strings.SplitSeq(r.Header.Get("X-Amzn-Trace-Id"), ";") {
			if root, ok := strings.CutPrefix(strings.TrimSpace(field), "Root="); ok {
				return root
			}
		}
		return "" // as without the option
	})
	handler := middleware.New(apierr.Standard, quietly, traceOf)(http.NotFoundHandler())
	for _, header := range [][2]string{
		{"X-Cloud-Trace-Context", "105445aa7843bc8bf206b12000100000/1;o=1"},
		{"X-Amzn-Trace-Id", "Self=1-67891234-12456789abcdef012345678a;Root=1-67891233-abcdef012345678912345678"},
		{"X-Amzn-Trace-Id", "Root=<script>"},
		{"X-Correlation-Id", "order-7"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set(header[0], header[1])
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if id := w.Header().Get("X-Correlation-Id"); id == w.Header().Get("X-Request-Id") {
			fmt.Println("the request ID")
		} else {
			fmt.Println(id)
		}
	}
	// Output:
	// 105445aa7843bc8bf206b12000100000
	// 1-67891233-abcdef012345678912345678
	// the request ID
	// order-7
}

// An application that makes request IDs keeps them.
func ExampleWithRequestID() {
	number := 41
	count := middleware.WithRequestID(func(*http.Request) string {
		number++ // a server needs sync/atomic here
		return fmt.Sprint("req-", number)
	})
	handler := middleware.New(apierr.Standard, quietly, count)(http.NotFoundHandler())
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Header().Get("X-Request-Id"))
	// Output:
	// req-42
}

// One route may read more, and take longer, than the others.
func ExampleMaxBody() {
	read := apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(w, len(b), "bytes")
		return err
	})
	mux := http.NewServeMux()
	mux.Handle("POST /note", read)
	mux.Handle("POST /upload", middleware.MaxBody(100)(middleware.Timeout(time.Minute)(read)))
	handler := middleware.New(apierr.Standard, quietly, middleware.WithMaxBody(10), middleware.WithTimeout(time.Second))(mux)

	show(handler, "POST", "/note", "more than ten bytes")
	show(handler, "POST", "/upload", "more than ten bytes")
	// Output:
	// 413 {"error":{"code":"REQUEST_BODY_TOO_LARGE","message":"The request body is too large"}}
	// 200 19 bytes
}

// Every record that a handler makes with the request's context has its IDs.
func ExampleLogHandler() {
	text := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{} // differs each time
		}
		return a
	}})
	logger := slog.New(middleware.LogHandler(text))

	gateway := func(*http.Request) bool { return true } // who may name requests
	handler := middleware.New(apierr.Standard, quietly, middleware.WithTrustedIDs(gateway))(
		http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			logger.InfoContext(r.Context(), "charged", "cents", 500)
		}))
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("X-Request-Id", "req-1")
	r.Header.Set("X-Correlation-Id", "order-7")
	handler.ServeHTTP(httptest.NewRecorder(), r)
	// Output:
	// level=INFO msg=charged cents=500 request_id=req-1 correlation_id=order-7
}

// A group of routes behind a layer that adds to the context, as authentication
// does. The patterns of the group begin at the root, without http.StripPrefix, so
// that the record has the whole route; Route reports it past the layer.
func ExampleRoute() {
	type account struct{}
	authenticated := func(next http.Handler) http.Handler {
		return apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
			if r.Header.Get("Authorization") == "" {
				return apierr.Unauthenticated
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), account{}, "alice")))
			return nil
		})
	}
	group := http.NewServeMux()
	group.HandleFunc("GET /v1/orders/{id}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "order", r.PathValue("id")) })
	mux := http.NewServeMux()
	mux.Handle("/v1/", authenticated(middleware.Route(group)))

	route := middleware.WithObserver(func(_ context.Context, o middleware.Outcome) { fmt.Println(o.Status, o.Route) })
	handler := middleware.New(apierr.Standard, quietly, route)(mux)
	for _, key := range []string{"", "Bearer key"} {
		r := httptest.NewRequest("GET", "/v1/orders/7", nil)
		r.Header.Set("Authorization", key)
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	// Output:
	// 401 /v1/
	// 200 /v1/orders/{id}
}

// A layer of a router that does not set Request.Pattern reports the pattern.
func ExampleSetRoute() {
	routed := func(w http.ResponseWriter, r *http.Request) {
		middleware.SetRoute(r.Context(), "/users/:id") // in gin: c.FullPath()
		fmt.Fprintln(w, "ok")
	}
	route := middleware.WithObserver(func(_ context.Context, o middleware.Outcome) { fmt.Println(o.Route) })
	handler := middleware.New(apierr.Standard, quietly, route)(http.HandlerFunc(routed))
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/users/7", nil))
	// Output:
	// /users/:id
}
