package apierr_test

import (
	"net/http"
	"testing"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
)

// discard is a ResponseWriter that keeps nothing, so that no recorder is in
// the numbers.
type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// BenchmarkWrite measures one answer. The row bare is a handler that sends
// the same bytes from a constant.
func BenchmarkWrite(b *testing.B) {
	notFound := &apierr.Error{Code: "user_not_found", Status: 404, Message: "user 42 not found"}
	alone, _ := http.NewRequest("GET", "/item", nil)
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

	negotiating := apierr.Standard
	negotiating.Alternative = apierr.Problem{}
	accepting := under(b, negotiating)
	accepting.Header.Set("Accept", "application/problem+json, application/json;q=0.9, */*;q=0.1")
	for _, row := range []struct {
		name string
		r    *http.Request
		err  error
	}{
		{"declared", alone, notFound},
		{"details", alone, notFound.With("id", "42").With("kind", "user")},
		{"violations", alone, apierr.InvalidBody.WithViolations(violations...)},
		{"mapped", under(b, chatbase.Contract), apierr.NotFound},
		{"polyai", under(b, polyai.Contract), polyai.FlowNotFound},
		{"avatarium", under(b, avatarium.Contract), apierr.InvalidBody.WithViolations(violations...)},
		{"problem", under(b, apierr.Contract{Format: apierr.Problem{}}), notFound},
		{"negotiated", accepting, notFound},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				clear(w.h)
				apierr.Write(w, row.r, row.err)
			}
		})
	}
}

// BenchmarkFormat measures one answer in each form, details aside.
func BenchmarkFormat(b *testing.B) {
	e := &apierr.Error{Code: "user_not_found", ID: 7, Status: 404, Message: "user 42 not found"}
	for _, form := range forms {
		c := apierr.Contract{Format: form.f}
		r := under(b, c)
		w := discard{make(http.Header, 8)}
		b.Run(form.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				clear(w.h)
				apierr.Write(w, r, e)
			}
		})
	}
}

// BenchmarkCompile measures what a server pays once, when it starts.
func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		if _, err := polyai.Contract.Compile(); err != nil {
			b.Fatal(err)
		}
	}
}
