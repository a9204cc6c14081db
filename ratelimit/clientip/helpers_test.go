package clientip_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
)

// request is one from that peer. Its lines begin with x (X-Forwarded-For), f
// (Forwarded) or their own name.
func request(peer string, lines ...string) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = peer
	for _, line := range lines {
		name, value, _ := strings.Cut(line, " ")
		switch name {
		case "x":
			name = "X-Forwarded-For"
		case "f":
			name = "Forwarded"
		}
		r.Header.Add(name, value)
	}
	return r
}

func keyOf(t *testing.T, k ratelimit.KeyFunc, r *http.Request) string {
	t.Helper()
	s, err := k(r)
	require.NoError(t, err)
	return s
}

var ok = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })

// get sends one request through h.
func get(h http.Handler, r *http.Request) *http.Response {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Result()
}

// panicText returns the text of f's panic.
func panicText(f func()) (text string) {
	defer func() { text, _ = recover().(string) }()
	f()
	return "no panic"
}
