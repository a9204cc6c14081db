package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Limiter decides about requests, for one key at a time, under one or more
// policies. [Memory] implements it in one process; package redislimit
// implements it for many machines. Package limittest checks implementations.
//
// In every method, policies are the names of the policies to apply; none means
// all of the limiter's. All of them are charged or none is. A name that the
// limiter does not have is an error that wraps [ErrPolicy]. A cost below 1, or
// above the [Policy.MaxCost] of one of the policies, is an error that wraps
// [ErrCost]. Neither error is a refusal, and nothing is charged. A limiter may
// return other errors, such as those of its store.
//
// A key is any string, including the empty one. Each policy of each limiter
// counts it separately. One call is about one key: to limit an address and an
// account takes two calls, and the second may refuse after the first has
// charged. Refund gives that back.
//
// All methods are safe for concurrent use.
type Limiter interface {
	// Take charges key with cost units if every policy admits it.
	Take(ctx context.Context, key string, cost int, policies ...string) (Decision, error)

	// Peek returns the Decision that Take would return now, and charges
	// nothing.
	Peek(ctx context.Context, key string, cost int, policies ...string) (Decision, error)

	// Refund gives back what an earlier Take of the same key, cost and
	// policies has charged. What time has given back already is not given
	// twice, and a key never has more than its burst or quota. A late Refund
	// may give back units that a later request took: at most its own cost.
	Refund(ctx context.Context, key string, cost int, policies ...string) error

	// Policies returns a copy of the policies, in order.
	Policies() []Policy
}

var (
	// ErrCost reports a cost below 1, or above the [Policy.MaxCost] of a
	// policy.
	ErrCost = errors.New("ratelimit: cost out of range")

	// ErrPolicy reports the name of a policy that the limiter does not have.
	ErrPolicy = errors.New("ratelimit: no such policy")
)

// maxPolicies is the number of bits of a PolicySet.
const maxPolicies = 32

// PolicySet is a set of a limiter's policies: bit i is 1 if the policy with
// index i in [Limiter.Policies] is in the set. The zero value is empty.
type PolicySet uint32

// has reports whether the policy with index i is in the set.
func (s PolicySet) has(i int) bool { return s>>i&1 != 0 }

// Check reports everything that keeps policies from being those of one
// limiter, joined: faults of each policy, equal names, no policies, or more
// than 32. nil: a limiter can be made of them. Implementations of [Limiter]
// call it.
func Check(policies ...Policy) error {
	var errs []error
	if len(policies) == 0 {
		errs = append(errs, errors.New("ratelimit: a limiter needs a policy"))
	}
	if len(policies) > maxPolicies {
		errs = append(errs, fmt.Errorf("ratelimit: %d policies are more than %d", len(policies), maxPolicies))
	}
	for i := range policies {
		p := &policies[i]
		if err := p.check(); err != nil {
			errs = append(errs, err)
		}
		if slices.ContainsFunc(policies[:i], func(q Policy) bool { return q.Name == p.Name }) {
			errs = append(errs, fmt.Errorf("ratelimit: two policies are named %q", p.Name))
		}
	}
	return errors.Join(errs...)
}

// SelectPolicies returns the set of the policies that a call names, or of all
// policies if it names none. The error wraps [ErrPolicy] or [ErrCost] as
// described at [Limiter]. Implementations of Limiter call it.
func SelectPolicies(policies []Policy, cost int, names ...string) (PolicySet, error) {
	set := PolicySet(1)<<len(policies) - 1
	if len(names) > 0 {
		set = 0
		for _, name := range names {
			i := 0
			for i < len(policies) && policies[i].Name != name {
				i++
			}
			if i == len(policies) {
				return 0, fmt.Errorf("%w: %q", ErrPolicy, name)
			}
			set |= 1 << i
		}
	}
	if cost < 1 {
		return 0, fmt.Errorf("%w: %d is below 1", ErrCost, cost)
	}
	for i := range policies {
		if set.has(i) && cost > policies[i].MaxCost() {
			return 0, fmt.Errorf("%w: %d is over %d, the maximum of policy %q", ErrCost, cost, policies[i].MaxCost(), policies[i].Name)
		}
	}
	return set, nil
}
