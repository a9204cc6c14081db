package redislimit

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// probe tests whether Redis accepts charges again for the key with the tag. If
// it does, the other open lanes of a cluster are tested at once, one after
// another: their master may be the same.
func (l *Limiter) probe(w *lane, era uint32, tag string) {
	if !l.try(w, era, tag) {
		return
	}
	for i := range l.lanes {
		w := &l.lanes[i]
		if era, due := w.circuit.hurry(); due {
			l.try(w, era, *w.tag.Load())
		}
	}
}

// try sends one probe, and reports whether it has closed the circuit of the lane.
func (l *Limiter) try(w *lane, era uint32, tag string) bool {
	if c, ok := l.client.(cluster); ok {
		l.reload(c)
	}
	// It has a lane of its own: only probed changes the circuit.
	_, err := l.ask(context.Background(), new(lane), 0, question{op: probe, tag: tag})
	if !w.circuit.probed(era, l.now(), err) {
		return false
	}
	l.states.closed()
	return true
}

// cluster is a [redis.ClusterClient].
type cluster interface {
	ForEachMaster(context.Context, func(context.Context, *redis.Client) error) error
}

const (
	reloadEvery = int64(firstGap)
	reloadLimit = 500 * time.Millisecond
)

// reload makes the client read the masters of the cluster again. By itself it
// would learn of a new master from redirections by the old one, which may be
// gone. Several lanes may probe at a time; one reload is enough for all.
func (l *Limiter) reload(c cluster) {
	last, now := l.reloaded.Load(), l.now()
	if now-last < reloadEvery || !l.reloaded.CompareAndSwap(last, now) {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), reloadLimit)
	defer cancel()
	// It loads the masters first; the function has nothing to do.
	_ = c.ForEachMaster(ctx, func(context.Context, *redis.Client) error { return nil })
}
