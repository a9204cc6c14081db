package redislimit

import (
	"context"
	"hash/maphash"
	"slices"
	"sync/atomic"
	"time"

	"github.com/failwell/failwell/ratelimit"
	"github.com/redis/go-redis/v9"
)

// Limiter is a [ratelimit.Limiter] whose state is in Redis, so that all
// machines with the same server, prefix and policies share their limits. The
// package comment has the guarantees. Make it with [New].
//
// It is safe for concurrent use. It needs no Close; close the client.
type Limiter struct {
	client   redis.UniversalClient
	policies []ratelimit.Policy
	rules    []rule
	prefix   string
	digest   string
	timeout  time.Duration
	outage   Outage
	local    *standby // nil: not FailLocal

	origin   time.Time
	seed     maphash.Seed
	refusals *refusals
	foreign  foreignKeys
	states   states
	lanes    []lane
	reloaded atomic.Int64 // when the nodes of a cluster were last read
	ahead    atomic.Int64 // seconds by which Redis's clock is ahead, if it was in another period
	step     atomic.Int64 // microseconds, in tests

	decisions, remembered, degraded, trips, errors atomic.Uint64
}

// lanesOfCluster is the number of parts of a cluster's slots. If one master is
// gone, Redis still decides about the keys of the others.
const lanesOfCluster = 32

// New returns a Limiter with the policies. It sends nothing, and a server that
// cannot be reached is not an error: it is an outage like any other.
//
// The client may be any client of go-redis, for one server, Sentinel or a
// cluster, and other code may use it too; [NewClient] makes one that fits. Turn
// its own retries and backoffs off: they only delay a failure.
//
// New panics if client is nil, if [ratelimit.Check] reports an error, if a rate
// gives back more than one unit a microsecond, and if an option is out of range.
// Intervals are rounded up to whole microseconds: a rate under 1,000 a second
// loses less than 0.1 % by that, one of 300,000 a second 17 %.
func New(client redis.UniversalClient, o Options, policies ...ratelimit.Policy) *Limiter {
	if client == nil {
		panic("redislimit: New needs a client")
	}
	if err := ratelimit.Check(policies...); err != nil {
		panic(err.Error())
	}
	o = o.filled()
	l := &Limiter{
		client:   client,
		policies: slices.Clone(policies),
		rules:    make([]rule, len(policies)),
		prefix:   o.Prefix,
		digest:   digest(),
		timeout:  o.Timeout,
		outage:   o.Outage,
		origin:   time.Now(),
		seed:     maphash.MakeSeed(),
		refusals: newRefusals(o),
		states:   states{onChange: o.OnChange, logger: o.Logger},
		lanes:    make([]lane, 1),
	}
	for i := range l.rules {
		l.rules[i] = newRule(&l.policies[i])
	}
	if _, ok := client.(cluster); ok {
		l.lanes = make([]lane, lanesOfCluster)
	}
	if share := float64(o.Outage); share > 0 {
		l.local = newStandby(share, o.MaxKeys, l.policies)
	}
	return l
}

// Take implements [ratelimit.Limiter]. Its errors are [ratelimit.ErrCost],
// [ratelimit.ErrPolicy], that of ctx, and [apierr.Unavailable]. If it is that of
// ctx, the request may have been charged.
func (l *Limiter) Take(ctx context.Context, key string, cost int, policies ...string) (ratelimit.Decision, error) {
	return l.decide(ctx, take, key, cost, policies)
}

// Peek implements [ratelimit.Limiter], with the errors of Take.
func (l *Limiter) Peek(ctx context.Context, key string, cost int, policies ...string) (ratelimit.Decision, error) {
	return l.decide(ctx, peek, key, cost, policies)
}

// Refund implements [ratelimit.Limiter]. This machine drops what it remembers of
// the key at once; another may refuse the key for Options.Recheck.
//
// If Redis does not answer, the units are given back to the limiter in memory of
// FailLocal, if there is one, and the error is [apierr.Unavailable]: what was
// charged in Redis stays charged.
func (l *Limiter) Refund(ctx context.Context, key string, cost int, policies ...string) error {
	choice, err := ratelimit.SelectPolicies(l.policies, cost, policies...)
	if err != nil {
		return err
	}
	hash := maphash.String(l.seed, key)
	l.local.refund(key, cost, choice)
	l.refusals.forget(hash)
	_, err = l.consult(ctx, question{op: refund, tag: tag(key), choice: choice, cost: cost})
	l.refusals.forget(hash) // a reply of meanwhile is from before the refund
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return unavailable(err)
}

// Policies implements [ratelimit.Limiter].
func (l *Limiter) Policies() []ratelimit.Policy { return slices.Clone(l.policies) }

func (l *Limiter) decide(ctx context.Context, op op, key string, cost int, policies []string) (ratelimit.Decision, error) {
	choice, err := ratelimit.SelectPolicies(l.policies, cost, policies...)
	if err != nil {
		return ratelimit.Decision{}, err
	}
	if err := ctx.Err(); err != nil {
		return ratelimit.Decision{}, err
	}
	l.decisions.Add(1)
	hash := maphash.String(l.seed, key)
	states, fresh, refunds := l.refusals.find(l.rules, hash, choice, cost, l.now())
	if fresh {
		l.remembered.Add(1)
		return ratelimit.NewDecision(states...), nil
	}
	q := question{op: op, tag: tag(key), choice: choice, cost: cost}
	v, err := l.consult(ctx, q)
	switch {
	case err == nil:
		l.refusals.learn(len(l.rules), hash, choice, v, refunds)
		return l.conclude(q, key, v), nil
	case ctx.Err() != nil:
		return ratelimit.Decision{}, ctx.Err()
	case states != nil:
		l.remembered.Add(1)
		return ratelimit.NewDecision(states...), nil
	}
	l.degraded.Add(1)
	return l.withoutRedis(q, key, err)
}

// verdict is a decision of Redis.
type verdict struct {
	admitted  bool
	standings []standing // of the selected rules, in order
	asked     int64      // when it was asked for
	now       int64      // when it arrived
}

// consult asks Redis, if the circuit is closed.
func (l *Limiter) consult(ctx context.Context, q question) (v verdict, err error) {
	w := &l.lanes[0]
	if len(l.lanes) > 1 {
		w = &l.lanes[slot(q.tag)*len(l.lanes)/slots]
	}
	v.asked = l.now()
	era, ok, due := w.circuit.ask(v.asked)
	if due {
		go l.probe(w, era, q.tag)
	}
	if !ok {
		return v, errOpen
	}
	reply, err := l.ask(ctx, w, era, q)
	if err != nil {
		return v, err
	}
	v.now = l.now()
	v.admitted = reply[0] == 1
	for i := 1; i < len(reply); i += 2 {
		v.standings = append(v.standings, standing{arrival: v.now + reply[i]*int64(time.Microsecond), units: reply[i+1]})
	}
	return v, nil
}

// conclude returns the Decision of a verdict.
func (l *Limiter) conclude(q question, key string, v verdict) ratelimit.Decision {
	cost := q.cost
	if v.admitted && q.op == take {
		cost = 0 // it is in the standings
		l.local.follow(key, q.cost, q.choice)
	}
	states := make([]ratelimit.State, 0, len(v.standings))
	for i := range l.rules {
		if has(q.choice, i) {
			states = append(states, l.rules[i].state(v.standings[len(states)], cost, v.now))
		}
	}
	return ratelimit.NewDecision(states...)
}

func (l *Limiter) now() int64 { return int64(time.Since(l.origin)) }
