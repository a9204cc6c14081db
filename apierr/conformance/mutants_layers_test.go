package conformance_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/failwell/failwell/apierr"
)

// Layers of mutants that are more than a change of a response.

// within applies the layer to requests whose path begins with the prefix.
func within(prefix string, l wrapper) wrapper {
	return func(next http.Handler) http.Handler {
		changed := l(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, prefix) {
				changed.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// recovers calls then with the value of a panic, in place of the panic, where
// it chooses the value.
func recovers(chooses func(v any) bool, then func(w http.ResponseWriter, r *http.Request, v any)) wrapper {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				switch v := recover(); {
				case v == nil:
				case chooses(v):
					then(w, r, v)
				default:
					panic(v)
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
}

func anything(any) bool { return true }

func isError(v any) bool {
	_, ok := v.(error)
	return ok
}

func isAbort(v any) bool {
	err, ok := v.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}

func nothing(http.ResponseWriter, *http.Request, any) {}

// shows answers with the value of a panic as the message.
func shows(w http.ResponseWriter, r *http.Request, v any) {
	apierr.Write(w, r, apierr.Internal.WithMessage(fmt.Sprint(v)))
}

// prints ends a response with the value of a panic.
func prints(w http.ResponseWriter, _ *http.Request, v any) { fmt.Fprint(w, v) }

// appends ends a response with an envelope.
func appends(w http.ResponseWriter, _ *http.Request, _ any) {
	io.WriteString(w, `{"error":{"code":"STREAM_FAILED","message":"The response failed"}}`)
}

// behind writes the text behind the response.
func behind(text string) wrapper {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			io.WriteString(w, text)
		})
	}
}

// oneStatus passes the first status alone: what a handler writes after it is
// appended to the response.
func oneStatus(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&oneStatusWriter{ResponseWriter: w}, r)
	})
}

type oneStatusWriter struct {
	http.ResponseWriter
	begun bool
}

func (w *oneStatusWriter) WriteHeader(status int) {
	if !w.begun {
		w.begun = true
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *oneStatusWriter) Write(b []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(b)
}

func (w *oneStatusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// showsText answers http.Error with its text as the message.
func showsText(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		apierr.Write(w, r, apierr.Internal.WithMessage(strings.TrimSpace(rec.Body.String())))
	})
}

// takesOver sends the responses to the chosen HTTP/1.1 requests by hand, as the
// bytes that change makes of them, and closes the connection; reset: with a
// reset, as it happens where bytes of the client are unread.
func takesOver(chooses when, reset bool, change func(head, body []byte) []byte) wrapper {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ProtoMajor != 1 || !chooses(r, 0, nil) {
				next.ServeHTTP(w, r)
				return
			}
			asked := r
			if r.Method == http.MethodHead { // the body that GET would have
				asked = r.Clone(r.Context())
				asked.Method = http.MethodGet
			}
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, asked)
			var head bytes.Buffer
			fmt.Fprintf(&head, "HTTP/1.1 %d %s\r\nConnection: close\r\n", rec.Code, http.StatusText(rec.Code))
			rec.Result().Header.Write(&head)
			head.WriteString("\r\n")
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				panic(err)
			}
			defer conn.Close()
			conn.Write(change(head.Bytes(), rec.Body.Bytes()))
			if tcp, ok := conn.(*net.TCPConn); ok && reset {
				tcp.SetLinger(0)
			}
		})
	}
}

func withBody(head, body []byte) []byte { return append(head, body...) }

// crowd is how many requests are under way at once before loaded breaks.
const crowd = 24

// loaded calls breaks in place of the handler for every tenth request that comes
// while many are under way.
func loaded(breaks func(next http.Handler) http.Handler) wrapper {
	return func(next http.Handler) http.Handler {
		var under, count atomic.Int64
		broken := breaks(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer under.Add(-1)
			n := under.Add(1)
			if n > 1 {
				time.Sleep(5 * time.Millisecond) // so that a crowd gathers
			}
			if n > crowd && count.Add(1)%10 == 0 {
				broken.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// shared sends a response that an earlier request had, but for the IDs in the
// header.
func shared() wrapper {
	var mu sync.Mutex
	var last []byte
	return alter(func(_ *http.Request, status int, _ http.Header) bool { return status >= 400 }, func(_ *http.Request, p *reply) {
		mu.Lock()
		defer mu.Unlock()
		own := p.body
		if last != nil {
			p.set(last)
		}
		last = own
	})
}

// leaks leaves a goroutine behind for each request, until the process ends.
func leaks(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		go func() { select {} }()
		next.ServeHTTP(w, r)
	})
}

// marked is the key of what marks sets.
type marked struct{}

// marks marks requests for showsMarked.
func marks(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), marked{}, true)))
	})
}

// showsMarked is a mapper that answers with the text of the error.
func showsMarked(ctx context.Context, err error) *apierr.Error {
	if ctx.Value(marked{}) == nil {
		return nil
	}
	return apierr.Internal.WithMessage(err.Error())
}

// lostWhereMarked is a mapper that answers every error with a 404.
func lostWhereMarked(ctx context.Context, _ error) *apierr.Error {
	if ctx.Value(marked{}) == nil {
		return nil
	}
	return apierr.NotFound
}

// byHand answers with an envelope that has no IDs.
func byHand(http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusInternalServerError)
		io.WriteString(w, `{"error":{"code":"INTERNAL_SERVER_ERROR","status":500,"message":"Broken"}}`)
	})
}
