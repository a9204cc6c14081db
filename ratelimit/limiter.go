package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Limiter decides, for one key at a time, under one or several policies.
// [Memory] is one, and package redislimit has one that many machines share.
// Package limittest has the checks that each must pass.
//
// In every method, policies are the names of those that are asked; none: all
// of them. All that are asked are checked, and all are charged or none. A
// name that the limiter does not have is an error that wraps [ErrPolicy]; a
// cost below 1, or above what one of the policies asked can ever admit, is an
// error that wraps [ErrCost]. Neither is a refusal, and nothing is charged. A
// limiter may have errors of its own, of its store.
//
// The key may be any string, the empty one too. Keys are apart by policy and
// by limiter, and one call is about one key: to limit an address and an
// account takes two calls, and the second may refuse what the first has
// charged. Refund then gives it back.
//
// All methods are safe for concurrent use.
type Limiter interface {
	// Take charges key with cost units where every policy asked admits it.
	Take(ctx context.Context, key string, cost int, policies ...string) (Decision, error)

	// Peek is the Decision that Take would give now, without charging.
	Peek(ctx context.Context, key string, cost int, policies ...string) (Decision, error)

	// Refund gives back what an earlier Take of the same key, cost and
	// policies has charged. What time has given back meanwhile is not given
	// twice, and never more than a whole burst or quota is there; but a
	// refund cannot know whose units are left, so one that comes late may
	// give back units that a later request took: at most its own cost.
	Refund(ctx context.Context, key string, cost int, policies ...string) error

	// Policies returns the policies, in order, as a copy.
	Policies() []Policy
}

var (
	// ErrCost is a cost below 1, or above what a policy can ever admit.
	ErrCost = errors.New("ratelimit: cost out of range")

	// ErrPolicy is the name of a policy that the limiter does not have.
	ErrPolicy = errors.New("ratelimit: no such policy")
)

// MaxPolicies is how many policies one limiter can have.
const MaxPolicies = 32

// Choice is a set of policies by their place in the limiter's list: bit i is
// the policy i.
type Choice uint32

// Has reports whether the policy i is in the set.
func (c Choice) Has(i int) bool { return c>>i&1 != 0 }

// Check returns everything that keeps policies from being those of one
// limiter, joined: faults of each, names that come twice, none at all, or more
// than [MaxPolicies]. It is for those who implement [Limiter].
func Check(policies ...Policy) error {
	var errs []error
	if len(policies) == 0 {
		errs = append(errs, errors.New("ratelimit: a limiter needs a policy"))
	}
	if len(policies) > MaxPolicies {
		errs = append(errs, fmt.Errorf("ratelimit: %d policies are more than %d", len(policies), MaxPolicies))
	}
	for i, p := range policies {
		if err := p.Check(); err != nil {
			errs = append(errs, err)
		}
		if slices.ContainsFunc(policies[:i], func(q Policy) bool { return q.Name == p.Name }) {
			errs = append(errs, fmt.Errorf("ratelimit: two policies are named %q", p.Name))
		}
	}
	return errors.Join(errs...)
}

// Choose returns the set of the policies that a call asks: those that are
// named, all where none is. The error wraps [ErrPolicy] or [ErrCost], as
// [Limiter] says. It is for those who implement Limiter.
func Choose(policies []Policy, cost int, names ...string) (Choice, error) {
	c := Choice(1)<<len(policies) - 1
	if len(names) > 0 {
		c = 0
		for _, name := range names {
			i := 0
			for i < len(policies) && policies[i].Name != name {
				i++
			}
			if i == len(policies) {
				return 0, fmt.Errorf("%w: %q", ErrPolicy, name)
			}
			c |= 1 << i
		}
	}
	if cost < 1 {
		return 0, fmt.Errorf("%w: %d is below 1", ErrCost, cost)
	}
	for i := range policies {
		if c.Has(i) && cost > policies[i].Most() {
			return 0, fmt.Errorf("%w: %d is over %d, the most that %q ever admits", ErrCost, cost, policies[i].Most(), policies[i].Name)
		}
	}
	return c, nil
}
