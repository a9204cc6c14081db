package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"

	"go.opentelemetry.io/otel/trace"

	"github.com/failwell/failwell/middleware/recent"
)

// supportPath is where failures are looked up by request ID.
const supportPath = "/support/"

// supportCookie keeps the key in a browser.
const supportCookie = "support_key"

// support is the page of recent failures and the key to it.
type support struct {
	failures *recent.Failures
	key      string
}

// newSupport makes a key, which holds for as long as the program runs.
func newSupport() *support {
	return &support{recent.New(recent.WithTraceID(traceID)), strings.ToLower(rand.Text())}
}

// traceID returns the trace of a request, that of its client here.
func traceID(ctx context.Context) string { return trace.SpanContextFromContext(ctx).TraceID().String() }

// url returns the link that opens the page in a browser, on the server at base.
func (s *support) url(base string) string { return base + supportPath + "?key=" + s.key }

// handler serves the page to those who have the key. A link with the key leaves
// it in a cookie, and leads on to the page without it.
func (s *support) handler() http.Handler {
	page := s.failures.Handler(s.authorized)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if !s.isKey(q.Get("key")) {
			page.ServeHTTP(w, r)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: supportCookie, Value: s.key, Path: supportPath, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		http.Redirect(w, r, supportPath+"?id="+url.QueryEscape(q.Get("id")), http.StatusSeeOther)
	})
}

// authorized reports whether the request has the key, in the cookie or as
// "Authorization: Bearer KEY".
func (s *support) authorized(r *http.Request) bool {
	if c, err := r.Cookie(supportCookie); err == nil && s.isKey(c.Value) {
		return true
	}
	key, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return found && s.isKey(key)
}

func (s *support) isKey(key string) bool {
	return subtle.ConstantTimeCompare([]byte(key), []byte(s.key)) == 1
}
