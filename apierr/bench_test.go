package apierr_test

import (
	"net/http"
	"testing"

	"github.com/failwell/failwell/apierr"
)

// discard is a ResponseWriter that keeps nothing, so that no recorder is in
// the numbers.
type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

func BenchmarkWrite(b *testing.B) {
	notFound := &apierr.Error{Code: "user_not_found", Status: 404, Message: "user 42 not found"}
	r, _ := http.NewRequest("GET", "/item", nil)
	w := discard{make(http.Header, 8)}
	b.Run("bare", func(b *testing.B) {
		body := []byte(`{"error":{"code":"user_not_found","message":"user 42 not found"}}`)
		b.ReportAllocs()
		for b.Loop() {
			clear(w.h)
			w.h["Content-Type"] = []string{"application/json"}
			w.WriteHeader(404)
			w.Write(body)
		}
	})
	b.Run("declared", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			clear(w.h)
			apierr.Write(w, r, notFound)
		}
	})
}
