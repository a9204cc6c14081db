package redislimit

// Stats are the figures of a Limiter. The numbers count from New on.
type Stats struct {
	// Decisions counts the calls of Take and Peek with a valid cost and names.
	// Those that neither of the next two fields counts were decided by Redis,
	// or canceled.
	Decisions uint64

	// Remembered counts the refusals that were repeated without asking Redis.
	Remembered uint64

	// Degraded counts the requests that Options.Outage decided.
	Degraded uint64

	// RoundTrips counts the round trips to Redis, probes included. One round
	// trip may carry many calls.
	RoundTrips uint64

	// Errors counts the calls that failed or took longer than the timeout,
	// probes included.
	Errors uint64

	// State is whether Redis decides at present.
	State State
}

// Stats returns the present figures.
func (l *Limiter) Stats() Stats {
	return Stats{
		Decisions:  l.decisions.Load(),
		Remembered: l.remembered.Load(),
		Degraded:   l.degraded.Load(),
		RoundTrips: l.trips.Load(),
		Errors:     l.errors.Load(),
		State:      l.states.now(),
	}
}
