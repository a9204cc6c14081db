// Package calendar computes the day or month of a time zone in which an instant
// lies, and when the next one begins. The limiters share it.
package calendar

import "time"

// Unit is a period of the calendar.
type Unit uint8

// None is no period; the others begin at local midnight.
const (
	None Unit = iota
	Day
	Month
)

// Period is one day or one month.
type Period struct {
	// Number counts the periods of one unit and zone and grows with time. It
	// is over 0 and below 1<<23 from the year 1 to the year 20000.
	Number int64
	// End is the first second, since 1970, of the next period.
	End int64
}

// At returns the period of t in the zone loc.
func At(u Unit, t time.Time, loc *time.Location) Period {
	t = t.In(loc)
	y, m, d := t.Date()
	if u == Month {
		return Period{Number: int64(y)*12 + int64(m), End: begin(y, m+1, 1, loc).Unix()}
	}
	return Period{Number: days(y, m, d), End: begin(y, m, d+1, loc).Unix()}
}

// days counts civil days, so that it takes no zone to subtract two of them.
func days(y int, m time.Month, d int) int64 {
	const to1970 = 719163 // days from 0000-12-31 to 1970-01-01
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/86400 + to1970
}

// begin is the first instant of a civil day in loc. Where a change of offset
// leaves midnight out, time.Date gives an instant on either side of the gap;
// where it repeats midnight, either of the two.
func begin(y int, m time.Month, d int, loc *time.Location) time.Time {
	t := time.Date(y, m, d, 0, 0, 0, 0, loc)
	from, to := t.ZoneBounds()
	if want, got := days(y, m, d), days(t.Date()); got < want {
		return to
	}
	if h, min, s := t.Clock(); h != 0 || min != 0 || s != 0 {
		return from
	}
	if from.IsZero() {
		return t
	}
	_, before := from.Add(-1).Zone()
	_, after := t.Zone()
	if first := t.Add(time.Duration(after-before) * time.Second); first.Before(from) {
		return first
	}
	return t
}
