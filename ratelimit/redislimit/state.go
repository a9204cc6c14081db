package redislimit

import (
	"context"
	"log/slog"
	"sync"
)

// State is whether Redis decides at present.
type State uint8

const (
	// Connected: Redis decides.
	Connected State = iota
	// Degraded: Redis does not answer, and Options.Outage decides. In a cluster
	// this may be so for a part of the keys only.
	Degraded
)

// String returns "connected" or "degraded".
func (s State) String() string {
	if s == Connected {
		return "connected"
	}
	return "degraded"
}

// Change is a change of state.
type Change struct {
	// To is the new state; the state before was the other one.
	To State

	// Cause is the error that caused the change, nil for Connected. It is for
	// logs: it may have addresses in it.
	Cause error
}

// states counts the open circuits and reports changes.
type states struct {
	onChange func(Change)
	logger   *slog.Logger

	mu      sync.Mutex
	open    int
	queue   []Change
	running bool // report
}

// opened and closed are called when a circuit opens or closes. They do not wait
// for OnChange.
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
	if !s.running {
		s.running = true
		go s.report()
	}
}

// report reports the changes in the queue, and ends when it is empty.
func (s *states) report() {
	for {
		s.mu.Lock()
		if len(s.queue) == 0 {
			s.running = false
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
