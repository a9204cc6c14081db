package ratelimit

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/errtree"
)

// Middleware limits the requests to a handler. Each is charged to the key that
// key gives it, under all policies of the limiter and at a cost of 1 unless
// the options say otherwise.
//
// A refusal is answered through [apierr.Write] with the error of the policy
// that refused and its RetryAfter: waiting as long as Retry-After says
// succeeds, if nobody else takes the units. A key that fails, and a limiter
// that fails with anything but an [apierr.Error], are answered as
// [apierr.Internal], with the cause in the log: a request that cannot be
// counted is not let through.
//
// Every answer bears the fields RateLimit-Policy and RateLimit of
// draft-ietf-httpapi-ratelimit-headers-10, with an item for each policy that
// was asked:
//
//	RateLimit-Policy: "burst";q=10;w=1, "day";q=1000;w=86400
//	RateLimit: "burst";r=9;t=1, "day";r=412;t=5321
//
// q and w are the units in whole seconds, r what remains, t the seconds until
// it is more, rounded up and absent where nothing is taken; a month has no w.
// Items of a Middleware further out are kept: the fields are lists.
//
// It panics where limiter or key is nil.
func Middleware(limiter Limiter, key KeyFunc, opts ...Option) func(http.Handler) http.Handler {
	if limiter == nil || key == nil {
		panic("ratelimit: Middleware needs a limiter and a key")
	}
	g := &guard{limiter: limiter, key: key, fields: newFields(limiter.Policies())}
	for _, o := range opts {
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

// guard is what Middleware knows of itself.
type guard struct {
	limiter  Limiter
	key      KeyFunc
	fields   *fields // nil: none
	legacy   ResetUnit
	cost     func(*http.Request) int
	policies func(*http.Request) []string
	skip     func(*http.Request) bool
	counts   func(status int) bool
	dryRun   bool
	report   func(*http.Request, Decision, error)
	last     atomic.Pointer[raised]
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
	case g.dryRun:
		if g.report != nil && !d.Allowed {
			g.report(r, d, nil)
		}
	default:
		g.tell(w.Header(), &d)
		if !d.Allowed {
			apierr.Write(w, r, g.refuse(&d))
			return
		}
	}
	if g.counts != nil && d.Allowed {
		g.count(w, r, charge{key, cost, policies})
		return
	}
	g.next.ServeHTTP(w, r)
}

// fail is for a request that could not be counted.
func (g *limited) fail(w http.ResponseWriter, r *http.Request, err error) {
	if !g.dryRun {
		apierr.Write(w, r, err)
		return
	}
	if g.report != nil {
		g.report(r, Decision{}, err)
	}
	g.next.ServeHTTP(w, r)
}

// charge is what a request was charged, so that it can be given back.
type charge struct {
	key      string
	cost     int
	policies []string
}

// tell sets the header fields of the answer.
func (g *guard) tell(h http.Header, d *Decision) {
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
// nil: admitted. Otherwise the error is an [*apierr.Error] to be returned or
// written: the refusing policy's, with RetryAfter, or that of a limiter that
// failed, as in [Middleware]. A cost that can never be admitted is Internal
// with [ErrCost] as its cause: check the size of the body first. No header
// fields are set but Retry-After.
func Take(r *http.Request, limiter Limiter, key string, cost int, policies ...string) error {
	d, err := limiter.Take(r.Context(), key, cost, policies...)
	if err != nil {
		return failure(r.Context(), err)
	}
	if !d.Allowed {
		return refusal(d)
	}
	return nil
}

// raised is an error as it was raised last. In a flood of requests that are
// refused, nearly all are told the same number of seconds.
type raised struct {
	policy *Policy
	after  time.Duration
	err    *apierr.Error
}

// refuse is refusal in whole seconds, which is what Retry-After has.
func (g *guard) refuse(d *Decision) *apierr.Error {
	after := time.Duration(ceil(d.RetryAfter, time.Second)) * time.Second
	last := g.last.Load()
	if last == nil || last.policy != d.Policy || last.after != after {
		last = &raised{d.Policy, after, d.Policy.raises().WithRetryAfter(after)}
		g.last.Store(last)
	}
	return last.err
}

func refusal(d Decision) *apierr.Error { return d.Policy.raises().WithRetryAfter(d.RetryAfter) }

// failure is the answer to a limiter's error. A client that has gone is not
// told as a failure of the server.
func failure(ctx context.Context, err error) error {
	if e, _ := errtree.As[*apierr.Error](err); e != nil || ctx.Err() != nil && errtree.Is(err, ctx.Err()) {
		return err
	}
	return apierr.Internal.Wrap(err)
}
