package limittest

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/failwell/failwell/ratelimit"
)

func burst(t *testing.T, make Maker) {
	for _, p := range []ratelimit.Policy{hourly("p", 20), hourly("p", 20).WithBurst(7), hourly("p", 20).WithBurst(50), hourly("p", 1)} {
		l, _ := start(t, make, p)
		for want := p.MaxCost() - 1; want >= 0; want-- {
			d := l.take("k", 1)
			isTrue(t, d.Allowed, "%d of a burst of %d are left", want+1, p.MaxCost())
			equal(t, want, d.Remaining)
		}
		d := l.take("k", 1)
		isTrue(t, !d.Allowed, "a burst of %d is spent", p.MaxCost())
		equal(t, "p", d.Policy.Name)
		atMost(t, d.RetryAfter, intervalOf(p), "the next unit comes within one interval")
	}
}

func keys(t *testing.T, make Maker) {
	l, _ := start(t, make, hourly("p", 2))
	long := strings.Repeat("x", 10_000)
	for _, key := range []string{"", "a", "b", "A", "a ", "a\x00", "a\x00b", "ключ", "\xff\xfe", "{a}", "a:b", "a\r\nb", long, long + "x"} {
		equal(t, 2, l.drain(key, 2), "the key %.20q has not been seen", key)
	}
	equal(t, 0, l.drain("a", 2), "other keys give nothing back")
}

func retryAfter(t *testing.T, make Maker) {
	l, wait := start(t, make, ratelimit.PerSecond("p", 5))
	l.take("k", 5)
	d := l.take("k", 2)
	isTrue(t, !d.Allowed)
	atMost(t, d.RetryAfter, 400*time.Millisecond, "two units come back in two intervals")
	wait(d.RetryAfter)
	isTrue(t, l.take("k", 2).Allowed)
}

func reset(t *testing.T, make Maker) {
	p := ratelimit.PerSecond("p", 5).WithBurst(4)
	l, wait := start(t, make, p)
	d := l.take("k", 4)
	_, by := states(d)
	atMost(t, by["p"].More, intervalOf(p))
	atMost(t, by["p"].Reset, 4*intervalOf(p))
	wait(by["p"].Reset)
	d = l.peek("k", 4)
	isTrue(t, d.Allowed)
	_, by = states(d)
	equal(t, ratelimit.State{Policy: d.Policy, Remaining: 4}, by["p"])
}

func allOrNone(t *testing.T, make Maker) {
	l, _ := start(t, make, hourly("wide", 10), hourly("narrow", 3), hourly("middle", 5))
	equal(t, 3, l.drain("k", 10))
	d := l.take("k", 1)
	isTrue(t, !d.Allowed)
	equal(t, "narrow", d.Policy.Name)
	names, by := states(d)
	equal(t, []string{"wide", "narrow", "middle"}, names, "the states are in the order of the limiter's policies")
	equal(t, 7, by["wide"].Remaining, "the refused requests were not charged")
	equal(t, 2, by["middle"].Remaining, "the refused requests were not charged")
	equal(t, 0, by["wide"].RetryAfter, "this policy did not refuse")
	isTrue(t, by["narrow"].RetryAfter > 0)
}

func names(t *testing.T, make Maker) {
	l, _ := start(t, make, hourly("a", 2), hourly("b", 3))
	equal(t, 2, l.drain("k", 10, "a"))
	got, by := states(l.peek("k", 1, "b", "a", "b"))
	equal(t, []string{"a", "b"}, got, "the limiter order, each once")
	equal(t, 3, by["b"].Remaining, "only a was charged")
	got, _ = states(l.take("k", 1, "b"))
	equal(t, []string{"b"}, got)
	isTrue(t, !l.take("k", 1).Allowed, "no names select all policies")

	for _, names := range [][]string{{"c"}, {"a", "c"}, {""}, {"A"}} {
		_, err := l.Take(context.Background(), "k", 1, names...)
		errorIs(t, err, ratelimit.ErrPolicy, "%q", names)
		_, err = l.Peek(context.Background(), "k", 1, names...)
		errorIs(t, err, ratelimit.ErrPolicy, "%q", names)
		errorIs(t, l.Refund(context.Background(), "k", 1, names...), ratelimit.ErrPolicy, "%q", names)
	}
	equal(t, 2, l.peek("k", 1, "b").Remaining, "a call with an unknown name charges nothing")
}

func longest(t *testing.T, make Maker) {
	l, _ := start(t, make, ratelimit.PerMinute("minute", 2), hourly("hour", 2), ratelimit.PerMinute("other", 9))
	l.take("k", 2)
	d := l.take("k", 1)
	equal(t, "hour", d.Policy.Name, "to wait for the other would not be enough")
	isTrue(t, d.RetryAfter > 29*time.Minute)
	equal(t, "minute", l.peek("k", 1, "minute", "other").Policy.Name)
}

func costs(t *testing.T, make Maker) {
	l, _ := start(t, make, hourly("p", 10))
	equal(t, 7, l.take("k", 3).Remaining)
	equal(t, 3, l.take("k", 4).Remaining)
	d := l.take("k", 4)
	isTrue(t, !d.Allowed, "3 are left")
	equal(t, 3, d.Remaining, "a refused request is not charged in part")
	atMost(t, d.RetryAfter, intervalOf(l.Policies()[0]), "one unit is missing")
	equal(t, 0, l.take("k", 3).Remaining)
}

func costErrors(t *testing.T, make Maker) {
	l, _ := start(t, make, hourly("a", 10).WithBurst(4), hourly("b", 6))
	for _, c := range []struct {
		cost  int
		names []string
	}{{0, nil}, {-1, nil}, {5, nil}, {5, []string{"a"}}, {7, []string{"b"}}, {math.MaxInt, nil}, {math.MinInt, []string{"b"}}} {
		_, err := l.Take(context.Background(), "k", c.cost, c.names...)
		errorIs(t, err, ratelimit.ErrCost, "%d %q", c.cost, c.names)
		_, err = l.Peek(context.Background(), "k", c.cost, c.names...)
		errorIs(t, err, ratelimit.ErrCost, "%d %q", c.cost, c.names)
		errorIs(t, l.Refund(context.Background(), "k", c.cost, c.names...), ratelimit.ErrCost, "%d %q", c.cost, c.names)
	}
	isTrue(t, l.take("k", 6, "b").Allowed, "the burst of a policy that is not asked does not matter")
	equal(t, 4, l.peek("k", 1, "a").Remaining)
}

func peek(t *testing.T, make Maker) {
	l, _ := start(t, make, hourly("p", 3))
	for range 10 {
		d := l.peek("k", 3)
		isTrue(t, d.Allowed)
		equal(t, 3, d.Remaining, "what is there, not what would be left")
	}
	equal(t, 2, l.take("k", 1).Remaining)
	isTrue(t, !l.peek("k", 3).Allowed)
	isTrue(t, l.peek("k", 2).Allowed)
	equal(t, 2, l.drain("k", 3))
}

func refund(t *testing.T, make Maker) {
	l, _ := start(t, make, hourly("a", 5), hourly("b", 9))
	l.refund("k", 5)
	equal(t, 5, l.drain("k", 10), "a key that was never charged gets nothing")
	l.refund("k", 3)
	equal(t, 3, l.drain("k", 10))
	l.refund("k", 5)
	l.refund("k", 5)
	equal(t, 5, l.drain("k", 10, "a"), "never more than a burst")
	l.refund("k", 2, "a")
	_, by := states(l.peek("k", 1))
	equal(t, 2, by["a"].Remaining)
	equal(t, 9, by["b"].Remaining, "what was charged under b has been given back before")
}

func quota(t *testing.T, make Maker) {
	for _, p := range []ratelimit.Policy{ratelimit.Daily("q", 3), ratelimit.Monthly("q", 3).In(time.FixedZone("", 3*60*60))} {
		l, _ := start(t, make, p)
		equal(t, 3, l.drain("k", 5))
		d := l.take("k", 1)
		equal(t, "q", d.Policy.Name)
		atMost(t, d.RetryAfter, 31*24*time.Hour)
		_, by := states(d)
		equal(t, d.RetryAfter, by["q"].Reset, "all of a quota comes back at once")
		equal(t, d.RetryAfter, by["q"].More)
		l.refund("k", 2)
		equal(t, 2, l.drain("k", 5))
		equal(t, 3, l.drain("other", 5))
		_, err := l.Take(context.Background(), "k", 4)
		errorIs(t, err, ratelimit.ErrCost)
	}
}

func rateAndQuota(t *testing.T, make Maker) {
	l, wait := start(t, make, ratelimit.PerSecond("rate", 4), ratelimit.Monthly("plan", 6))
	equal(t, 4, l.drain("k", 4))
	d := l.take("k", 4)
	isTrue(t, !d.Allowed)
	equal(t, "plan", d.Policy.Name, "2 are left of the plan, and it opens last")
	d = l.take("k", 2)
	if !d.Allowed { // the clock may have run on
		equal(t, "rate", d.Policy.Name)
		wait(d.RetryAfter)
		d = l.take("k", 2)
	}
	isTrue(t, d.Allowed)
	equal(t, "plan", d.Policy.Name, "it has the fewest units left")
	equal(t, 0, d.Remaining)
	wait(time.Second)
	equal(t, "plan", l.take("k", 1).Policy.Name)
	equal(t, 4, l.peek("k", 1, "rate").Remaining, "what the plan refused, the rate was not charged for")
}

func policies(t *testing.T, make Maker) {
	want := []ratelimit.Policy{hourly("a", 5).WithBurst(2), ratelimit.Daily("b", 9)}
	l, _ := start(t, make, want...)
	equal(t, want, l.Policies())
	l.Policies()[0].Name = "changed"
	want[1].Name = "changed"
	equal(t, "a", l.Policies()[0].Name)
	equal(t, "b", l.Policies()[1].Name)
	isTrue(t, l.take("k", 1, "a", "b").Allowed)
}
