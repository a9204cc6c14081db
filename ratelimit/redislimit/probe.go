package redislimit

import "context"

// probe asks whether Redis takes charges again for keys like the one that has
// the tag.
func (l *Limiter) probe(w *lane, era uint32, tag string) {
	// It has a lane of its own: only probed changes the circuit.
	_, err := l.ask(context.Background(), new(lane), 0, question{op: probe, tag: tag})
	if w.circuit.probed(era, l.now(), err) {
		l.states.closed()
	}
	if r, ok := l.client.(reloader); ok && err != nil {
		// A cluster's client learns of a new master from redirections by the
		// old one, which is gone. The next probe will know.
		r.ReloadState(context.Background())
	}
}

// reloader is a [redis.ClusterClient].
type reloader interface{ ReloadState(context.Context) }
