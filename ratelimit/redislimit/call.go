package redislimit

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// call is one question to Redis. Goroutines of the lane send it, so that a
// request waits no longer than the timeout, whatever the client and its hooks,
// dialers and pools do. A request that is canceled neither ends the call nor
// counts as a failure of Redis.
type call struct {
	question
	cmd     once
	era     uint32      // of the circuit, when it began
	settled atomic.Bool // success, failure or timeout: whichever is first
	done    chan struct{}
	reply   []int64 // read after done
	err     error
}

// once is a command that the client must not send again by itself, because the
// first may have been charged. Redirections of a cluster are followed.
type once struct{ *redis.IntSliceCmd }

func (once) NoRetry() bool { return true }

func newCall(q question, era uint32, args []any) *call {
	k := &call{question: q, era: era, done: make(chan struct{})}
	k.put(args)
	return k
}

func (k *call) put(args []any) {
	k.cmd = once{redis.NewIntSliceCmd(context.Background(), args...)}
	k.cmd.SetFirstKeyPos(3)
}

// settle sets how the call ended. It reports false, and does nothing, if that
// has been set before.
func (k *call) settle(reply []int64, err error) bool {
	if !k.settled.CompareAndSwap(false, true) {
		return false
	}
	k.reply, k.err = reply, err
	close(k.done)
	return true
}

// ask returns Redis's reply, ctx's error, or the reason why there is no reply.
func (l *Limiter) ask(ctx context.Context, w *lane, era uint32, q question) ([]int64, error) {
	k := newCall(q, era, l.args(q, time.Now().Unix()+l.ahead.Load()))
	w.add(l, k)
	timer := timers.Get().(*time.Timer)
	timer.Reset(l.timeout)
	defer func() {
		timer.Stop()
		timers.Put(timer)
	}()
	select {
	case <-k.done:
	case <-timer.C:
		l.late(w, k)
		<-k.done
	case <-ctx.Done():
		// The end of the call still counts for the circuit, also if the client
		// of Redis ignores its deadline.
		time.AfterFunc(l.timeout, func() { l.late(w, k) })
		return nil, ctx.Err()
	}
	return k.reply, k.err
}

// late settles a call that has taken longer than the timeout.
func (l *Limiter) late(w *lane, k *call) {
	if k.settle(nil, fmt.Errorf("redislimit: no reply from Redis within %v", l.timeout)) {
		l.failed(w, k, 1, k.err)
	}
}

// failed counts calls that failed with the same error, k among them.
func (l *Limiter) failed(w *lane, k *call, calls uint64, err error) {
	l.errors.Add(calls)
	w.tag.Store(&k.tag)
	if w.circuit.failed(k.era, l.now()) {
		l.states.opened(err)
	}
}

// timers are stopped timers.
var timers = sync.Pool{New: func() any {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}}
