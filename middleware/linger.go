package middleware

import (
	"io"
	"net/http"
	"strings"
)

// linger makes net/http wait for half a second between the end of the response
// and closing the connection, and read nothing more from it. Without that, the
// unread rest of the body makes the kernel reset the connection, and the client
// may lose the response. net/http does so only if its own MaxBytesReader has
// seen a body over its limit, so one with a limit of 0 reads one byte here. It
// never has the request's body in hand, which a proxy's transport may be
// reading at the same time.
//
// It works for HTTP/1 where each layer between the server and New has Unwrap,
// and must run on the goroutine that serves the request.
func linger(w http.ResponseWriter) {
	for {
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			break
		}
		w = u.Unwrap()
	}
	one := io.NopCloser(strings.NewReader("x"))
	http.MaxBytesReader(w, one, 0).Read(make([]byte, 1))
}
