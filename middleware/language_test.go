package middleware_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/seam"
	"github.com/failwell/failwell/middleware"
)

// translated returns a contract with a message in German and in a second
// language.
func translated(other, text string) apierr.Contract {
	return apierr.Contract{Translations: map[string]map[string]string{
		"de":  {"RESOURCE_NOT_FOUND": "Das gibt es nicht", "INTERNAL_SERVER_ERROR": "Da ging etwas schief"},
		other: {"RESOURCE_NOT_FOUND": text},
	}}
}

// languageOf asks the exchange of a request, as package validate does.
func languageOf(r *http.Request) string {
	return seam.From[*apierr.CompiledContract, *apierr.Error](r.Context()).Language()
}

func TestLanguageOfAnExchange(t *testing.T) {
	quiet := middleware.WithLogger(nil)
	german := middleware.New(translated("fr", "Absent"), quiet)
	italian := middleware.New(translated("it", "Assente"), quiet)
	plain := middleware.New(apierr.Standard, quiet)
	notFound := apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("X-Language", languageOf(r))
		return apierr.NotFound
	})
	changing := apierr.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("X-Language", languageOf(r))
		r.Header.Set("Accept-Language", "en")
		return apierr.NotFound
	})
	panicking := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret") })
	for _, test := range []struct {
		name     string
		h        http.Handler
		accept   string
		language string // that the handler sees
		sent     string // Content-Language
		message  string
	}{
		{"chosen", german(notFound), "de", "de", "de", "Das gibt es nicht"},
		{"the other", german(notFound), "fr-CA, de;q=0.5", "fr", "fr", "Absent"},
		{"none is close", german(notFound), "ja", "en", "en", "The resource does not exist"},
		{"no translations", plain(notFound), "de", "", "", "The resource does not exist"},
		{"matched once", german(changing), "de", "de", "de", "Das gibt es nicht"},
		{"a panic", german(panicking), "de", "", "de", "Da ging etwas schief"},
		{"the inner contract", german(italian(notFound)), "it, de;q=0.5", "it", "it", "Assente"},
		{"the outer contract", italian(german(notFound)), "it, de;q=0.5", "de", "de", "Das gibt es nicht"},
		{"the inner one has none", german(plain(notFound)), "de", "", "", "The resource does not exist"},
		{"the outer one has none", plain(german(notFound)), "de", "de", "de", "Das gibt es nicht"},
		{"a bare status", german(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) })), "de", "", "de", "Das gibt es nicht"},
		{"a router's phrase", german(http.NotFoundHandler()), "de", "", "de", "Das gibt es nicht"},
		{"a line of the handler", german(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no such user", 404) })), "de", "", "", "no such user"},
	} {
		r := httptest.NewRequest("GET", "/x", nil)
		r.Header.Set("Accept-Language", test.accept)
		w := httptest.NewRecorder()
		test.h.ServeHTTP(w, r)
		require.Contains(t, w.Body.String(), `"message":"`+test.message+`"`, test.name)
		require.Equal(t, test.language, w.Header().Get("X-Language"), test.name)
		require.Equal(t, test.sent, w.Header().Get("Content-Language"), test.name)
		if test.sent != "" {
			require.Equal(t, "Accept-Language", w.Header().Get("Vary"), test.name)
		}
	}
}
