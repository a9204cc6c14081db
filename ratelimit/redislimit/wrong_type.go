package redislimit

import (
	"context"
	"log/slog"
	"sync"
)

// wrongTypeKey is the error of a call whose key in Redis has another type than
// string, so another program has written it. It is a failure of that key alone
// and does not count for the circuit.
type wrongTypeKey struct{ name string }

func (e *wrongTypeKey) Error() string {
	return "redislimit: the key " + e.name + " in Redis has another type than string; delete it, or choose another prefix"
}

// wrongTypeKeys reports each of them once.
type wrongTypeKeys struct {
	mu       sync.Mutex
	reported map[string]bool
}

// maxReported bounds what is remembered, and so the number of log lines.
const maxReported = 1000

// report logs the error, unless it has done so for the same key before. The
// name of the key has no text of clients in it.
func (f *wrongTypeKeys) report(logger *slog.Logger, err *wrongTypeKey) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reported[err.name] || len(f.reported) >= maxReported {
		return
	}
	if f.reported == nil {
		f.reported = make(map[string]bool)
	}
	f.reported[err.name] = true
	if logger == nil {
		logger = slog.Default()
	}
	// On another goroutine, since other calls wait for the same reply.
	go logger.LogAttrs(context.Background(), slog.LevelError, "redislimit: a key in Redis is not the limiter's",
		slog.String("key", err.name), slog.Any("cause", err))
}
