package redislimit

import (
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Options are the settings of a [Limiter]. The zero value has the defaults.
type Options struct {
	// Prefix is the beginning of every key in Redis. Limiters with the same
	// prefix and an equal policy share its limits; others do not. It must not
	// have { or }, or text of clients. Empty: "ratelimit:".
	Prefix string

	// Timeout bounds every wait for Redis, whatever the client's settings are.
	// 0: 50 ms.
	Timeout time.Duration

	// Outage decides while Redis does not answer. The zero value is
	// FailLocal(1).
	Outage Outage

	// Recheck is the time for which a refusal is repeated without asking Redis
	// again, if it lasts that long. A Refund by another machine, and a key that
	// an operator deletes, can be seen late by as much. 0: one second. It has
	// no effect with NoRefusals.
	Recheck time.Duration

	// NoRefusals turns the memory of refusals off: every request asks Redis.
	NoRefusals bool

	// MaxRefusals is the number of refused keys that are remembered. Each takes
	// about 100 bytes and 32 for each policy; if there are more, some of them
	// ask Redis. 0: 65,536.
	MaxRefusals int

	// MaxKeys is the MaxKeys of the limiter in memory of FailLocal: see
	// ratelimit.MemoryOptions. 0: its default.
	MaxKeys int

	// OnChange is called after every change of state, one call at a time and in
	// order, on a goroutine that no request waits for. nil: nothing is called.
	OnChange func(Change)

	// Logger receives a line for every change of state, and for every key that
	// is not the limiter's. nil: slog.Default() at that time.
	Logger *slog.Logger
}

const (
	defaultPrefix      = "ratelimit:"
	defaultTimeout     = 50 * time.Millisecond
	defaultRecheck     = time.Second
	defaultMaxRefusals = 1 << 16
)

// filled returns a copy with the defaults in place. It panics if a field is out
// of range.
func (o Options) filled() Options {
	if strings.ContainsAny(o.Prefix, "{}") {
		panic(fmt.Sprintf("redislimit: the prefix %q has a brace, which would move the hash tag", o.Prefix))
	}
	for _, size := range []struct {
		name  string
		value int64
	}{
		{"Timeout", int64(o.Timeout)}, {"Recheck", int64(o.Recheck)},
		{"MaxRefusals", int64(o.MaxRefusals)}, {"MaxKeys", int64(o.MaxKeys)},
	} {
		if size.value < 0 {
			panic("redislimit: Options." + size.name + " is negative")
		}
	}
	if o.Outage == 0 {
		o.Outage = FailLocal(1)
	}
	if !o.Outage.valid() {
		panic("redislimit: the Outage is neither FailLocal, FailOpen nor FailClosed")
	}
	if o.Prefix == "" {
		o.Prefix = defaultPrefix
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Recheck == 0 {
		o.Recheck = defaultRecheck
	}
	if o.MaxRefusals == 0 {
		o.MaxRefusals = defaultMaxRefusals
	}
	return o
}

// Outage decides while Redis does not answer: [FailLocal], [FailOpen] or
// [FailClosed]. The zero value is FailLocal(1).
type Outage float64

const (
	// FailOpen admits every request, except for keys that Redis is known to
	// refuse. The decisions have no states.
	FailOpen Outage = -1

	// FailClosed admits no request: Take and Peek return [apierr.Unavailable]
	// with a RetryAfter of one second, except for keys that Redis is known to
	// refuse.
	FailClosed Outage = -2
)

// FailLocal decides with a limiter in memory, which has a share of every limit
// and burst: 1 divided by the number of machines, so that all together admit one
// limit, or 1, so that each admits one. What this machine admits through Redis is
// charged there too, so an outage gives none of that back.
//
// The share of a burst or quota is at least one unit. A request that costs more
// than the share can ever admit is answered as under [FailClosed].
//
// It panics unless share is over 0 and at most 1.
func FailLocal(share float64) Outage {
	if !(share > 0 && share <= 1) {
		panic(fmt.Sprintf("redislimit: a share of %v is not over 0 and at most 1", share))
	}
	return Outage(share)
}

func (o Outage) valid() bool { return o == FailOpen || o == FailClosed || o > 0 && o <= 1 }
