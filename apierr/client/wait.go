package client

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"time"
)

// backoff is the bound of the first random wait. Each later one is twice as long.
const backoff = 500 * time.Millisecond

// wait returns the time to wait after the attempt with this number. resp is nil
// if the attempt had none.
func (t *Transport) wait(resp *http.Response, number int) time.Duration {
	if resp != nil {
		if d := retryAfter(resp.Header); d > 0 {
			return d
		}
		if d := rateLimitReset(resp.Header); d > 0 {
			return d
		}
	}
	limit := t.maxWait()
	if doublings := number - 1; doublings < 20 {
		limit = min(limit, backoff<<doublings)
	}
	return rand.N(limit) // full jitter, so that clients do not return to a failed server together
}

// The bounds of reading the body of a response that is not returned.
const (
	maxDrain     = 64 << 10
	maxDrainTime = 250 * time.Millisecond
)

// pause drains and closes resp, which may be nil, and waits. It returns the
// error of ctx if that ends first.
func pause(ctx context.Context, resp *http.Response, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	if resp != nil {
		drain(ctx, resp.Body)
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// drain reads a body to its end and closes it, so that its connection can be used
// again. It stops reading a body that is long or slow, and closes it.
func drain(ctx context.Context, body io.ReadCloser) {
	if body == nil {
		return
	}
	defer body.Close()
	ctx, cancel := context.WithTimeout(ctx, maxDrainTime)
	defer cancel()
	read := make(chan struct{})
	go func() {
		defer close(read)
		io.CopyN(io.Discard, body, maxDrain)
	}()
	select {
	case <-read:
	case <-ctx.Done():
	}
}
