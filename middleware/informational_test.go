package middleware_test

import (
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/middleware"
)

// A 1xx goes to no client of HTTP/1.0, which does not know it: RFC 9110
// section 15.2.
func TestInformational_HTTP10(t *testing.T) {
	s := serve(t, 1, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		io.WriteString(w, "done")
	}))
	for version, hints := range map[string]bool{"HTTP/1.0": false, "HTTP/1.1": true} {
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		require.NoError(t, err)
		_, err = io.WriteString(conn, "GET / "+version+"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
		require.NoError(t, err)
		b, err := io.ReadAll(conn)
		require.NoError(t, err)
		conn.Close()
		if hints {
			require.Contains(t, string(b), " 103 Early Hints\r\n", version)
		} else {
			require.NotContains(t, string(b), " 103 ", version)
		}
		require.Contains(t, string(b), " 200 OK\r\n", version)
	}
}

// HTTP/2 has no 101, RFC 9113 section 8.6: the status after it is the answer, as
// under net/http alone. A failure there is no success with a text.
func TestInformational_101OnHTTP2(t *testing.T) {
	for name, test := range map[string]struct {
		then   http.Handler
		status int
		code   string
	}{
		"nothing":      {writes(200, ""), 200, ""},
		"a body":       {http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "done") }), 200, ""},
		"http.Error":   {writes(500, "secret", "Content-Type", "text/plain"), 500, "INTERNAL_SERVER_ERROR"},
		"apierr.Write": {returns(apierr.Forbidden), 403, "AUTH_FORBIDDEN"},
		"a panic":      {panics("secret"), 500, "INTERNAL_SERVER_ERROR"},
	} {
		for layers, nested := range []func(http.Handler) http.Handler{func(h http.Handler) http.Handler { return h }, middleware.New(apierr.Standard)} {
			s := serve(t, 2, nested(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusSwitchingProtocols)
				test.then.ServeHTTP(w, r)
			})))
			r := s.get("/")
			require.NoError(t, r.err, "%s, %d", name, layers)
			require.Equal(t, test.status, r.StatusCode, "%s, %d", name, layers)
			require.Equal(t, test.code, r.code(), "%s, %d", name, layers)
			require.NotContains(t, r.body, "secret", "%s, %d", name, layers)
			require.EqualValues(t, test.status, s.one(t)["status"], "%s, %d", name, layers)
		}
	}
}
