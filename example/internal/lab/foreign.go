package lab

import (
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"
)

// Handlers as they are found in servers that never heard of failwell.

func httpError(w http.ResponseWriter, r *http.Request) {
	http.Error(w, "lab-secret: SELECT * FROM users failed", http.StatusInternalServerError)
}

// stale describes a body that it then does not send.
func stale(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("ETag", `"lab"`)
	h.Set("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
	h.Set("Content-Length", "4096")
	h.Set("Content-Encoding", "gzip")
	http.Error(w, "lab-secret: the copy is stale", http.StatusInternalServerError)
}

// ownJSON answers a failure in a form of its own, which is left alone.
func ownJSON(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusNotFound)
	w.Write([]byte(`{"custom":true}`)) // the client has gone
}

// hints sends 103 Early Hints (RFC 8297), and then a status alone.
func hints(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Link", "</style.css>; rel=preload; as=style")
	w.WriteHeader(http.StatusEarlyHints)
	w.WriteHeader(http.StatusTeapot)
}

// timeout is a handler that outlives its http.TimeoutHandler.
func timeout() http.Handler {
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	return http.TimeoutHandler(slow, 200*time.Millisecond, "")
}

// proxy is a gateway to a server that is down: nothing listens on port 1.
func (l *Lab) proxy() http.Handler {
	upstream := &url.URL{Scheme: "http", Host: "127.0.0.1:1"}
	p := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(upstream) },
		// The default would use the proxy of the environment.
		Transport: &http.Transport{DisableKeepAlives: true},
	}
	if l.logger != nil {
		p.ErrorLog = slog.NewLogLogger(l.logger.Handler(), slog.LevelWarn)
	}
	return p
}
