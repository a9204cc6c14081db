package client

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// Transport is an [http.RoundTripper] that retries requests after a failure that is
// likely to pass. The zero value is ready to use:
//
//	api := &http.Client{Transport: &client.Transport{}}
//
// These are retried:
//
//	429                   any request
//	502, 503, 504,        a request that may be processed twice: its method is
//	no response at all    idempotent (RFC 9110 section 9.2.2), it has an
//	                      Idempotency-Key, or Idempotent reports true
//
// A request with a body is retried only if it has GetBody, which [http.NewRequest]
// sets for a bytes.Buffer, a bytes.Reader and a strings.Reader. Any other status is
// returned at once, and so is an error that the next attempt would repeat: the
// context has ended, a certificate is not trusted, the host is not known, or
// net/http cannot send the request.
//
// The wait before a retry is the Retry-After of the response, RFC 9110 section
// 10.2.3. A date is compared with the response's own Date, so that the clocks may
// differ. If it is absent, malformed or past, the wait is the longest t in the
// RateLimit field among the policies that have nothing left
// (draft-ietf-httpapi-ratelimit-headers). Without either it is a random time from 0
// to 500 ms, a bound that doubles with each retry up to MaxWait.
//
// RoundTrip returns the last response, or the last error, and never an error in
// place of a response: decode it with [Client.Error]. If the wait would be longer
// than MaxWait or last until the deadline of the context, RoundTrip returns
// without waiting. The response that it returns has its whole body. Of the
// responses before it, at most 64 KiB are read, for at most 250 ms, so that the
// connection can be reused. If the context ends during a wait, RoundTrip returns
// the cause of that. Nothing is retried after RoundTrip has returned: the caller
// handles an error of reading the body.
//
// Retries are at most a tenth of the requests, so that clients do not double the
// load of a server that is down. Beyond that, a Transport has ten retries in
// reserve, and regains one every ten seconds while the server answers. They are
// counted for all requests of a Transport together: use one for each API.
//
// Inside middleware.New, a request with the context of the incoming request is sent
// with the IDs of that, as [apierr.Propagate] sets them. IDs that its header has
// already are kept.
//
// A Transport is safe for use by several goroutines. Do not copy it or change its
// fields after its first use.
type Transport struct {
	// Base sends the requests. nil: http.DefaultTransport.
	Base http.RoundTripper

	// MaxRetries is how often a request is sent again. 0: 3. Negative: never; the
	// IDs are still set and Observe is still called.
	MaxRetries int

	// MaxWait is the longest wait between two attempts. 0: 30 s. If it is
	// negative, RoundTrip panics.
	MaxWait time.Duration

	// Idempotent reports whether a request may be processed twice although
	// neither its method nor an Idempotency-Key says so. It is called after a
	// failed attempt, when the body of the request has been used, and by several
	// goroutines at once. nil: no other request may be.
	Idempotent func(*http.Request) bool

	// Observe is called after each attempt, before the wait that follows it, in the
	// goroutine of RoundTrip. Requests in several goroutines call it at once. nil:
	// nothing is called.
	Observe func(Attempt)

	budget budget
}

// The defaults of a Transport.
const (
	defaultMaxRetries = 3
	defaultMaxWait    = 30 * time.Second
)

// RoundTrip implements [http.RoundTripper].
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.MaxWait < 0 {
		panic("client.Transport: MaxWait is negative; 0 is the default")
	}
	sent := propagated(r)
	for number := 1; ; number++ {
		resp, err := t.base().RoundTrip(sent)
		a := Attempt{Request: sent, Number: number, Err: err}
		if resp != nil {
			a.Status = resp.StatusCode
		}
		t.budget.record(time.Now(), number == 1, a.failed())
		next := t.conclude(&a, resp)
		if next == nil {
			return resp, err
		}
		if err := pause(r.Context(), resp, a.Wait); err != nil {
			closeBody(next)
			return nil, err
		}
		sent = next
	}
}

// CloseIdleConnections closes the idle connections of Base, if it can.
// [http.Client.CloseIdleConnections] calls it.
func (t *Transport) CloseIdleConnections() {
	if base, ok := t.base().(interface{ CloseIdleConnections() }); ok {
		base.CloseIdleConnections()
	}
}

func (t *Transport) base() http.RoundTripper {
	if t.Base == nil {
		return http.DefaultTransport
	}
	return t.Base
}

func (t *Transport) maxRetries() int {
	if t.MaxRetries == 0 {
		return defaultMaxRetries
	}
	return t.MaxRetries // with a negative one, even the first attempt is over it
}

func (t *Transport) maxWait() time.Duration {
	if t.MaxWait == 0 {
		return defaultMaxWait
	}
	return t.MaxWait
}

// conclude decides about a and calls Observe. If a function of the caller panics,
// it closes the response, so that its connection does not stay open.
func (t *Transport) conclude(a *Attempt, resp *http.Response) (next *http.Request) {
	returned := false
	defer func() {
		if returned {
			return
		}
		if resp != nil && resp.Body != nil {
			resp.Body.Close()
		}
		if next != nil {
			closeBody(next)
		}
	}()
	next = t.decide(a, resp)
	if t.Observe != nil {
		t.Observe(*a)
	}
	returned = true
	return next
}

// decide completes a, and returns the request to send next, nil if a was the
// last attempt. Every reason to stop is found before the response is touched.
func (t *Transport) decide(a *Attempt, resp *http.Response) (next *http.Request) {
	switch {
	case !a.failed():
		return nil
	case a.Err != nil && !mayPass(a.Request, a.Err):
		return stop(a, ReasonPermanent)
	case a.Status != http.StatusTooManyRequests && !t.isIdempotent(a.Request):
		return stop(a, ReasonNotIdempotent)
	case a.Number > t.maxRetries():
		return stop(a, ReasonRetries)
	}
	a.Wait = t.wait(resp, a.Number)
	if a.Wait > t.maxWait() || !isBeforeDeadline(a.Request.Context(), a.Wait) {
		return stop(a, ReasonWait)
	}
	next, ok := again(a.Request)
	if !ok {
		return stop(a, ReasonBody)
	}
	if !t.budget.take() {
		closeBody(next)
		return stop(a, ReasonBudget)
	}
	return next
}

// stop records why a is the last attempt.
func stop(a *Attempt, reason Reason) *http.Request {
	if a.Reason = reason; reason != ReasonWait {
		a.Wait = 0
	}
	return nil
}

// isRetried reports whether a response with the status is retried.
func isRetried(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// idempotent are the idempotent methods of RFC 9110 section 9.2.2. An empty
// method is GET.
var idempotent = []string{
	"", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete,
}

func (t *Transport) isIdempotent(r *http.Request) bool {
	return slices.Contains(idempotent, r.Method) || r.Header.Get("Idempotency-Key") != "" ||
		t.Idempotent != nil && t.Idempotent(r)
}

// isBeforeDeadline reports whether a wait ends before the context does.
func isBeforeDeadline(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || wait < time.Until(deadline)
}
