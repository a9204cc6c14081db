package middleware_test

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// The layers between a handler and New, by what they do with an answer.
// Each is as small as its kind allows.

// recorder counts by status, as a logging layer does.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
func (r *recorder) WriteHeader(status int)      { r.status = status; r.ResponseWriter.WriteHeader(status) }

func counting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(&recorder{ResponseWriter: w}, r) })
}

// delayed is gin's writer: the status goes out with the first byte.
type delayed struct {
	http.ResponseWriter
	status int
	sent   bool
}

func (d *delayed) WriteHeader(status int) { d.status = status }
func (d *delayed) Flush()                 { d.now(); http.NewResponseController(d.ResponseWriter).Flush() }
func (d *delayed) Write(p []byte) (int, error) {
	d.now()
	return d.ResponseWriter.Write(p)
}
func (d *delayed) now() {
	if !d.sent {
		d.sent = true
		d.ResponseWriter.WriteHeader(max(d.status, 200))
	}
}

func delaying(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d := &delayed{ResponseWriter: w}
		next.ServeHTTP(d, r)
		d.now()
	})
}

// ownHeader passes all on, but has a header of its own until then.
type ownHeader struct {
	w    http.ResponseWriter
	h    http.Header
	sent bool
}

func (o *ownHeader) Header() http.Header { return o.h }
func (o *ownHeader) WriteHeader(status int) {
	if !o.sent {
		o.sent = true
		maps.Copy(o.w.Header(), o.h)
		o.w.WriteHeader(status)
	}
}
func (o *ownHeader) Write(p []byte) (int, error) {
	o.WriteHeader(200)
	return o.w.Write(p)
}

func heading(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&ownHeader{w: w, h: http.Header{}}, r)
	})
}

// recording has a httptest.ResponseRecorder take all, and replays it.
func recording(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		for name, values := range rec.Header() {
			w.Header().Set(name, values[0])
		}
		w.WriteHeader(rec.Code)
		io.Copy(w, rec.Body)
	})
}

// buffering collects the body, as http.TimeoutHandler and bufio writers do.
func buffering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := bufio.NewWriterSize(w, 1<<16)
		next.ServeHTTP(splitWriter{w, b}, r)
		b.Flush()
	})
}

type splitWriter struct {
	http.ResponseWriter
	b io.Writer
}

func (s splitWriter) Write(p []byte) (int, error) { return s.b.Write(p) }

func inTime(next http.Handler) http.Handler { return http.TimeoutHandler(next, time.Hour, "") }

var passing = map[string]func(http.Handler) http.Handler{
	"none":           func(h http.Handler) http.Handler { return h },
	"unwraps":        wrapping,
	"counts":         counting,
	"delays":         delaying,
	"own header":     heading,
	"records":        recording,
	"buffers":        buffering,
	"TimeoutHandler": inTime,
	"a second New":   middleware.New(apierr.Standard),
	"two":            func(h http.Handler) http.Handler { return counting(delaying(h)) },
	"two, recorded":  func(h http.Handler) http.Handler { return recording(inTime(h)) },
}

// Layers that pass an answer on pass it on as it is, with an encoding of the
// handler's for another body or without, and nothing follows it.
func TestLayersThatPass(t *testing.T) {
	for name, layer := range passing {
		t.Run(name, func(t *testing.T) {
			for _, test := range []struct {
				name    string
				handler http.Handler
				status  int
				code    string
			}{
				{"a success", http.HandlerFunc(ok), 200, ""},
				{"an error", returns(apierr.Conflict), 409, "RESOURCE_CONFLICT"},
				{"an error and an encoding", setting([]string{"Content-Encoding", "gzip"}, returns(apierr.Conflict)), 409, "RESOURCE_CONFLICT"},
				{"two errors", two(returns(apierr.Conflict), returns(apierr.Forbidden)), 409, "RESOURCE_CONFLICT"},
				{"an error, then JSON", two(returns(apierr.Conflict), http.HandlerFunc(ok)), 409, "RESOURCE_CONFLICT"},
				{"http.Error", fails(404, "no such user"), 404, "RESOURCE_NOT_FOUND"},
				{"a bare status", bare(404), 404, "RESOURCE_NOT_FOUND"},
				{"an unknown error", returns(io.ErrNoProgress), 500, "INTERNAL_SERVER_ERROR"},
				{"an error of a success's status", returns(&apierr.Error{Code: "odd", Status: 200}), 200, "odd"},
			} {
				t.Run(test.name, func(t *testing.T) {
					onWire(t, layer(test.handler), func(t *testing.T, s *site) {
						for _, method := range []string{"GET", "HEAD"} {
							r := s.do(method, "/", "")
							require.NoError(t, r.err)
							require.Equal(t, test.status, r.StatusCode)
							require.Empty(t, r.Header.Get("Content-Encoding"))
							if method == "GET" && test.code != "" {
								require.Equal(t, test.code, r.failure(t).Code)
							}
							rec := s.log.next(t)
							require.EqualValues(t, test.status, rec["status"])
							if test.code != "" {
								require.Equal(t, test.code, rec["code"])
							}
							if test.code == "INTERNAL_SERVER_ERROR" {
								require.Equal(t, io.ErrNoProgress.Error(), rec["cause"])
							}
						}
					})
				})
			}
		})
	}
}

// Nothing follows the last event or line, whatever writer the handler holds. A
// layer that keeps the body back has no stream.
func TestLastEventThroughLayers(t *testing.T) {
	for name, layer := range passing {
		switch name {
		case "records", "buffers", "TimeoutHandler", "two, recorded":
			continue
		}
		t.Run(name, func(t *testing.T) {
			more := begun(events, "data: more\n\n", true, http.HandlerFunc(nothing))
			onWire(t, layer(begun(events, "data: a\n\n", true, two(returns(apierr.Conflict), more))), func(t *testing.T, s *site) {
				r := s.get("/")
				require.NoError(t, r.err)
				require.Contains(t, r.body, "event: error\ndata: {")
				require.Equal(t, 1, strings.Count(r.body, "RESOURCE_CONFLICT"))
				require.NotContains(t, r.body, "more")
				require.True(t, strings.HasSuffix(r.body, "}}\n\n"), r.body)
				require.Equal(t, "RESOURCE_CONFLICT", s.one(t)["code"])
			})
		})
	}
}

// fallback turns a 404 of its handler into the index of a single-page
// application, by a writer that shares the header.
type fallback struct {
	http.ResponseWriter
	gone bool
}

func (f *fallback) WriteHeader(status int) {
	if f.gone = status == 404; !f.gone {
		f.ResponseWriter.WriteHeader(status)
	}
}

func (f *fallback) Write(p []byte) (int, error) {
	if f.gone {
		return len(p), nil
	}
	return f.ResponseWriter.Write(p)
}

// What is written to a writer of the layer's own is the layer's, and its
// response stands.
func TestLayersThatKeep(t *testing.T) {
	const index = "<!doctype html><p>the application</p>"
	writeIndex := func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, index)
	}
	sharedFallback := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			f := &fallback{ResponseWriter: w}
			if next.ServeHTTP(f, r); f.gone {
				writeIndex(w)
			}
		})
	}
	recordedFallback := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := httptest.NewRecorder()
			if next.ServeHTTP(rec, r); rec.Code == 404 {
				writeIndex(w)
				return
			}
			t.Error("the fallback saw", rec.Code)
		})
	}
	// attempts runs its handlers until one succeeds, each into a recorder.
	attempts := func(handlers ...http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for i, h := range handlers {
				rec := httptest.NewRecorder()
				h.ServeHTTP(rec, r)
				if rec.Code < 500 || i == len(handlers)-1 {
					maps.Copy(w.Header(), rec.Header())
					w.WriteHeader(rec.Code)
					io.Copy(w, rec.Body)
					return
				}
			}
		})
	}
	fine := writes(200, `{"fine":1}`, "Content-Type", "application/json")
	inner := middleware.New(apierr.Standard)
	for _, test := range []struct {
		name    string
		handler http.Handler
		status  int
		body    string // "": an error
		code    string
		note    string // in the log
	}{
		{"a fallback, an error", sharedFallback(returns(apierr.NotFound)), 200, index, "", ""},
		{"a fallback, http.Error", sharedFallback(fails(404, "who?")), 200, index, "", ""},
		{"a fallback, another error", sharedFallback(returns(apierr.Conflict)), 409, "", "RESOURCE_CONFLICT", ""},
		{"a fallback, a second New in it", sharedFallback(inner(returns(apierr.NotFound))), 200, index, "", ""},
		{"a fallback, a panic", sharedFallback(panics("boom")), 500, "", "INTERNAL_SERVER_ERROR", ""},
		{"a recorder, an error", recordedFallback(returns(apierr.NotFound)), 200, index, "", ""},
		{"a recorder, a second New in it", recordedFallback(inner(returns(apierr.NotFound))), 200, index, "", ""},
		{"a recorder, http.Error in a second New", recordedFallback(inner(fails(404, "who?"))), 200, index, "", ""},
		{"the first attempt", attempts(fine), 200, `{"fine":1}`, "", ""},
		{"the second attempt", attempts(returns(apierr.Unavailable), fine), 200, `{"fine":1}`, "", "SERVICE_UNAVAILABLE"},
		{"the second attempt, an error", attempts(returns(apierr.Unavailable), returns(apierr.Conflict)), 409, "", "RESOURCE_CONFLICT", "SERVICE_UNAVAILABLE"},
		{"the last of three attempts", attempts(returns(apierr.Unavailable), returns(apierr.BadGateway), returns(apierr.Internal)), 500, "", "INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE"},
		{"the same failure twice", attempts(returns(apierr.Unavailable), returns(apierr.Unavailable)), 503, "", "SERVICE_UNAVAILABLE", "SERVICE_UNAVAILABLE"},
		{"attempts in a second New", attempts(inner(returns(apierr.Unavailable)), inner(fine)), 200, `{"fine":1}`, "", "SERVICE_UNAVAILABLE"},
		{"attempts in a second New, an error", attempts(inner(returns(apierr.Unavailable)), inner(returns(apierr.Conflict))), 409, "", "RESOURCE_CONFLICT", "SERVICE_UNAVAILABLE"},
		{"dropped, then an error", two(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			returns(apierr.NotFound).ServeHTTP(httptest.NewRecorder(), r)
		}), returns(apierr.Conflict)), 409, "", "RESOURCE_CONFLICT", ""},
		{"dropped, then http.Error", two(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			returns(apierr.Unavailable).ServeHTTP(httptest.NewRecorder(), r)
		}), fails(503, "try later")), 503, "", "SERVICE_UNAVAILABLE", "SERVICE_UNAVAILABLE"},
		{"dropped, then a stream", two(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			returns(apierr.NotFound).ServeHTTP(httptest.NewRecorder(), r)
		}), writes(200, "data: a\n\n", "Content-Type", events)), 200, "data: a\n\n", "", ""},
		{"a stream, and a recorder in it", begun(events, "data: a\n\n", true, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := httptest.NewRecorder()
			returns(apierr.NotFound).ServeHTTP(rec, r)
			fmt.Fprintf(w, "data: %d\n\n", rec.Code)
		})), 200, "data: a\n\ndata: 404\n\n", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				r := s.get("/")
				require.NoError(t, r.err)
				require.Equal(t, test.status, r.StatusCode)
				if test.body != "" {
					require.Equal(t, test.body, r.body)
				} else {
					require.Equal(t, test.code, r.failure(t).Code)
				}
				rec := s.one(t)
				require.EqualValues(t, test.status, rec["status"])
				require.Equal(t, test.code, str(rec["code"]))
				if test.note != "" {
					require.Contains(t, rec["secondary_error"], test.note)
				} else {
					require.NotContains(t, rec, "secondary_error")
				}
			})
		})
	}
}

// Each part of a batch has its own failure, also where there are many, and the
// response of the batch is the batch's.
func TestBatch(t *testing.T) {
	part := byPath{"/ok": http.HandlerFunc(ok), "/gone": returns(apierr.NotFound), "/conflict": returns(apierr.Conflict), "/text": middleware.New(apierr.Standard)(fails(404, "who?"))}
	for _, parallel := range []bool{false, true} {
		batch := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			paths := strings.Split(r.URL.Query().Get("paths"), ",")
			recs, done := make([]*httptest.ResponseRecorder, len(paths)), make(chan bool, len(paths))
			for i, path := range paths {
				run := func() {
					sub := r.Clone(r.Context())
					sub.URL.Path = path
					recs[i] = httptest.NewRecorder()
					part.ServeHTTP(recs[i], sub)
					done <- true
				}
				if parallel {
					go run()
				} else {
					run()
				}
			}
			for range paths {
				<-done
			}
			for _, rec := range recs {
				fmt.Fprintf(w, "%d %s\n", rec.Code, strings.TrimSpace(rec.Body.String()))
			}
		})
		onWire(t, batch, func(t *testing.T, s *site) {
			for _, n := range []int{1, 2, 40} {
				r := s.get("/?paths=" + strings.TrimSuffix(strings.Repeat("/gone,/conflict,/ok,/gone,/text,", n), ","))
				require.Equal(t, 200, r.StatusCode)
				lines := strings.Split(strings.TrimSpace(r.body), "\n")
				require.Len(t, lines, 5*n)
				for i, line := range lines {
					want := []string{"404 RESOURCE_NOT_FOUND", "409 RESOURCE_CONFLICT", "200 ", "404 RESOURCE_NOT_FOUND", "404 RESOURCE_NOT_FOUND"}[i%5]
					status, body, _ := strings.Cut(line, " ")
					require.Equal(t, want[:3], status)
					if code := want[4:]; code != "" {
						require.Equal(t, code, readEnvelope(t, body).Code)
					}
				}
				rec := s.log.next(t)
				require.EqualValues(t, 200, rec["status"])
				require.NotContains(t, rec, "code")
			}
		})
	}
}

// A layer with a header of its own, and no Unwrap, cannot add an answer to a
// response that has begun.
func TestOwnHeaderAfterBegin(t *testing.T) {
	onWire(t, heading(begun("application/json", `{"items":[`, false, returns(apierr.Conflict))), func(t *testing.T, s *site) {
		r := s.get("/")
		require.Error(t, r.err)
		require.NotContains(t, r.body, "RESOURCE_CONFLICT")
		rec := s.one(t)
		require.Equal(t, "RESOURCE_CONFLICT", rec["code"])
		require.Equal(t, true, rec["cut"])
	})
}

// A layer that puts its own text before an answer it has kept sends the answer
// alone, and not a body that is half of each.
func TestAnswerBehindKeptText(t *testing.T) {
	for name, layer := range map[string]func(http.Handler) http.Handler{"keeps": keeping, "records": recording, "TimeoutHandler": inTime} {
		t.Run(name, func(t *testing.T) {
			onWire(t, layer(begun("text/csv", "a,b\n", false, returns(apierr.Conflict))), func(t *testing.T, s *site) {
				r := s.get("/")
				require.Equal(t, 409, r.StatusCode)
				require.Equal(t, "RESOURCE_CONFLICT", r.failure(t).Code)
				require.Equal(t, strconv.Itoa(len(r.body)), r.Header.Get("Content-Length"))
			})
		})
	}
}
