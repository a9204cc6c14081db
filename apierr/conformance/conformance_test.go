package conformance_test

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/conformance"
	"github.com/failwell/failwell/middleware"
	"github.com/failwell/failwell/validate"
)

func service() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("ok")) })
	mux.Handle("POST /items", apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		_, err := validate.JSON[struct {
			Name string `json:"name" validate:"required"`
		}](r)
		return err
	}))
	mux.Handle("GET /private", apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error { return apierr.Unauthenticated }))
	return mux
}

func TestOwn(t *testing.T) {
	wrap := middleware.New(apierr.Standard, middleware.WithLogger(nil), middleware.WithTimeout(time.Second))
	report, err := conformance.Run(t.Context(), "Test", wrap(service()), apierr.Standard, []conformance.Option{
		conformance.WithRoute("GET", "/healthz"),
		conformance.WithBody("POST", "/items", `{"name":"Ada"}`),
		conformance.WithProtected("GET", "/private"),
		conformance.WithMiddleware(wrap),
	})
	require.NoError(t, err)
	var b bytes.Buffer
	report.WriteText(&b)
	t.Log(b.String())
}

func TestBare(t *testing.T) {
	report, err := conformance.Run(t.Context(), "Test", service(), apierr.Standard, []conformance.Option{
		conformance.WithRoute("GET", "/healthz"),
		conformance.WithBody("POST", "/items", `{"name":"Ada"}`),
		conformance.WithProtected("GET", "/private"),
		conformance.WithMiddleware(func(h http.Handler) http.Handler { return h }),
	})
	require.NoError(t, err)
	var b bytes.Buffer
	report.WriteText(&b)
	t.Log(b.String())
}
