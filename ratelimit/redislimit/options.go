package redislimit

import (
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Options are the settings of a [Limiter]. The zero value means the defaults.
type Options struct {
	// Prefix begins every key in Redis. Limiters that have the prefix and a
	// policy in common share its limits; all others are apart. It holds
	// neither { nor }, and no text of clients. Empty: "ratelimit:".
	Prefix string

	// Timeout bounds every wait for Redis, whatever the client's own settings
	// are; theirs may be shorter, as 250 ms of NewClient are. 0: 50 ms.
	Timeout time.Duration

	// Outage says who decides while Redis does not. The zero value is
	// FailLocal(1).
	Outage Outage

	// Recheck is for how long a refusal is repeated without asking Redis
	// again, if it lasts so long. By as much a Refund that another machine
	// has made, or an operator's deletion of keys, can be seen late. 0: one
	// second. It has no effect with NoRefusals.
	Recheck time.Duration

	// NoRefusals makes every request ask Redis: no refusal is remembered.
	NoRefusals bool

	// MaxRefusals is how many keys are remembered as refused. Each takes about
	// 100 bytes and 32 for each policy; where there are more, some of them ask
	// Redis. 0: 65,536.
	MaxRefusals int

	// MaxKeys is that of the limiter in memory that stands by under FailLocal:
	// see ratelimit.MemoryOptions. 0: its default.
	MaxKeys int

	// OnChange is called after every change of state, one call at a time, in
	// order, and never on the way of a request. nil: nothing is called.
	OnChange func(Change)

	// Logger gets a line for every change of state. nil: slog.Default() at
	// that time.
	Logger *slog.Logger
}

const (
	defaultPrefix      = "ratelimit:"
	defaultTimeout     = 50 * time.Millisecond
	defaultRecheck     = time.Second
	defaultMaxRefusals = 1 << 16
)

// filled returns a copy with the defaults in place. It panics where a field is
// out of range.
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

// Outage says who decides while Redis does not: [FailLocal], [FailOpen] or
// [FailClosed]. The zero value is FailLocal(1).
type Outage float64

const (
	// FailOpen admits every request, but for those that Redis is known to
	// refuse. The decisions have no states.
	FailOpen Outage = -1

	// FailClosed answers every request, but for those that Redis is known to
	// refuse, with [apierr.Unavailable] and a RetryAfter of one second, as the
	// error of Take and Peek.
	FailClosed Outage = -2
)

// FailLocal lets a limiter in memory decide, with a share of every limit and
// burst: 1 divided by the number of machines, so that together they keep the
// promise, or 1, so that each alone does. It is kept warm: what this machine
// admits through Redis is charged there too, so that an outage forgives
// nothing of that.
//
// Of a burst or quota the share is at least one unit. A request that costs
// more than the share can ever admit is answered as under [FailClosed].
//
// It panics unless share is over 0 and at most 1.
func FailLocal(share float64) Outage {
	if !(share > 0 && share <= 1) {
		panic(fmt.Sprintf("redislimit: a share of %v is not over 0 and at most 1", share))
	}
	return Outage(share)
}

func (o Outage) valid() bool { return o == FailOpen || o == FailClosed || o > 0 && o <= 1 }
