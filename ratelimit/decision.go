package ratelimit

import (
	"iter"
	"time"
)

// Decision is a limiter's answer to one request: allowed or refused, and how
// the policies that were asked stand.
type Decision struct {
	// Allowed says that every policy admits the request. Take has then charged
	// all of them, and otherwise none.
	Allowed bool

	// Remaining is the number of units that could still be taken now: the
	// fewest of the policies asked.
	Remaining int

	// RetryAfter is how long to wait until the same request is admitted, if
	// nobody else takes units meanwhile: the longest of the policies that
	// refused. 0: it is allowed.
	RetryAfter time.Duration

	// Policy is the policy that decided: the one that refused, for the
	// longest, or the one with the fewest units remaining, for the longest. It
	// belongs to the limiter and must not be changed.
	Policy *Policy

	reset   time.Duration // of Policy
	several *[]State      // nil: one policy, told by the fields above
}

// State is how one policy stands for one key.
type State struct {
	// Policy belongs to the limiter and must not be changed.
	Policy *Policy

	// Remaining is the number of units that could be taken now, after the
	// request where it was charged.
	Remaining int

	// RetryAfter is how long to wait until the policy admits the request. 0:
	// it does.
	RetryAfter time.Duration

	// More is the time until Remaining grows: for a rate the next unit, for a
	// quota the end of its period. 0: nothing is taken.
	More time.Duration

	// Reset is the time until nothing is taken any more, if nobody asks
	// meanwhile. 0: nothing is.
	Reset time.Duration
}

// NewDecision sums up the states of the policies that were asked, in the
// order of the limiter's policies. It is for those who implement [Limiter].
// The slice must not be changed afterwards. No states: allowed.
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

// States yields the state of each policy that was asked, in the order of the
// limiter's policies.
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

// more is State.More of a single policy. It is computed when it is asked for,
// since a Decision that is smaller costs every request less.
func (d *Decision) more() time.Duration {
	if d.Policy == nil || d.Policy.Calendar != 0 {
		return d.reset
	}
	r := rule{unit: int64(d.Policy.Interval()), most: d.Policy.Most()}
	return r.more(d.Remaining, d.reset)
}
