package ratelimit

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/errtree"
)

// Middleware limits the requests to a handler. It charges each request to the
// key that key returns, under all policies of the limiter and with a cost of
// 1; options change that.
//
// It answers a refused request through [apierr.Write] with the error of the
// policy that refused and its RetryAfter: a client that waits as long as
// Retry-After says is admitted, if nobody else takes the units. If key returns
// an error, or the limiter returns one that is not an [apierr.Error], the
// answer is [apierr.Internal] with the error as its cause: a request that
// cannot be counted does not reach the handler.
//
// Every response has the fields RateLimit-Policy and RateLimit of
// draft-ietf-httpapi-ratelimit-headers-10, with one item for each policy that
// applies:
//
//	RateLimit-Policy: "burst";q=10;w=1, "day";q=1000;w=86400
//	RateLimit: "burst";r=9;t=1, "day";r=412;t=5321
//
// q is the number of units in w seconds, r the number remaining, and t the
// number of seconds, rounded up, until r grows. t is absent if no units are
// taken. A month has no w. The items of nested limiters form one list.
//
// Middleware panics if limiter, key or an option is nil; the function that it
// returns panics if the handler is nil.
func Middleware(limiter Limiter, key KeyFunc, opts ...Option) func(http.Handler) http.Handler {
	if limiter == nil || key == nil {
		panic("ratelimit: Middleware needs a limiter and a key")
	}
	g := &guard{limiter: limiter, key: key, fields: newFields(limiter.Policies())}
	for _, o := range opts {
		if o == nil {
			panic("ratelimit: Middleware: an option is nil")
		}
		o.apply(g)
	}
	return func(next http.Handler) http.Handler {
		if next == nil {
			panic("ratelimit: Middleware needs a handler")
		}
		return &limited{g, next}
	}
}

// limited is a handler behind a guard.
type limited struct {
	*guard
	next http.Handler
}

// guard is the configuration of a Middleware.
type guard struct {
	limiter  Limiter
	key      KeyFunc
	fields   *fields // nil: none
	legacy   ResetUnit
	cost     func(*http.Request) int
	policies func(*http.Request) []string
	skip     func(*http.Request) bool
	counts   func(status int) bool
	report   func(*http.Request, Decision, error) // not nil: a dry run
	last     atomic.Pointer[refused]
}

func (g *limited) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.skip != nil && g.skip(r) {
		g.next.ServeHTTP(w, r)
		return
	}
	key, err := g.key(r)
	if err != nil {
		g.fail(w, r, apierr.Internal.Wrap(err))
		return
	}
	cost, policies := 1, []string(nil)
	if g.cost != nil {
		cost = g.cost(r)
	}
	if g.policies != nil {
		policies = g.policies(r)
	}
	d, err := g.limiter.Take(r.Context(), key, cost, policies...)
	switch {
	case err != nil:
		g.fail(w, r, failure(r.Context(), err))
		return
	case g.report != nil:
		if !d.Allowed {
			g.report(r, d, nil)
		}
	default:
		g.setHeader(w.Header(), &d)
		if !d.Allowed {
			apierr.Write(w, r, g.refuse(&d))
			return
		}
	}
	g.serve(w, r, d.Allowed, charge{key, cost, policies})
}

// serve calls the handler with a ResponseWriter that knows what the options
// need; without such an option, with the one it has.
func (g *limited) serve(w http.ResponseWriter, r *http.Request, charged bool, c charge) {
	counts, legacy := g.counts != nil && charged, g.legacy != 0 && g.report == nil
	if !counts && !legacy {
		g.next.ServeHTTP(w, r)
		return
	}
	own := &responseWriter{inner: w}
	if legacy {
		own.before = keepFirst
		defer own.prepare() // if the handler sends nothing
	}
	if counts {
		g.count(own, r, c)
		return
	}
	g.next.ServeHTTP(own.optional(), r)
}

// fail answers a request that could not be counted.
func (g *limited) fail(w http.ResponseWriter, r *http.Request, err error) {
	if g.report == nil {
		apierr.Write(w, r, err)
		return
	}
	g.report(r, Decision{}, err)
	g.next.ServeHTTP(w, r)
}

// charge is what a request was charged, so that it can be given back.
type charge struct {
	key      string
	cost     int
	policies []string
}

// setHeader sets the header fields of the response.
func (g *guard) setHeader(h http.Header, d *Decision) {
	if g.fields != nil {
		g.fields.set(h, d)
	}
	if g.legacy != 0 {
		g.legacy.set(h, d)
	}
}

// Take charges key from inside a handler, for limits that depend on what only
// the handler knows, such as the number of items in the body:
//
//	if err := ratelimit.Take(r, limiter, account, len(batch.Items)); err != nil {
//		return err
//	}
//
// It returns nil if the request is admitted. Otherwise the error is an
// [*apierr.Error] for the handler to return or write: that of the policy that
// refused, with RetryAfter, or that of a limiter that failed, as in
// [Middleware]. A cost that can never be admitted is [apierr.Internal] with
// [ErrCost] as its cause: check the size of the body first. It sets no header
// fields; Retry-After is set when the error is written.
func Take(r *http.Request, limiter Limiter, key string, cost int, policies ...string) error {
	d, err := limiter.Take(r.Context(), key, cost, policies...)
	if err != nil {
		return failure(r.Context(), err)
	}
	if !d.Allowed {
		return d.Policy.refusal().WithRetryAfter(d.RetryAfter)
	}
	return nil
}

// refused is the error of the last refusal. In a flood of requests nearly all
// refusals have the same policy and the same number of seconds.
type refused struct {
	policy *Policy
	after  time.Duration
	err    *apierr.Error
}

// refuse returns the error of a refusal, with RetryAfter in the whole seconds
// of the Retry-After field (RFC 9110 section 10.2.3).
func (g *guard) refuse(d *Decision) *apierr.Error {
	after := time.Duration(ceil(d.RetryAfter, time.Second)) * time.Second
	last := g.last.Load()
	if last == nil || last.policy != d.Policy || last.after != after {
		last = &refused{d.Policy, after, d.Policy.refusal().WithRetryAfter(after)}
		g.last.Store(last)
	}
	return last.err
}

// failure returns the error that answers a limiter's error. A canceled context
// is returned unchanged: it is not a failure of the server.
func failure(ctx context.Context, err error) error {
	if e, _ := errtree.As[*apierr.Error](err); e != nil || ctx.Err() != nil && errtree.Is(err, ctx.Err()) {
		return err
	}
	return apierr.Internal.Wrap(err)
}
