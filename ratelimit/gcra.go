package ratelimit

import (
	"math"
	"math/bits"
	"sync/atomic"
	"time"

	"github.com/failwell/failwell/ratelimit/internal/calendar"
)

// rule is the arithmetic of a policy, on one integer for each key: the generic
// cell rate algorithm (ITU-T I.371, annex A).
//
// A key's state is its theoretical arrival time: the time at which no units are
// taken. The distance from now, the floor, up to the state is what is taken. A
// request of cost n raises the state by n units, and is refused if more than
// the room would be taken. A state at or below the floor is the same as none,
// so dropping it changes no answer.
//
// For a rate, times are nanoseconds, and a unit is the time in which one comes
// back. A quota is the same on a clock that stands still for a period and then
// jumps: the floor is the period's number shifted by periodShift, a unit is 1,
// and what was taken in an earlier period is below the floor.
type rule struct {
	policy  *Policy
	most    int    // the largest cost
	unit    int64  // what a cost of 1 adds to the state
	room    int64  // the most that can be taken
	inverse uint64 // of the unit, times 1<<64
	quota   *quota
}

// periodShift leaves room for maxLimit units in each period.
const periodShift = 40

func newRule(p *Policy) rule {
	r := rule{policy: p, most: p.MaxCost(), unit: int64(p.interval())}
	if p.Calendar != 0 {
		r.unit = 1
		r.quota = &quota{unit: calendar.Unit(p.Calendar), loc: p.Location}
		if r.quota.loc == nil {
			r.quota.loc = time.UTC
		}
		r.quota.current.Store(&calendar.Period{End: math.MinInt64}) // long over
	}
	r.room = r.unit * int64(r.most)
	r.inverse = math.MaxUint64 / uint64(max(r.unit, 1))
	return r
}

// add returns how much a request raises the state.
func (r *rule) add(q request) int64 { return r.unit * int64(q.cost) }

// floor returns the state of a key without units taken. end is the second at
// which a quota's period ends.
func (r *rule) floor(now instant) (floor, end int64) {
	if r.quota == nil {
		return now.mono, 0
	}
	p := r.quota.period(now)
	return p.Number << periodShift, p.End
}

// state returns the State of a key with taken out of the room. refused is the
// amount by which the request exceeded the room; 0: it was admitted.
func (r *rule) state(taken, refused, end int64, now instant) State {
	s := State{Policy: r.policy, Remaining: r.left(taken), RetryAfter: time.Duration(refused)}
	if taken <= 0 {
		return s
	}
	if r.quota == nil {
		s.Reset = time.Duration(taken)
		s.More = r.more(s.Remaining, s.Reset)
		return s
	}
	s.Reset = now.until(end)
	s.More = s.Reset
	if refused > 0 {
		s.RetryAfter = s.Reset
	}
	return s
}

// more returns the time until one unit more than remaining can be taken, if
// all are back after reset.
func (r *rule) more(remaining int, reset time.Duration) time.Duration {
	if r.quota != nil || reset <= 0 {
		return reset
	}
	return reset - time.Duration(r.unit*int64(r.most-remaining-1))
}

// left returns the number of units that can be taken. It divides by multiplying
// with the reciprocal, which is several times as fast; rounded down, that is the
// quotient or 1 less.
func (r *rule) left(taken int64) int {
	room := r.room - taken
	if room < r.unit {
		return 0
	}
	q, _ := bits.Mul64(uint64(room), r.inverse)
	if room-int64(q)*r.unit >= r.unit {
		q++
	}
	return int(q)
}

// refund lowers the state by what cost has added. A state below the floor is
// the same as one at it.
func (r *rule) refund(state *atomic.Int64, cost int, now instant) {
	floor, _ := r.floor(now)
	for {
		old := state.Load()
		if old <= floor || state.CompareAndSwap(old, old-r.unit*int64(cost)) {
			return
		}
	}
}

// quota keeps the current period.
type quota struct {
	unit    calendar.Unit
	loc     *time.Location
	current atomic.Pointer[calendar.Period]
}

// period returns the current one. It follows the wall clock forward only: a
// clock that is set back into an earlier period does not open that one again.
func (q *quota) period(now instant) *calendar.Period {
	p := q.current.Load()
	if now.sec < p.End {
		return p
	}
	next := q.at(now)
	for next.Number > p.Number && !q.current.CompareAndSwap(p, &next) {
		p = q.current.Load()
	}
	if next.Number > p.Number {
		return &next
	}
	return p
}

func (q *quota) at(now instant) calendar.Period {
	return calendar.At(q.unit, time.Unix(now.sec, 0), q.loc)
}
