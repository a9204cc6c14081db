package recent

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/failwell/failwell/middleware"
)

// Bounds of what is kept. The bytes include everything that is allocated for
// the failures.
const (
	maxFailures    = 1000    // of each kind
	maxServerBytes = 3 << 20 // 5xx, panics, incomplete responses
	maxClientBytes = 1 << 20 // 4xx
)

// Failures keeps the last failures of this process. Make one with [New]; the
// zero value keeps nothing. It is safe for use by several goroutines, and must
// not be copied.
type Failures struct {
	config
	server, client ring
}

// New returns a Failures that has kept nothing yet. It allocates 4 MiB, which is
// all the memory that failures ever take. A nil Option panics.
func New(opts ...Option) *Failures {
	s := &Failures{server: newRing(maxServerBytes), client: newRing(maxClientBytes)}
	for i, opt := range opts {
		mustNotBeNil(fmt.Sprintf("recent.New: option %d", i+1), opt == nil)
		opt.apply(&s.config)
	}
	return s
}

// Observe keeps the request of o if it failed, as the package comment says. It
// is the function for middleware.WithObserver. It keeps nothing that o or ctx
// refer to, and allocates only for a text that is over its bound, for more than
// 512 bytes of violations, and for WithRedact. An outcome without a time has that
// of the call.
func (s *Failures) Observe(ctx context.Context, o middleware.Outcome) {
	kept := s.ringFor(&o)
	if kept == nil {
		return
	}
	var f Failure
	f.fill(&o)
	if f.Time.IsZero() { // the outcome is not New's
		f.Time = time.Now()
	}
	if s.traceID != nil {
		s.addTraceID(ctx, &f)
	}
	if len(s.redact) > 0 {
		f = s.redacted(f)
	}
	kept.keep(&f)
}

// ringFor returns where the request is kept, nil if it did not fail. A client
// that leaves early makes its own response incomplete: it must not be able to
// evict the failures of the server.
func (s *Failures) ringFor(o *middleware.Outcome) *ring {
	status := o.Status
	if o.Error != nil {
		status = max(status, o.Error.Status) // of an error in a stream, or that could not be sent
	}
	incomplete := o.Cut || o.WriteError != nil || o.Status == 0
	switch {
	case o.Stack != "", !o.ClientGone && (status >= 500 || incomplete):
		return &s.server
	case status >= 400, o.Cut, o.Status == 0:
		return &s.client
	}
	return nil
}

// Find returns the failures whose request ID, correlation ID or trace ID is id,
// the newest first. It returns nil if there is none, or if id is empty.
func (s *Failures) Find(id string) []Failure {
	if id == "" {
		return nil
	}
	var found []Failure
	for _, r := range []*ring{&s.server, &s.client} {
		for rec := range r.newestFirst() {
			if hasID(rec, id) {
				found = append(found, decodeFailure(rec))
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Failure) int { return b.Time.Compare(a.Time) })
	return found
}
