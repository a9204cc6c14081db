package redislimit

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/internal/calendar"
)

// quota has the calendar of a policy. Periods are counted on Redis's clock, and
// Redis has no time zones, so each call carries the ends of the periods around
// the present one. This machine's clock may differ from Redis's by one period;
// if it differs by more, Redis replies with its own time, and the limiter keeps
// the difference.
type quota struct {
	unit  calendar.Unit
	loc   *time.Location
	limit string
	now   atomic.Pointer[period]
}

// period is one of a quota's, as arguments of the script.
type period struct {
	begin, end int64 // seconds since 1970
	args       []any
}

func newQuota(p *ratelimit.Policy) *quota {
	q := &quota{unit: calendar.Unit(p.Calendar), loc: p.Location, limit: strconv.Itoa(p.Limit)}
	if q.loc == nil {
		q.loc = time.UTC
	}
	return q
}

// args returns the arguments of the script, at a second since 1970.
func (q *quota) args(sec int64) []any {
	p := q.now.Load()
	if p == nil || sec < p.begin || sec >= p.end {
		p = q.at(sec)
		q.now.Store(p)
	}
	return p.args
}

func (q *quota) at(sec int64) *period {
	e1 := calendar.At(q.unit, time.Unix(sec, 0), q.loc).End
	e2 := calendar.At(q.unit, time.Unix(e1, 0), q.loc).End
	e3 := calendar.At(q.unit, time.Unix(e2, 0), q.loc).End
	e0 := q.begin(sec)
	p := &period{begin: e0, end: e1, args: []any{"q", q.limit}}
	for _, e := range []int64{e0, e1, e2, e3} {
		p.args = append(p.args, strconv.FormatInt(e, 10))
	}
	return p
}

// begin returns the end of the period before that of sec: of noon on an earlier
// day, or of a day in an earlier month. It looks back more than once, because
// time zones have skipped days.
func (q *quota) begin(sec int64) int64 {
	t := time.Unix(sec, 0).In(q.loc)
	this := calendar.At(q.unit, t, q.loc).Number
	y, m, d := t.Date()
	for back := 1; ; back++ {
		before := time.Date(y, m, d-back, 12, 0, 0, 0, q.loc)
		if q.unit == calendar.Month {
			before = time.Date(y, m-time.Month(back), 15, 12, 0, 0, 0, q.loc)
		}
		if p := calendar.At(q.unit, before, q.loc); p.Number < this {
			return p.End
		}
	}
}
