package redislimit

import (
	"context"
	"log/slog"
	"sync"
)

// State is whether the limits are shared at present.
type State uint8

const (
	// Connected: Redis decides.
	Connected State = iota
	// Degraded: Redis is not asked, but by probes, and Options.Outage says who
	// decides. Of a cluster this may hold for a part of the keys only.
	Degraded
)

// String is "connected" or "degraded".
func (s State) String() string {
	if s == Connected {
		return "connected"
	}
	return "degraded"
}

// Change is a change of state.
type Change struct {
	// To is the new state; the old one was the other.
	To State

	// Cause is the error that brought it about, nil for Connected. It is for
	// logs: it may name addresses.
	Cause error
}

// states counts the circuits that are open and tells of changes.
type states struct {
	onChange func(Change)
	logger   *slog.Logger

	mu      sync.Mutex
	open    int
	queue   []Change
	telling bool
}

// opened and closed are called when a circuit opens or closes. They do not
// wait for the hook.
func (s *states) opened(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open++; s.open == 1 {
		s.enqueue(Change{To: Degraded, Cause: cause})
	}
}

func (s *states) closed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open--; s.open == 0 {
		s.enqueue(Change{To: Connected})
	}
}

func (s *states) now() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == 0 {
		return Connected
	}
	return Degraded
}

func (s *states) enqueue(c Change) {
	s.queue = append(s.queue, c)
	if !s.telling {
		s.telling = true
		go s.tell()
	}
}

// tell empties the queue and ends.
func (s *states) tell() {
	for {
		s.mu.Lock()
		if len(s.queue) == 0 {
			s.telling = false
			s.mu.Unlock()
			return
		}
		c := s.queue[0]
		s.queue = s.queue[1:]
		s.mu.Unlock()
		s.log(c)
		if s.onChange != nil {
			s.onChange(c)
		}
	}
}

func (s *states) log(c Change) {
	l := s.logger
	if l == nil {
		l = slog.Default()
	}
	if c.To == Connected {
		l.LogAttrs(context.Background(), slog.LevelInfo, "redislimit: Redis answers again, limits are shared")
		return
	}
	l.LogAttrs(context.Background(), slog.LevelWarn, "redislimit: Redis does not answer, limits are not shared",
		slog.Any("cause", c.Cause))
}
