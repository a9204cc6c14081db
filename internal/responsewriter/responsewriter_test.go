package responsewriter_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/internal/responsewriter"
)

// inner is a writer with one of the optional interfaces or all of them, by
// embedding.
type (
	plain  struct{ *httptest.ResponseRecorder }
	hidden struct{ http.ResponseWriter }
	all    struct {
		http.ResponseWriter
		called *string
	}
)

var errInner = errors.New("the inner writer's own")

func (a all) Flush() { *a.called += "F" }
func (a all) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	*a.called += "H"
	return nil, nil, errInner
}
func (a all) ReadFrom(r io.Reader) (int64, error) {
	*a.called += "R"
	return io.Copy(hidden{a.ResponseWriter}, r)
}
func (a all) Push(string, *http.PushOptions) error { *a.called += "P"; return errInner }
func (a all) CloseNotify() <-chan bool             { *a.called += "C"; return nil }

// counter is a wrapper as its users write it.
type counter struct {
	responsewriter.Base
	handle responsewriter.Writer
	status int
}

func (c *counter) WriteHeader(status int) {
	c.status = status
	c.Base.WriteHeader(status)
}

func wrap(w http.ResponseWriter) (*counter, http.ResponseWriter) {
	c := &counter{Base: responsewriter.Base{Inner: w}}
	c.handle.Wrap(c, responsewriter.SetOf(w))
	return c, c.handle.Handed()
}

// A wrapper answers type assertions as the inner writer does, and calls it.
func TestWrap(t *testing.T) {
	var called string
	w := httptest.NewRecorder()
	c, handed := wrap(all{w, &called})
	handed.Header().Set("X-Own", "1")
	handed.WriteHeader(201)
	handed.Write([]byte("a"))
	io.WriteString(handed, "b")
	handed.(io.ReaderFrom).ReadFrom(strings.NewReader("c"))
	handed.(http.Flusher).Flush()
	_, _, err := handed.(http.Hijacker).Hijack()
	require.Equal(t, errInner, err)
	require.Equal(t, errInner, handed.(http.Pusher).Push("/x", nil))
	handed.(interface{ CloseNotify() <-chan bool }).CloseNotify()
	require.Equal(t, "RFHPC", called)
	require.Equal(t, 201, c.status)
	require.Equal(t, "abc", w.Body.String())
	require.Equal(t, "1", w.Header().Get("X-Own"))
	require.True(t, handed == c.handle.Handed(), "it is the same at each call")

	_, handed = wrap(hidden{w})
	for name, has := range map[string]bool{
		"Flusher": is[http.Flusher](handed), "Hijacker": is[http.Hijacker](handed), "ReaderFrom": is[io.ReaderFrom](handed),
		"Pusher": is[http.Pusher](handed), "CloseNotifier": is[interface{ CloseNotify() <-chan bool }](handed),
	} {
		require.False(t, has, name)
	}
	require.ErrorIs(t, http.NewResponseController(handed).Flush(), http.ErrNotSupported)
}

func is[T any](w http.ResponseWriter) bool {
	_, ok := w.(T)
	return ok
}

// CanFlush looks through wrappers.
func TestCanFlush(t *testing.T) {
	flushes, none := plain{httptest.NewRecorder()}, hidden{httptest.NewRecorder()}
	_, wrapped := wrap(flushes)
	_, twice := wrap(wrapped)
	_, wrappedNone := wrap(none)
	for _, test := range []struct {
		w    http.ResponseWriter
		want bool
	}{{flushes, true}, {wrapped, true}, {twice, true}, {none, false}, {wrappedNone, false}} {
		require.Equal(t, test.want, responsewriter.CanFlush(test.w))
		require.Equal(t, test.want, http.NewResponseController(test.w).Flush() == nil)
	}
}

// The set of a type is remembered for its writers only.
func TestTypeSet(t *testing.T) {
	var none *responsewriter.TypeSet
	_, ok := none.Of(hidden{})
	require.False(t, ok)
	seen := responsewriter.TypeSetOf(all{})
	set, ok := seen.Of(all{})
	require.True(t, ok)
	require.Equal(t, responsewriter.SetOf(all{}), set)
	_, ok = seen.Of(hidden{})
	require.False(t, ok)
}

// Wrapping costs the wrapper, and nothing besides.
func TestAllocations(t *testing.T) {
	w := all{httptest.NewRecorder(), new(string)}
	var keep http.ResponseWriter
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		_, keep = wrap(w)
	}), 2.0, "the wrapper, and w as an interface")
	require.NotNil(t, keep)
}
