package redislimit

import (
	"context"
	"fmt"
	"sync/atomic"
)

// call is one question to Redis, under way in a goroutine of its own. So the
// wait for it ends when the timeout says so, whatever the client and its
// hooks, dialers and pools do; and a request that is cancelled neither ends
// it, nor counts as a failure of Redis.
type call struct {
	settled atomic.Bool // success, failure or timeout: whichever is first
	done    chan struct{}
	reply   []int64 // read after done
	err     error
}

// ask returns Redis's reply, or ctx's error, or why Redis did not reply.
func (l *Limiter) ask(ctx context.Context, c *circuit, era uint32, q question) ([]int64, error) {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.timeout)
	k := &call{done: make(chan struct{})}
	go func() {
		defer cancel()
		reply, err := l.query(within, q)
		if !k.settled.CompareAndSwap(false, true) {
			return
		}
		k.reply, k.err = reply, err
		close(k.done)
		l.settle(c, era, err)
	}()
	select {
	case <-k.done:
	case <-within.Done():
		if err := l.late(k, c, era); err != nil {
			return nil, err
		}
		<-k.done
	case <-ctx.Done():
		// What becomes of the call is still to be known, also if the client
		// does not heed its deadline.
		context.AfterFunc(within, func() { _ = l.late(k, c, era) })
		return nil, ctx.Err()
	}
	return k.reply, k.err
}

// late settles a call that has outlived the timeout; nil: it is settled.
func (l *Limiter) late(k *call, c *circuit, era uint32) error {
	if !k.settled.CompareAndSwap(false, true) {
		return nil
	}
	err := fmt.Errorf("redislimit: no reply from Redis within %v", l.timeout)
	l.settle(c, era, err)
	return err
}

func (l *Limiter) settle(c *circuit, era uint32, err error) {
	if err == nil {
		c.succeeded(era)
		return
	}
	l.errors.Add(1)
	if c.failed(era, l.now()) {
		l.states.opened(err)
	}
}

// probe asks whether Redis takes charges again for keys like the one that has
// the tag.
func (l *Limiter) probe(c *circuit, era uint32, tag string) {
	// The circuit of a probe is one of its own: only probed changes the other.
	_, err := l.ask(context.Background(), new(circuit), 0, question{op: probe, tag: tag})
	if c.probed(era, l.now(), err) {
		l.states.closed()
	}
	if r, ok := l.client.(reloader); ok && err != nil {
		// A cluster client learns of a new master from the redirections of
		// the old one, which is gone. The next probe will know.
		r.ReloadState(context.Background())
	}
}

// reloader is a [redis.ClusterClient], also where it is wrapped.
type reloader interface{ ReloadState(context.Context) }
