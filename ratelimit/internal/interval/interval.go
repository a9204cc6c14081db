// Package interval computes the time in which a rate gives one unit back. The
// limiters and the checks of package limittest share it.
package interval

import "time"

// Of returns window/limit, rounded up to the nanosecond, so that the rounding
// never admits more than the rate. It returns 0 where limit or window is not
// positive, as for a quota.
func Of(window time.Duration, limit int) time.Duration {
	if limit <= 0 || window <= 0 {
		return 0
	}
	n := time.Duration(limit)
	d := window / n
	if window%n != 0 {
		d++
	}
	return d
}
