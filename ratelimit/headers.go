package ratelimit

import (
	"math/bits"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Names as http.Header keeps them.
const (
	rateLimit       = "Ratelimit"
	rateLimitPolicy = "Ratelimit-Policy"
	xLimit          = "X-Ratelimit-Limit"
	xRemaining      = "X-Ratelimit-Remaining"
	xReset          = "X-Ratelimit-Reset"
)

// fields writes the fields of draft-ietf-httpapi-ratelimit-headers-10. What
// is the same in every response is made once.
type fields struct {
	policies map[string]string // the item of RateLimit-Policy, by name
	all      []string          // RateLimit-Policy of all policies; responses share it
	n        int
	only     rule // if there is one policy
}

func newFields(policies []Policy) *fields {
	f := &fields{policies: make(map[string]string, len(policies)), n: len(policies)}
	var all []string
	for i := range policies {
		p := &policies[i]
		f.policies[p.Name] = policyItem(p)
		all = append(all, f.policies[p.Name])
	}
	f.all = []string{strings.Join(all, ", ")}
	if f.n == 1 {
		f.only = newRule(&policies[0])
	}
	return f
}

// policyItem returns "name";q=units;w=seconds. A name has no character that a
// string of RFC 9651 escapes. The draft has whole seconds only: a window that
// is not in whole seconds is rounded up, and q is the number of units that come
// back in that time.
func policyItem(p *Policy) string {
	q, w := int64(p.Limit), int64(0)
	switch {
	case p.Calendar == Day:
		w = 24 * 60 * 60
	case p.Calendar == 0:
		w = ceil(p.Window, time.Second)
		if p.Window != time.Duration(w)*time.Second {
			q = scale(q, time.Duration(w)*time.Second, p.Window)
		}
	}
	s := `"` + p.Name + `";q=` + strconv.FormatInt(q, 10)
	if w > 0 {
		s += ";w=" + strconv.FormatInt(w, 10)
	}
	return s
}

// scale returns n·a/b rounded down, for a < 2b.
func scale(n int64, a, b time.Duration) int64 {
	const most = 999_999_999_999_999 // an integer of RFC 9651 has 15 digits
	hi, lo := bits.Mul64(uint64(n), uint64(a))
	if hi >= uint64(b) {
		return most
	}
	q, _ := bits.Div64(hi, lo, uint64(b))
	return int64(min(q, most))
}

func (f *fields) set(h http.Header, d *Decision) {
	var room [64]byte
	b := room[:0]
	switch n := d.len(); {
	case n == 0:
		return
	case n == 1 && f.n == 1 && d.several == nil:
		b = appendItem(b, d.Policy.Name, d.Remaining, f.only.more(d.Remaining, d.reset))
	default:
		for i := range n {
			if i > 0 {
				b = append(b, ", "...)
			}
			s := d.at(i)
			b = appendItem(b, s.Policy.Name, s.Remaining, s.More)
		}
	}
	value := []string{string(b)}
	// The capacity of a shared value is its length: an append of another layer
	// copies it.
	policies := f.all
	if d.len() != f.n {
		policies = f.some(d)
	}
	if len(h) > 0 {
		value = behind(h[rateLimit], value)
		policies = behind(h[rateLimitPolicy], policies)
	}
	h[rateLimit] = value
	h[rateLimitPolicy] = policies
}

// appendItem appends "name";r=remaining;t=seconds.
func appendItem(b []byte, name string, remaining int, more time.Duration) []byte {
	b = append(b, '"')
	b = append(b, name...)
	b = append(b, `";r=`...)
	b = strconv.AppendInt(b, int64(remaining), 10)
	if more > 0 {
		b = append(b, ";t="...)
		b = strconv.AppendInt(b, ceil(more, time.Second), 10)
	}
	return b
}

// some returns RateLimit-Policy of the policies of the decision.
func (f *fields) some(d *Decision) []string {
	var s []string
	for state := range d.States() {
		s = append(s, f.policies[state.Policy.Name])
	}
	return []string{strings.Join(s, ", ")}
}

// behind returns one list of what an outer layer has set, and value.
func behind(old, value []string) []string {
	if len(old) == 0 {
		return value
	}
	return []string{strings.Join(append(old[:len(old):len(old)], value...), ", ")}
}

// ResetUnit is the unit of X-RateLimit-Reset, in which published APIs differ.
// The zero value is no unit.
type ResetUnit uint8

const (
	// EpochSeconds are seconds since 1970, as in GitHub's API.
	EpochSeconds ResetUnit = iota + 1
	// EpochMilliseconds are milliseconds since 1970.
	EpochMilliseconds
	// DeltaSeconds are seconds from now.
	DeltaSeconds
)

// set writes the fields of the policy that decided, unless an outer limiter
// has written those of one that has as few units remaining.
func (u ResetUnit) set(h http.Header, d *Decision) {
	if d.Policy == nil {
		return
	}
	if old := h[xRemaining]; len(old) > 0 && d.Allowed {
		if n, err := strconv.Atoi(old[0]); err == nil && n <= d.Remaining {
			return
		}
	}
	values := [3]string{strconv.Itoa(d.Policy.Limit), strconv.Itoa(d.Remaining), strconv.FormatInt(u.at(d.reset), 10)}
	h[xLimit] = values[0:1:1]
	h[xRemaining] = values[1:2:2]
	h[xReset] = values[2:3:3]
}

// keepFirst drops the values of X-RateLimit-* that the handler has added to
// those of the limiter.
func keepFirst(h http.Header) {
	for _, name := range [...]string{xLimit, xRemaining, xReset} {
		if v := h[name]; len(v) > 1 {
			h[name] = v[:1:1]
		}
	}
}

func (u ResetUnit) at(d time.Duration) int64 {
	if u == DeltaSeconds {
		return ceil(d, time.Second)
	}
	t := time.Now().Add(d)
	if u == EpochMilliseconds {
		return t.Add(time.Millisecond - 1).UnixMilli()
	}
	// Some time has passed since d was measured. A period that ends on the
	// second must not be rounded up to the next one.
	return t.Add(time.Second - time.Millisecond).Unix()
}

// ceil returns d in whole units, rounded up.
func ceil(d, unit time.Duration) int64 {
	n := int64(d / unit)
	if d%unit > 0 {
		n++
	}
	return n
}
