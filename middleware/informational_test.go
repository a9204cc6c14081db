package middleware_test

import (
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
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
