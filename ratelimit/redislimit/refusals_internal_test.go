package redislimit

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit"
)

// Verdicts may be learned in another order than Redis gave them. The test is
// internal since that order cannot be brought about from outside.
func TestLearn(t *testing.T) {
	const second = int64(time.Second)
	p := ratelimit.PerMinute("p", 60) // a second for each unit
	q := ratelimit.Daily("q", 5)
	full := 60 * second
	type reply struct {
		admitted   bool
		asked, now int64
		arrival    int64
		units      int64
	}
	for _, c := range []struct {
		why     string
		policy  ratelimit.Policy
		replies []reply
		refunds int // before the last is learned
		refused bool
	}{
		{"a refusal", p, []reply{{false, 0, 1, full + 1, 0}}, 0, true},
		{"an admission alone", p, []reply{{true, 0, 1, full + 1, 0}}, 0, false},
		{"a refusal from before a refund", p, []reply{{false, 0, 1, full + 1, 0}}, 1, false},
		{"asked later, a smaller reply", p, []reply{{false, 0, 1, full + 1, 0}, {true, 2, 3, second, 0}}, 0, false},
		{"asked meanwhile, a smaller reply", p, []reply{{false, 0, 2, full + 2, 0}, {true, 1, 3, second, 0}}, 0, true},
		{"asked meanwhile, a larger reply", p, []reply{{false, 0, 2, 0, 0}, {true, 1, 3, full + 3, 0}}, 0, true},
		{"units of one period", q, []reply{{false, 0, 2, full, 5}, {true, 1, 3, full + 1, 4}}, 0, true},
		{"the next period", q, []reply{{false, 0, 2, full, 5}, {true, 1, 3, full + 24*3600*second, 1}}, 0, false},
		{"the last period", q, []reply{{false, 0, 2, full + 24*3600*second, 1}, {true, 1, 3, full, 5}}, 0, false},
	} {
		rules := []rule{newRule(&c.policy)}
		f := newRefusals(Options{}.filled())
		_, _, refunds := f.find(rules, 1, 1, 1, 0)
		for range c.refunds {
			f.forget(1)
		}
		for _, v := range c.replies {
			f.learn(1, 1, 1, verdict{v.admitted, []standing{{v.arrival, v.units}}, v.asked, v.now}, refunds)
		}
		states, _, _ := f.find(rules, 1, 1, 1, 4)
		require.Equal(t, c.refused, states != nil, c.why)
	}
}

// A refusal is asked about again by one request at a time.
func TestRecheck(t *testing.T) {
	p := ratelimit.PerHour("p", 1)
	rules := []rule{newRule(&p)}
	f := newRefusals(Options{Recheck: time.Second, Timeout: 50 * time.Millisecond}.filled())
	f.learn(1, 1, 1, verdict{standings: []standing{{int64(time.Hour), 0}}}, 0)
	for _, c := range []struct {
		at    time.Duration
		fresh bool
	}{
		{0, true}, {999 * time.Millisecond, true},
		{time.Second, false}, {time.Second + 1, true}, // while the first asks
		{1049 * time.Millisecond, true}, {1050 * time.Millisecond, false}, // which had no reply
	} {
		states, fresh, _ := f.find(rules, 1, 1, 1, int64(c.at))
		require.NotNil(t, states)
		require.Equal(t, c.fresh, fresh, "%v", c.at)
	}
}
