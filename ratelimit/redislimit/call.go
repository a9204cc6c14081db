package redislimit

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// call is one question to Redis. Goroutines of the lane carry it there, so
// that whoever asks waits no longer than the timeout, whatever the client and
// its hooks, dialers and pools do; and a request that is cancelled neither
// ends the call nor counts as a failure of Redis.
type call struct {
	question
	cmd     once
	era     uint32      // of the circuit, when it began
	settled atomic.Bool // success, failure or timeout: whichever is first
	done    chan struct{}
	reply   []int64 // read after done
	err     error
}

// once is a command that a client must not send again on its own: what was
// charged by the first might be charged twice. Redirections of a cluster are
// followed all the same.
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

// settle says how the call has ended, if nothing else has; it reports whether
// that is so.
func (k *call) settle(reply []int64, err error) bool {
	if !k.settled.CompareAndSwap(false, true) {
		return false
	}
	k.reply, k.err = reply, err
	close(k.done)
	return true
}

// ask returns Redis's reply, or ctx's error, or why Redis did not reply.
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
		// What becomes of the call is still to be known, even if the client
		// of Redis does not heed its deadline.
		time.AfterFunc(l.timeout, func() { l.late(w, k) })
		return nil, ctx.Err()
	}
	return k.reply, k.err
}

// late settles a call that has outlived the timeout.
func (l *Limiter) late(w *lane, k *call) {
	if k.settle(nil, fmt.Errorf("redislimit: no reply from Redis within %v", l.timeout)) {
		l.failed(w, k, 1, k.err)
	}
}

// failed counts calls that failed in the same way, k among them.
func (l *Limiter) failed(w *lane, k *call, calls uint64, err error) {
	l.errors.Add(calls)
	w.tag.Store(&k.tag)
	if w.circuit.failed(k.era, l.now()) {
		l.states.opened(err)
	}
}

// timers are stopped ones.
var timers = sync.Pool{New: func() any {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}}
