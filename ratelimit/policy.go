package ratelimit

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/ratelimit/internal/calendar"
)

// Policy is one promise about how often a key may ask. It is a rate (Window is
// set) or a quota for a period of the calendar (Calendar is set):
//
//	ratelimit.PerSecond("burst", 10)
//	ratelimit.PerMinute("sustained", 100).WithBurst(20)
//	ratelimit.Policy{Name: "chat", Limit: 60, Window: 10 * time.Second}
//	ratelimit.Monthly("plan", 50_000).In(paris).Raise(PlanUsedUp)
//
// A rate admits at most Burst + Limit·t/Window units in any span of time t. A
// quota admits Limit units in each period, at whatever times. A request takes
// as many units as it costs, one unless something else is said.
type Policy struct {
	// Name tells the policies of a limiter apart, in calls, in headers and in
	// logs: 1 to 64 of A-Z a-z 0-9 . _ : / -
	Name string

	// Limit is the number of units in each Window, sustained, or in each
	// period of the Calendar. 1 to 999,999,999,999.
	Limit int

	// Window is the time in which Limit units come back, a little at a time:
	// one after each Window/Limit, rounded up to the nanosecond. It is not a
	// window that opens and shuts. 0 for a quota.
	Window time.Duration

	// Burst is the number of units that a key which has rested may take at
	// once. 0: Limit. Always 0 for a quota.
	Burst int

	// Calendar makes the policy a quota that begins anew with each Day or
	// Month. 0: it is a rate.
	Calendar Calendar

	// Location is the time zone of the Calendar. nil: UTC. Always nil for a
	// rate.
	Location *time.Location

	// Error is raised where the policy refuses, with its RetryAfter set. nil:
	// [apierr.TooManyRequests] for a rate, [apierr.QuotaExceeded] for a quota.
	Error *apierr.Error
}

// Calendar is the period of a quota.
type Calendar uint8

// A quota's period begins at midnight in the policy's Location: each day, or
// on the first of each month.
const (
	Day   = Calendar(calendar.Day)
	Month = Calendar(calendar.Month)
)

// PerSecond is a rate of limit units a second, as many of them at once.
func PerSecond(name string, limit int) Policy {
	return Policy{Name: name, Limit: limit, Window: time.Second}
}

// PerMinute is a rate of limit units a minute, as many of them at once.
func PerMinute(name string, limit int) Policy {
	return Policy{Name: name, Limit: limit, Window: time.Minute}
}

// PerHour is a rate of limit units an hour, as many of them at once.
func PerHour(name string, limit int) Policy {
	return Policy{Name: name, Limit: limit, Window: time.Hour}
}

// Daily is a quota of limit units for each day, in UTC unless In says more.
func Daily(name string, limit int) Policy {
	return Policy{Name: name, Limit: limit, Calendar: Day}
}

// Monthly is a quota of limit units for each month, in UTC unless In says
// more.
func Monthly(name string, limit int) Policy {
	return Policy{Name: name, Limit: limit, Calendar: Month}
}

// WithBurst returns a copy that admits n units at once. 0: Limit.
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

// Raise returns a copy that raises err where it refuses. nil: the default of
// [Policy].Error.
func (p Policy) Raise(err *apierr.Error) Policy {
	p.Error = err
	return p
}

// Most is the largest cost that the policy can ever admit: Burst, or Limit
// where that is 0.
func (p Policy) Most() int {
	if p.Burst != 0 {
		return p.Burst
	}
	return p.Limit
}

// Interval is the time in which a rate gives one unit back: Window/Limit,
// rounded up, so that the rounding never admits more. 0 for a quota, and for
// a policy that Check refuses.
func (p Policy) Interval() time.Duration {
	if p.Limit <= 0 || p.Window <= 0 {
		return 0
	}
	limit := time.Duration(p.Limit)
	d := p.Window / limit
	if p.Window%limit != 0 {
		d++
	}
	return d
}

// raises is the declared error of a refusal.
func (p *Policy) raises() *apierr.Error {
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

// Check returns everything that is wrong with the policy, joined; nil: it can
// be used.
func (p Policy) Check() error {
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

func (p Policy) checkRate(fault func(string, ...any)) {
	if p.Location != nil {
		fault("a rate has no location")
	}
	if p.Burst < 0 || int64(p.Burst) > maxLimit {
		fault("the burst %d is not 0 to %d", p.Burst, int64(maxLimit))
	}
	switch interval := p.Interval(); {
	case p.Window <= 0:
		fault("the window %v is not over 0", p.Window)
	case p.Limit > 0 && p.Window < time.Duration(p.Limit):
		fault("%d in %v is more than one a nanosecond", p.Limit, p.Window)
	case interval > 0 && p.Most() > 0 && int64(p.Most()) > maxSpan/int64(interval):
		fault("a burst of %d at %v each takes more than %v to come back", p.Most(), interval, time.Duration(maxSpan))
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
