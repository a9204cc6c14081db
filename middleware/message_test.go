package middleware_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// WithTextMessages decides what of the text of a 4xx is shown, and what is not
// shown is in the log.
func TestWithTextMessages(t *testing.T) {
	const goError = "json: cannot unmarshal number into Go struct field Invoice.id of type string"
	type function = func(int, string) string
	for _, test := range []struct {
		name     string
		messages function
		handler  http.Handler
		message  string
		cause    string // in the log
	}{
		{"the default", nil, fails(404, "no such user"), "no such user", ""},
		{"the default, of Go's making", nil, fails(400, goError), apierr.BadRequest.Message, goError},
		{"the default, boilerplate", nil, http.NotFoundHandler(), "The resource does not exist", ""},
		{"the default, JSON", nil, fails(404, `{"error":"no such user"}`), "The resource does not exist", `{"error":"no such user"}`},
		{"nothing", func(int, string) string { return "" }, fails(404, "no such user"), "The resource does not exist", "no such user"},
		{"nothing, boilerplate", func(int, string) string { return "" }, http.NotFoundHandler(), "The resource does not exist", ""},
		{"all", func(_ int, text string) string { return text }, fails(404, "one\ntwo"), "one\ntwo", ""},
		{"all, no UTF-8", func(_ int, text string) string { return text }, fails(404, "a\xffb"), "ab", ""},
		{"by status", func(status int, text string) string { return map[int]string{404: text}[status] }, fails(400, "no such user"), apierr.BadRequest.Message, "no such user"},
		{"other words", func(_ int, text string) string { return strings.ToUpper(text) }, fails(404, " no such user\n"), "NO SUCH USER", ""},
		{"no more than 1 KiB", func(_ int, text string) string { return text }, fails(404, strings.Repeat("x", 2000)), strings.Repeat("x", 1024), ""},
		{"a 5xx is never shown", func(_ int, text string) string { return text }, fails(500, "secret"), apierr.Internal.Message, "secret"},
		{"no text, not asked", func(int, string) string { return "asked" }, bare(404), "The resource does not exist", ""},
		{"an encoded text, not asked", func(int, string) string { return "asked" }, setting([]string{"Content-Encoding", "br"}, fails(404, "zipped")), "The resource does not exist", ""},
		{"an error, not asked", func(int, string) string { return "asked" }, returns(apierr.Conflict), apierr.Conflict.Message, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			onWire(t, test.handler, func(t *testing.T, s *site) {
				require.Equal(t, test.message, s.get("/").failure(t).Message)
				require.Equal(t, test.cause, strings.TrimSpace(str(s.one(t)["cause"])))
			}, middleware.WithTextMessages(test.messages))
		})
	}
	t.Run("a panic leaves the declared message", func(t *testing.T) {
		s := serve(t, 1, fails(404, "no such user"), middleware.WithTextMessages(func(int, string) string { panic("boom") }))
		require.Equal(t, "The resource does not exist", s.get("/").failure(t).Message)
		require.Equal(t, "middleware: the function of WithTextMessages panicked: boom", s.one(t)["secondary_error"])
	})
}
