package ratelimit

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/ratelimit/internal/calendar"
	"github.com/failwell/failwell/ratelimit/internal/interval"
)

// Policy is one limit. It is a rate if Window is set, and a quota for each day
// or month if Calendar is set:
//
//	ratelimit.PerSecond("burst", 10)
//	ratelimit.PerMinute("sustained", 100).WithBurst(20)
//	ratelimit.Policy{Name: "chat", Limit: 60, Window: 10 * time.Second}
//	ratelimit.Monthly("plan", 50_000).In(paris).WithError(PlanUsedUp)
//
// A rate admits at most Burst + Limit·t/Window units in any span of time t. A
// quota admits Limit units in each period, at any time in it. A request takes
// as many units as it costs: 1 by default. The zero Policy is not valid;
// [Check] reports why.
type Policy struct {
	// Name identifies the policy within its limiter, in calls, header fields
	// and logs: 1 to 64 of A-Z a-z 0-9 . _ : / -
	Name string

	// Limit is the number of units per Window, sustained, or per period of
	// the Calendar. 1 to 999,999,999,999.
	Limit int

	// Window is the time in which a rate gives Limit units back: one unit
	// after each Window/Limit, rounded up to the nanosecond. It is not a fixed
	// window: no point in time gives all units back at once. 0 for a quota.
	Window time.Duration

	// Burst is the number of units that a rate admits at once for a key that
	// has none taken. 0: Limit. Always 0 for a quota.
	Burst int

	// Calendar makes the policy a quota per Day or Month. 0: it is a rate.
	Calendar Calendar

	// Location is the time zone of the Calendar. nil: UTC. Always nil for a
	// rate.
	Location *time.Location

	// Error is the error of a refusal. The limiter returns a copy with
	// RetryAfter set. nil: [apierr.TooManyRequests] for a rate,
	// [apierr.QuotaExceeded] for a quota.
	Error *apierr.Error
}

// Calendar is the period of a quota. The zero value is no period: the policy
// is a rate.
type Calendar uint8

// The period of a quota begins at midnight in the policy's Location: each day,
// or on the first day of each month.
const (
	Day   = Calendar(calendar.Day)
	Month = Calendar(calendar.Month)
)

// PerSecond returns a rate of limit units a second, with a burst of limit.
func PerSecond(name string, limit int) Policy {
	return Policy{Name: name, Limit: limit, Window: time.Second}
}

// PerMinute returns a rate of limit units a minute, with a burst of limit.
func PerMinute(name string, limit int) Policy {
	return Policy{Name: name, Limit: limit, Window: time.Minute}
}

// PerHour returns a rate of limit units an hour, with a burst of limit.
func PerHour(name string, limit int) Policy {
	return Policy{Name: name, Limit: limit, Window: time.Hour}
}

// Daily returns a quota of limit units a day, in UTC unless In sets another
// time zone. A [Memory] counts it from 0 in each process: see [Monthly].
func Daily(name string, limit int) Policy {
	return Policy{Name: name, Limit: limit, Calendar: Day}
}

// Monthly returns a quota of limit units a month, in UTC unless In sets
// another time zone.
//
// A [Memory] counts it from 0 in each process: a restart forgets what was
// used, and each of n machines admits the whole limit. Use
// github.com/failwell/failwell/ratelimit/redislimit for a quota that customers
// pay for.
func Monthly(name string, limit int) Policy {
	return Policy{Name: name, Limit: limit, Calendar: Month}
}

// WithBurst returns a copy of the rate that admits n units at once. 0: Limit.
func (p Policy) WithBurst(n int) Policy {
	p.Burst = n
	return p
}

// In returns a copy of the quota whose days and months are those of loc. nil:
// UTC.
func (p Policy) In(loc *time.Location) Policy {
	p.Location = loc
	return p
}

// WithError returns a copy whose refusals are err. nil: the default of
// [Policy].Error.
func (p Policy) WithError(err *apierr.Error) Policy {
	p.Error = err
	return p
}

// MaxCost returns the largest cost that the policy can ever admit, in units:
// Burst, or Limit where Burst is 0.
func (p Policy) MaxCost() int {
	if p.Burst != 0 {
		return p.Burst
	}
	return p.Limit
}

// interval is the time in which a rate gives one unit back. 0 for a quota.
func (p *Policy) interval() time.Duration { return interval.Of(p.Window, p.Limit) }

// refusal returns the declared error of a refusal.
func (p *Policy) refusal() *apierr.Error {
	switch {
	case p == nil:
		return apierr.TooManyRequests
	case p.Error != nil:
		return p.Error
	case p.Calendar != 0:
		return apierr.QuotaExceeded
	}
	return apierr.TooManyRequests
}

const (
	maxName  = 64
	maxLimit = 999_999_999_999 // fits 40 bits, and the integers of RFC 9651

	// maxSpan keeps the sum of a burst's whole time and of a process's age
	// within 63 bits of nanoseconds: 146 years for each.
	maxSpan = math.MaxInt64 / 2
)

// check returns everything that is wrong with the policy, joined.
func (p *Policy) check() error {
	var errs []error
	fault := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("ratelimit: policy %q: "+format, append([]any{p.Name}, args...)...))
	}
	if !validName(p.Name) {
		fault("the name is not 1 to %d of A-Z a-z 0-9 . _ : / -", maxName)
	}
	if p.Limit < 1 || int64(p.Limit) > maxLimit {
		fault("the limit %d is not 1 to %d", p.Limit, int64(maxLimit))
	}
	switch p.Calendar {
	case 0:
		p.checkRate(fault)
	case Day, Month:
		if p.Window != 0 || p.Burst != 0 {
			fault("a quota has neither a window nor a burst")
		}
	default:
		fault("there is no calendar %d", p.Calendar)
	}
	return errors.Join(errs...)
}

func (p *Policy) checkRate(fault func(string, ...any)) {
	if p.Location != nil {
		fault("a rate has no location")
	}
	if p.Burst < 0 || int64(p.Burst) > maxLimit {
		fault("the burst %d is not 0 to %d", p.Burst, int64(maxLimit))
	}
	switch interval := p.interval(); {
	case p.Window <= 0:
		fault("the window %v is not over 0", p.Window)
	case p.Limit > 0 && p.Window < time.Duration(p.Limit):
		fault("%d in %v is more than one a nanosecond", p.Limit, p.Window)
	case interval > 0 && p.MaxCost() > 0 && int64(p.MaxCost()) > maxSpan/int64(interval):
		fault("a burst of %d at %v each takes more than %v to come back", p.MaxCost(), interval, time.Duration(maxSpan))
	}
}

func validName(s string) bool {
	if len(s) == 0 || len(s) > maxName {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '.', c == '_', c == ':', c == '/', c == '-':
		default:
			return false
		}
	}
	return true
}
