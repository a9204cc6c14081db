package reference_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/apierr/reference"
	"github.com/failwell/failwell/apierr/reference/published"
)

// BenchmarkHTML renders the page of PolyAI's 73 codes.
func BenchmarkHTML(b *testing.B) {
	for b.Loop() {
		page, err := reference.HTML(polyai.Contract, published.PolyAI)
		require.NoError(b, err)
		b.SetBytes(int64(len(page)))
	}
}

func BenchmarkMarkdown(b *testing.B) {
	for b.Loop() {
		page, err := reference.Markdown(polyai.Contract, published.PolyAI)
		require.NoError(b, err)
		b.SetBytes(int64(len(page)))
	}
}

// BenchmarkHandler serves a page that is made already.
func BenchmarkHandler(b *testing.B) {
	h := reference.Handler(polyai.Contract, published.PolyAI)
	r := httptest.NewRequest("GET", "/errors/", nil)
	for b.Loop() {
		w := discard{http.Header{}}
		h.ServeHTTP(w, r)
	}
}

// discard is a ResponseWriter that keeps nothing.
type discard struct{ header http.Header }

func (w discard) Header() http.Header         { return w.header }
func (w discard) Write(b []byte) (int, error) { return len(b), nil }
func (w discard) WriteHeader(int)             {}

// The handler renders nothing: what a request costs does not depend on the
// number of codes.
func TestHandlerServesFromMemory(t *testing.T) {
	allocs := func(h http.Handler) float64 {
		r := httptest.NewRequest("GET", "/errors/", nil)
		return testing.AllocsPerRun(100, func() { h.ServeHTTP(discard{http.Header{}}, r) })
	}
	large := allocs(reference.Handler(polyai.Contract, published.PolyAI))
	require.Equal(t, allocs(reference.Handler(shop(nil), reference.Page{})), large)
	require.Less(t, large, 40.0)
}
