package ratelimit

import (
	"context"
	"net/http"
)

// count serves the request and gives its units back if the status of the
// answer does not count.
func (g *limited) count(w http.ResponseWriter, r *http.Request, c charge) {
	s := &statusWriter{ResponseWriter: w}
	status := http.StatusInternalServerError // of a panic
	defer func() {
		if s.status != 0 {
			status = s.status
		}
		if !g.counts(status) {
			// The request may be over or its client gone; the refund is due
			// all the same. If it fails the units stay charged.
			ctx := context.WithoutCancel(r.Context())
			_ = g.limiter.Refund(ctx, c.key, c.cost, c.policies...)
		}
	}()
	g.next.ServeHTTP(s, r)
	status = http.StatusOK // what net/http sends where nobody has said
}

// statusWriter remembers the status. It has no optional interfaces but that of
// http.Flusher; http.ResponseController finds the others behind Unwrap.
type statusWriter struct {
	http.ResponseWriter
	status int // 0: not sent
}

func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *statusWriter) WriteHeader(status int) {
	// A status under 200 is not the answer yet, but that of an upgrade, which
	// is the last.
	if s.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusWriter) Write(p []byte) (int, error) {
	s.sent()
	return s.ResponseWriter.Write(p)
}

func (s *statusWriter) Flush() { _ = s.FlushError() }

func (s *statusWriter) FlushError() error {
	s.sent()
	return http.NewResponseController(s.ResponseWriter).Flush()
}

func (s *statusWriter) sent() {
	if s.status == 0 {
		s.status = http.StatusOK
	}
}
