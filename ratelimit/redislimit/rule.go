package redislimit

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/internal/interval"
)

// rule is a policy in the units of the script.
type rule struct {
	policy *ratelimit.Policy
	suffix string // of its keys
	unit   int64  // of a rate, nanoseconds, in whole microseconds; of a quota, 1
	room   int64  // the most that can be taken, in the same
	args   []any  // of a rate
	quota  *quota // nil: a rate
}

// standing is the state of a key under one rule.
type standing struct {
	// arrival is the time at which no units are taken, on the limiter's clock:
	// the theoretical arrival time of a rate, the end of a quota's period.
	arrival int64
	units   int64 // of a quota
}

func newRule(p *ratelimit.Policy) rule {
	if p.Calendar != 0 {
		// No rate has this suffix: there is no @ in names.
		return rule{policy: p, suffix: p.Name, unit: 1, room: int64(p.Limit), quota: newQuota(p)}
	}
	return newRate(p)
}

func newRate(p *ratelimit.Policy) rule {
	unit := interval.Of(p.Window, p.Limit)
	micros := (int64(unit) + 999) / 1000
	if unit < time.Microsecond {
		panic(fmt.Sprintf("redislimit: policy %q: more than one unit a microsecond", p.Name))
	}
	if int64(p.MaxCost()) > math.MaxInt64/2/1000/micros {
		panic(fmt.Sprintf("redislimit: policy %q: its burst takes over 146 years to come back", p.Name))
	}
	room := micros * int64(p.MaxCost())
	return rule{
		policy: p,
		// A changed rate has other keys. Otherwise machines before and after
		// the change would read each other's arrival times: those with the
		// smaller burst would see a clock set back in every key that the
		// others have used up, and give the excess back.
		suffix: p.Name + "@" + strconv.FormatInt(micros, 10) + "x" + strconv.Itoa(p.MaxCost()),
		unit:   micros * 1000,
		room:   room * 1000,
		args:   []any{"r", strconv.FormatInt(micros, 10), strconv.FormatInt(room, 10)},
	}
}

// state returns the State at the time now, for a request of that cost; 0 for one
// that has been charged.
func (r *rule) state(s standing, cost int, now int64) ratelimit.State {
	rest := max(s.arrival-now, 0)
	if r.quota == nil {
		return r.rateState(rest, cost)
	}
	if rest == 0 {
		s.units = 0
	}
	return r.quotaState(s.units, cost, time.Duration(rest))
}

func (r *rule) rateState(taken int64, cost int) ratelimit.State {
	left := max(r.room-taken, 0)
	s := ratelimit.State{
		Policy:     r.policy,
		Remaining:  int(left / r.unit),
		RetryAfter: time.Duration(max(taken+int64(cost)*r.unit-r.room, 0)),
	}
	if taken > 0 {
		s.More, s.Reset = time.Duration(r.unit-left%r.unit), time.Duration(taken)
	}
	return s
}

func (r *rule) quotaState(taken int64, cost int, rest time.Duration) ratelimit.State {
	s := ratelimit.State{Policy: r.policy, Remaining: int(max(r.room-taken, 0))}
	if taken > 0 {
		s.More, s.Reset = rest, rest
	}
	if taken+int64(cost) > r.room {
		s.RetryAfter = max(rest, 1)
	}
	return s
}
