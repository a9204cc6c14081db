package ratelimit

import (
	"iter"
	"time"
)

// Decision is a limiter's answer to one request: whether it is allowed, and
// the state of the key under each policy that was applied. The zero value is a
// refusal without a policy.
type Decision struct {
	// Allowed reports whether every policy admits the request. If so, Take has
	// charged all of them; otherwise it has charged none.
	Allowed bool

	// Remaining is the number of units that could be taken now: the smallest
	// number of all policies applied.
	Remaining int

	// RetryAfter is the time after which the same request would be admitted,
	// if nobody else takes units of the key meanwhile: the longest time of the
	// policies that refuse. 0: the request is allowed.
	RetryAfter time.Duration

	// Policy is the policy that decided: of those that refuse, the one with
	// the longest RetryAfter; if none refuses, the one with the fewest units
	// remaining. It belongs to the limiter and must not be changed. nil: no
	// policy was applied.
	Policy *Policy

	reset   time.Duration // of Policy
	several *[]State      // nil: one policy, described by the fields above
}

// State is the state of one key under one policy.
type State struct {
	// Policy belongs to the limiter and must not be changed.
	Policy *Policy

	// Remaining is the number of units that could be taken now. If the request
	// was charged, its own are subtracted.
	Remaining int

	// RetryAfter is the time after which the policy would admit the request.
	// 0: it does now.
	RetryAfter time.Duration

	// More is the time until Remaining grows: for a rate until the next unit,
	// for a quota until the end of its period. 0: no units are taken.
	More time.Duration

	// Reset is the time until no units are taken, if nobody takes more
	// meanwhile. 0: none are now.
	Reset time.Duration
}

// NewDecision returns the Decision of the states of the policies applied, in
// the order of the limiter's policies. It keeps the slice. No states: the
// request is allowed. Implementations of [Limiter] call it.
func NewDecision(states ...State) Decision {
	if len(states) == 0 {
		return Decision{Allowed: true}
	}
	by := &states[0]
	remaining := by.Remaining
	for i := range states {
		s := &states[i]
		remaining = min(remaining, s.Remaining)
		if tighter(s, by) {
			by = s
		}
	}
	d := Decision{
		Allowed: by.RetryAfter <= 0, Remaining: remaining, RetryAfter: max(by.RetryAfter, 0),
		Policy: by.Policy, reset: by.Reset,
	}
	if len(states) > 1 || by.More != d.more() {
		d.several = &states
	}
	return d
}

// tighter reports whether a rather than b decides: it refuses for longer, or
// has fewer units remaining, or has as few for longer.
func tighter(a, b *State) bool {
	if a.RetryAfter != b.RetryAfter {
		return a.RetryAfter > b.RetryAfter
	}
	if a.Remaining != b.Remaining {
		return a.Remaining < b.Remaining
	}
	return a.More > b.More
}

// States returns the state under each policy that was applied, in the order of
// the limiter's policies.
func (d Decision) States() iter.Seq[State] {
	return func(yield func(State) bool) {
		for i := range d.len() {
			if !yield(d.at(i)) {
				return
			}
		}
	}
}

func (d *Decision) len() int {
	switch {
	case d.several != nil:
		return len(*d.several)
	case d.Policy != nil:
		return 1
	}
	return 0
}

func (d *Decision) at(i int) State {
	if d.several != nil {
		return (*d.several)[i]
	}
	return State{Policy: d.Policy, Remaining: d.Remaining, RetryAfter: d.RetryAfter, More: d.more(), Reset: d.reset}
}

// more is State.More of a single policy. It is computed when it is needed,
// because a smaller Decision costs every request less.
func (d *Decision) more() time.Duration {
	if d.Policy == nil || d.Policy.Calendar != 0 {
		return d.reset
	}
	r := rule{unit: int64(d.Policy.interval()), most: d.Policy.MaxCost()}
	return r.more(d.Remaining, d.reset)
}
