package redislimit

// Stats is what a Limiter tells of itself. The numbers count from its making.
type Stats struct {
	// Decisions counts the calls of Take and Peek that asked the policies.
	// Those that neither of the next two fields counts were made by Redis, or
	// were cancelled.
	Decisions uint64

	// Remembered counts the refusals that were repeated from memory.
	Remembered uint64

	// Degraded counts the decisions that Options.Outage made.
	Degraded uint64

	// RoundTrips counts the commands sent to Redis: one for each decision that
	// it made and each Refund, a second where it did not know the script, and
	// the probes.
	RoundTrips uint64

	// Errors counts the calls of Redis that failed or took longer than the
	// timeout, probes included.
	Errors uint64

	// State is whether the limits are shared at present.
	State State
}

// Stats returns the figures of this moment.
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
