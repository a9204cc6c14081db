package ratelimit_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
)

// Peers of requests: a proxy and a stranger.
const (
	proxy    = "10.0.0.1:4711"
	stranger = "203.0.113.9:4711"
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
