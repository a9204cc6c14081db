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
// is the same in every answer is made once.
type fields struct {
	policies map[string]string // RateLimit-Policy of each policy
	all      []string          // of all of them, shared by all answers
	n        int
	only     rule // where there is one policy
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

// policyItem is "name";q=units;w=seconds. Names hold nothing that a string of
// RFC 9651 would escape. The draft knows whole seconds only: a window that is
// not of whole seconds is told as the next longer one that is, with as many
// units as come back in it.
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

// scale is n·a/b rounded down, for a < 2b.
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
	// Shared values end where their slices do, so that nobody's append
	// reaches into them.
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

// some is RateLimit-Policy of the policies that were asked.
func (f *fields) some(d *Decision) []string {
	var s []string
	for state := range d.States() {
		s = append(s, f.policies[state.Policy.Name])
	}
	return []string{strings.Join(s, ", ")}
}

// behind is one list of what a limiter further out has set, and value.
func behind(old, value []string) []string {
	if len(old) == 0 {
		return value
	}
	return []string{strings.Join(append(old[:len(old):len(old)], value...), ", ")}
}

// ResetUnit is how X-RateLimit-Reset tells a time. Published APIs disagree.
type ResetUnit uint8

const (
	// EpochSeconds are seconds since 1970, as GitHub has them.
	EpochSeconds ResetUnit = iota + 1
	// EpochMilliseconds are milliseconds since 1970.
	EpochMilliseconds
	// DeltaSeconds are seconds from now.
	DeltaSeconds
)

// set tells of the policy that decided, unless a limiter further out has told
// of one that has less remaining.
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

func (u ResetUnit) at(d time.Duration) int64 {
	if u == DeltaSeconds {
		return ceil(d, time.Second)
	}
	t := time.Now().Add(d)
	if u == EpochMilliseconds {
		return t.Add(time.Millisecond - 1).UnixMilli()
	}
	// The clock has moved on a little since d was measured: a period that ends
	// on the second is told to end there, and not one later.
	return t.Add(time.Second - time.Millisecond).Unix()
}

// ceil is d in whole units, rounded up.
func ceil(d, unit time.Duration) int64 {
	n := int64(d / unit)
	if d%unit > 0 {
		n++
	}
	return n
}
