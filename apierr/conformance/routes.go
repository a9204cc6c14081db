package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/failwell/failwell/apierr"
)

// Paths of the kit's own handlers.
const (
	raisePath   = "/conformance/raise/"
	panicPath   = "/conformance/panic/"
	statusPath  = "/conformance/status/"
	stalePath   = "/conformance/stale/"
	keptPath    = "/conformance/kept/"
	streamPath  = "/conformance/stream/"
	abortPath   = "/conformance/abort"
	unknownPath = "/conformance/unknown-error"
	errorPath   = "/conformance/http-error"
	slowPath    = "/conformance/slow"
	latePath    = "/conformance/late-error"
)

// handlers returns the kit's own handlers, which fail in every way that the
// scenarios name. What they put into causes and panics has the canary in it.
func (r *run) handlers() http.Handler {
	mux := http.NewServeMux()
	declared := r.model.contract.Declared()
	mux.HandleFunc(raisePath+"{n}", func(w http.ResponseWriter, req *http.Request) {
		n, err := strconv.Atoi(req.PathValue("n"))
		if err != nil || n < 0 || n >= len(declared) {
			http.NotFound(w, req)
			return
		}
		r.raise(w, req, declared[n])
	})
	mux.HandleFunc(panicPath+"{kind}", func(_ http.ResponseWriter, req *http.Request) { r.panicWith(req.PathValue("kind")) })
	mux.HandleFunc(abortPath, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	mux.HandleFunc(unknownPath, func(w http.ResponseWriter, req *http.Request) { r.raise(w, req, r.cause()) })
	mux.HandleFunc(errorPath, func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, r.canary+": dial tcp 10.0.0.7:5432: connection refused", http.StatusInternalServerError)
	})
	mux.HandleFunc(statusPath+"{status}", func(w http.ResponseWriter, req *http.Request) {
		if status, err := strconv.Atoi(req.PathValue("status")); err == nil && status >= 400 && status < 600 {
			w.WriteHeader(status)
		}
	})
	mux.HandleFunc(slowPath, r.slow)
	mux.HandleFunc(stalePath+"{way}", func(w http.ResponseWriter, req *http.Request) {
		setAll(w.Header(), staleFields)
		r.fail(w, req)
	})
	mux.HandleFunc(keptPath+"{way}", func(w http.ResponseWriter, req *http.Request) {
		setAll(w.Header(), keptFields)
		r.fail(w, req)
	})
	mux.HandleFunc(streamPath+"{kind}/{way}", r.stream)
	mux.HandleFunc(latePath, func(w http.ResponseWriter, req *http.Request) {
		begin(w, "text/plain; charset=utf-8", firstHalf)
		http.Error(w, r.canary+": the second half", http.StatusInternalServerError)
	})
	return mux
}

// cause is an error of no known type, as a driver returns it.
func (r *run) cause() error {
	return fmt.Errorf("%s: select: %w", r.canary, errors.New("connection refused"))
}

// ways are how a handler fails once it has set fields or begun a stream.
var ways = []string{"error", "panic"}

// fail fails in the way that the path names.
func (r *run) fail(w http.ResponseWriter, req *http.Request) {
	if req.PathValue("way") == "panic" {
		panic(r.canary)
	}
	r.raise(w, req, r.cause())
}

// panicKinds are the values that panicWith panics with.
var panicKinds = []string{"text", "error", "wrapped", "value", "nil-map", "index", "nil"}

func (r *run) panicWith(kind string) {
	switch kind {
	case "text":
		panic(r.canary + ": a text")
	case "error":
		panic(errors.New(r.canary + ": an error"))
	case "wrapped":
		panic(fmt.Errorf("%s: %w", r.canary, io.ErrUnexpectedEOF))
	case "value":
		panic(struct{ Secret string }{r.canary})
	case "nil-map":
		nilMap()[r.canary] = 1
	case "index":
		_ = []int{}[len(r.canary)]
	case "nil":
		panic(nil)
	}
}

func nilMap() map[string]int { return nil }

// slowTime is how long the slow handler waits for the end of its context.
const slowTime = 4 * time.Second

// unhurried is the body of the slow handler if its context has no end.
const unhurried = "the context did not end\n"

func (r *run) slow(w http.ResponseWriter, req *http.Request) {
	select {
	case <-req.Context().Done():
		r.raise(w, req, fmt.Errorf("%s: %w", r.canary, context.Cause(req.Context())))
	case <-time.After(slowTime):
		io.WriteString(w, unhurried)
	}
}

// staleFields describe the content of a success.
var staleFields = map[string]string{
	"Content-Encoding":    "gzip",
	"Content-Length":      "4096",
	"Etag":                `"conformance"`,
	"Last-Modified":       "Thu, 01 Jan 2026 00:00:00 GMT",
	"Cache-Control":       "public, max-age=600",
	"Expires":             "Thu, 01 Jan 2099 00:00:00 GMT",
	"Cdn-Cache-Control":   "max-age=600",
	"Surrogate-Control":   "max-age=600",
	"Content-Disposition": `attachment; filename="report.csv"`,
	"Content-Location":    "/report.csv",
	"Content-Range":       "bytes 0-4095/4096",
	"Repr-Digest":         "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
}

// keptFields are set by layers, and stay true when the handler fails.
var keptFields = map[string]string{
	"Vary":                             "Origin",
	"Access-Control-Allow-Origin":      "https://client.example",
	"Access-Control-Allow-Credentials": "true",
	"Strict-Transport-Security":        "max-age=31536000",
	"X-Conformance":                    "kept",
}

func setAll(h http.Header, fields map[string]string) {
	for name, value := range fields {
		h.Set(name, value)
	}
}

// What streams send before they fail.
const (
	firstEvents = "event: number\ndata: 1\n\nevent: number\ndata: 2\n\n"
	firstLines  = "{\"number\":1}\n{\"number\":2}\n"
	firstHalf   = "the first half\n"
)

// stream begins a response of the kind that the path names, and fails.
func (r *run) stream(w http.ResponseWriter, req *http.Request) {
	switch req.PathValue("kind") {
	case "sse":
		begin(w, "text/event-stream", firstEvents)
	case "ndjson":
		begin(w, "application/x-ndjson", firstLines)
	default:
		begin(w, "text/plain; charset=utf-8", firstHalf)
	}
	r.fail(w, req)
}

// begin sends the first part of a body. A writer that cannot be flushed sends it
// later.
func begin(w http.ResponseWriter, contentType, text string) {
	w.Header().Set("Content-Type", contentType)
	io.WriteString(w, text)
	http.NewResponseController(w).Flush()
}

// indexOf returns the path that raises a declared error.
func indexOf(declared []*apierr.Error, e *apierr.Error) string {
	for n := range declared {
		if declared[n] == e {
			return raisePath + strconv.Itoa(n)
		}
	}
	return raisePath
}
