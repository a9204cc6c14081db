package redislimit

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
)

// lane leads to one server: its circuit, and the calls that wait to be sent. A
// few goroutines, the carriers, send what has arrived since their last round
// trip as the next one. So an idle limiter sends every call at once, a busy one
// sends many together, and no call waits longer than its timeout for others.
type lane struct {
	circuit circuit
	tag     atomic.Pointer[string] // of a key of this lane, for probes
	mu      sync.Mutex             // held for a few instructions
	waiting []*call
	away    int
}

const (
	carriers = 2   // at once, in each lane
	load     = 128 // calls in one round trip
)

// add gives the call to a carrier.
func (w *lane) add(l *Limiter, k *call) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = append(w.waiting, k)
	if w.away < carriers {
		w.away++
		go l.carry(w)
	}
}

// next returns the calls of a carrier's next round trip; none: it ends.
func (w *lane) next() (calls []*call) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(w.waiting), load)
	if n == 0 {
		w.away--
		return nil
	}
	if n == len(w.waiting) {
		calls, w.waiting = w.waiting, nil
		return calls
	}
	calls = append(calls, w.waiting[:n]...)
	w.waiting = append(w.waiting[:0], w.waiting[n:]...)
	return calls
}

func (l *Limiter) carry(w *lane) {
	for calls := w.next(); calls != nil; calls = w.next() {
		ctx, cancel := context.WithTimeout(context.Background(), l.timeout)
		inTime := context.AfterFunc(ctx, func() { l.replace(w) })
		l.deliver(ctx, w, calls)
		replaced := !inTime()
		cancel()
		if replaced {
			return
		}
	}
}

// replace starts another carrier in place of one whose round trip takes too
// long: the client may ignore its deadline.
func (l *Limiter) replace(w *lane) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) > 0 {
		go l.carry(w)
	} else {
		w.away--
	}
}

// deliver sends the calls to Redis. It sends a call again if Redis did not know
// the script, and if Redis's clock is in another period than this machine's.
func (l *Limiter) deliver(ctx context.Context, w *lane, calls []*call) {
	l.send(ctx, calls)
	for range 2 {
		var again []*call
		for _, k := range calls {
			if args := l.correct(k); args != nil {
				k.put(args)
				again = append(again, k)
			}
		}
		l.send(ctx, again)
	}
	l.settle(w, calls)
}

// send makes one round trip for the calls that are not settled.
func (l *Limiter) send(ctx context.Context, calls []*call) {
	calls = slices.DeleteFunc(slices.Clone(calls), func(k *call) bool { return k.settled.Load() })
	switch len(calls) {
	case 0:
	case 1:
		l.trips.Add(1)
		_ = l.client.Process(ctx, calls[0].cmd) // a command has its error itself
	default:
		l.trips.Add(1)
		pipe := l.client.Pipeline()
		for _, k := range calls {
			_ = pipe.Process(ctx, k.cmd)
		}
		_, _ = pipe.Exec(ctx)
	}
}

// settle settles the calls. The failures of one round trip, such as a lost
// connection, count as one for the circuit.
func (l *Limiter) settle(w *lane, calls []*call) {
	var lost uint64
	var cause error
	for _, k := range calls {
		reply, err := l.read(k)
		if !k.settle(reply, err) {
			continue
		}
		var foreign *foreignKey
		switch {
		case errors.As(err, &foreign): // not a failure of Redis
			l.errors.Add(1)
			l.foreign.report(l.states.logger, foreign)
			w.circuit.succeeded(k.era)
		case err != nil:
			lost, cause = lost+1, err
		default:
			w.circuit.succeeded(k.era)
		}
	}
	if lost > 0 {
		l.failed(w, calls[0], lost, cause)
	}
}
