package client

import (
	"net/http"
	"time"

	"github.com/failwell/failwell/internal/retryafter"
)

// maxWait is the longest Retry-After that is kept.
const maxWait = 365 * 24 * time.Hour

// retryAfter returns the time that the Retry-After header asks to wait. 0: there
// is none that can be read.
func retryAfter(h http.Header) time.Duration {
	return min(retryafter.Parse(h.Get("Retry-After"), time.Now), maxWait)
}
