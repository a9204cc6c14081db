package middleware_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// notifiesClose is http.CloseNotifier, which is deprecated.
type notifiesClose interface{ CloseNotify() <-chan bool }

// plain is a ResponseWriter without any optional interface. It notes which of
// those around it was called.
type plain struct {
	h      http.Header
	status int
	body   strings.Builder
	called string
}

func (p *plain) Header() http.Header         { return p.h }
func (p *plain) Write(b []byte) (int, error) { return p.body.Write(b) }
func (p *plain) WriteHeader(status int)      { p.status = status }

type (
	flusher       struct{ p *plain }
	hijacker      struct{ p *plain }
	readerFrom    struct{ p *plain }
	pusher        struct{ p *plain }
	closeNotifier struct{ p *plain }
)

var errHijack = errors.New("the inner writer's own")

func (x flusher) Flush() { x.p.called += "F" }
func (x hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	x.p.called += "H"
	return nil, nil, errHijack
}
func (x readerFrom) ReadFrom(r io.Reader) (int64, error) {
	x.p.called += "R"
	return io.Copy(&x.p.body, r)
}
func (x pusher) Push(target string, _ *http.PushOptions) error {
	x.p.called += "P"
	return errors.New(target)
}
func (x closeNotifier) CloseNotify() <-chan bool { x.p.called += "C"; return nil }

// interfaces returns which of the five w has, by their letters.
func interfaces(w http.ResponseWriter) (s string) {
	if _, ok := w.(http.Flusher); ok {
		s += "F"
	}
	if _, ok := w.(http.Hijacker); ok {
		s += "H"
	}
	if _, ok := w.(io.ReaderFrom); ok {
		s += "R"
	}
	if _, ok := w.(http.Pusher); ok {
		s += "P"
	}
	if _, ok := w.(notifiesClose); ok {
		s += "C"
	}
	return s
}

// A type assertion is answered as the inner writer answers it, and each method
// reaches the inner writer's.
func TestOptionalInterfaces(t *testing.T) {
	seen := map[string]bool{}
	for _, of := range []func(*plain) http.ResponseWriter{
		func(p *plain) http.ResponseWriter { return struct{ *plain }{p} },
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				flusher
			}{p, flusher{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				hijacker
			}{p, hijacker{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				flusher
				hijacker
			}{p, flusher{p}, hijacker{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				readerFrom
			}{p, readerFrom{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				flusher
				readerFrom
			}{p, flusher{p}, readerFrom{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				hijacker
				readerFrom
			}{p, hijacker{p}, readerFrom{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				flusher
				hijacker
				readerFrom
			}{p, flusher{p}, hijacker{p}, readerFrom{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				pusher
			}{p, pusher{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				flusher
				pusher
			}{p, flusher{p}, pusher{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				hijacker
				pusher
			}{p, hijacker{p}, pusher{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				flusher
				hijacker
				pusher
			}{p, flusher{p}, hijacker{p}, pusher{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				readerFrom
				pusher
			}{p, readerFrom{p}, pusher{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				flusher
				readerFrom
				pusher
			}{p, flusher{p}, readerFrom{p}, pusher{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				hijacker
				readerFrom
				pusher
			}{p, hijacker{p}, readerFrom{p}, pusher{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				flusher
				hijacker
				readerFrom
				pusher
			}{p, flusher{p}, hijacker{p}, readerFrom{p}, pusher{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				closeNotifier
			}{p, closeNotifier{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				flusher
				closeNotifier
			}{p, flusher{p}, closeNotifier{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				hijacker
				closeNotifier
			}{p, hijacker{p}, closeNotifier{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				flusher
				hijacker
				closeNotifier
			}{p, flusher{p}, hijacker{p}, closeNotifier{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				readerFrom
				closeNotifier
			}{p, readerFrom{p}, closeNotifier{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				flusher
				readerFrom
				closeNotifier
			}{p, flusher{p}, readerFrom{p}, closeNotifier{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				hijacker
				readerFrom
				closeNotifier
			}{p, hijacker{p}, readerFrom{p}, closeNotifier{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				flusher
				hijacker
				readerFrom
				closeNotifier
			}{p, flusher{p}, hijacker{p}, readerFrom{p}, closeNotifier{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				pusher
				closeNotifier
			}{p, pusher{p}, closeNotifier{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				flusher
				pusher
				closeNotifier
			}{p, flusher{p}, pusher{p}, closeNotifier{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				hijacker
				pusher
				closeNotifier
			}{p, hijacker{p}, pusher{p}, closeNotifier{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				flusher
				hijacker
				pusher
				closeNotifier
			}{p, flusher{p}, hijacker{p}, pusher{p}, closeNotifier{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				readerFrom
				pusher
				closeNotifier
			}{p, readerFrom{p}, pusher{p}, closeNotifier{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				flusher
				readerFrom
				pusher
				closeNotifier
			}{p, flusher{p}, readerFrom{p}, pusher{p}, closeNotifier{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				hijacker
				readerFrom
				pusher
				closeNotifier
			}{p, hijacker{p}, readerFrom{p}, pusher{p}, closeNotifier{p}}
		},
		func(p *plain) http.ResponseWriter {
			return struct {
				*plain
				flusher
				hijacker
				readerFrom
				pusher
				closeNotifier
			}{p, flusher{p}, hijacker{p}, readerFrom{p}, pusher{p}, closeNotifier{p}}
		},
	} {
		p := &plain{h: http.Header{}}
		inner := of(p)
		want := interfaces(inner)
		seen[want] = true
		t.Run("has "+want, func(t *testing.T) {
			use := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				require.Equal(t, want, interfaces(w))
				require.Implements(t, (*io.StringWriter)(nil), w)
				use(t, w)
			})
			once := middleware.New(apierr.Standard, middleware.WithLogger(nil))
			once(use).ServeHTTP(inner, serverRequest())
			require.Equal(t, want, p.called)
			p.called, p.h = "", http.Header{}
			once(once(use)).ServeHTTP(inner, serverRequest())
			require.Equal(t, want, p.called, "New in New")
		})
	}
	require.Len(t, seen, 32)
}

// use calls what w has, in the order of the letters.
func use(t *testing.T, w http.ResponseWriter) {
	if w, ok := w.(http.Flusher); ok {
		w.Flush()
	}
	if w, ok := w.(http.Hijacker); ok {
		_, _, err := w.Hijack()
		require.Equal(t, errHijack, err)
	}
	if w, ok := w.(io.ReaderFrom); ok {
		n, err := w.ReadFrom(strings.NewReader(strings.Repeat("x", 1000)))
		require.True(t, n == 1000 && err == nil)
	}
	if w, ok := w.(http.Pusher); ok {
		require.EqualError(t, w.Push("/x", nil), "/x")
	}
	if w, ok := w.(notifiesClose); ok {
		w.CloseNotify()
	}
}

// The real servers' writers differ from each other, and both are remembered.
func TestOptionalOfServers(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, interfaces(w)) })
	onWire(t, h, func(t *testing.T, s *site) {
		bare := serveBare(t, s.get("/").ProtoMajor, h, newRecords())
		require.Equal(t, bare.get("/").body, s.get("/").body)
	})
}

// http.ResponseController finds what the inner writer has, and its no.
func TestResponseController(t *testing.T) {
	p := &plain{h: http.Header{}}
	bare := middleware.New(apierr.Standard, middleware.WithLogger(nil))
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c := http.NewResponseController(w)
		require.ErrorIs(t, c.Flush(), http.ErrNotSupported)
		require.ErrorIs(t, c.EnableFullDuplex(), http.ErrNotSupported)
		_, _, err := c.Hijack()
		require.ErrorIs(t, err, http.ErrNotSupported)
		require.Zero(t, p.status, "nothing was committed by asking")
	})
	bare(h).ServeHTTP(p, serverRequest())
	bare(bare(h)).ServeHTTP(p, serverRequest())
	bare(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		require.NoError(t, http.NewResponseController(w).Flush())
	})).ServeHTTP(layer{struct {
		*plain
		flusher
	}{p, flusher{p}}}, serverRequest())
	require.Equal(t, "F", p.called, "behind a layer that only unwraps")
}
