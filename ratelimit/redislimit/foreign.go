package redislimit

import (
	"context"
	"log/slog"
	"sync"
)

// foreignKey is the error of a call whose key in Redis has another type than
// string, so another program has written it. It is a failure of that key alone
// and does not count for the circuit.
type foreignKey struct{ name string }

func (e *foreignKey) Error() string {
	return "redislimit: the key " + e.name + " in Redis has another type than string; delete it, or choose another prefix"
}

// foreignKeys reports each of them once.
type foreignKeys struct {
	mu       sync.Mutex
	reported map[string]bool
}

// maxForeign bounds what is remembered, and so the number of log lines.
const maxForeign = 1000

// report logs the error, unless it has done so for the same key before. The
// name of the key has no text of clients in it.
func (f *foreignKeys) report(logger *slog.Logger, err *foreignKey) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reported[err.name] || len(f.reported) >= maxForeign {
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
