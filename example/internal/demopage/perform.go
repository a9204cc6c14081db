package demopage

import (
	"cmp"
	"context"
	"crypto/rand"
	"time"

	"github.com/failwell/failwell/apierr"
)

// Bounds on what the browsers that use the page can make the server do.
const (
	maxRuns     = 4                // at once
	turnTimeout = 5 * time.Second  // for a run that waits for others
	runTimeout  = 15 * time.Second // for all requests of a run
)

// result is what a scenario did.
type result struct {
	Failwell, Plain side
	RequestID       string
	Record          []member // of the log, without the stack
	Stack           string
	Withheld        bool // no support key was entered
}

// side is what one listener answered.
type side struct {
	Last     *transcript
	Statuses []statuses // of all responses, in their order

	correlation string // the ID of the last request
}

// statuses are responses in a row that had one status; 0: there was no response.
type statuses struct{ Status, Count int }

// perform runs a scenario on both sides. It returns apierr.Unavailable if too many
// others run, and the error of ctx if the client has left.
func (p *Page) perform(ctx context.Context, s *Scenario, choice, key, supportKey string) (*result, error) {
	if err := p.takeTurn(ctx); err != nil {
		return nil, err
	}
	defer func() { <-p.turns }()
	send := func(addr string) side {
		return repeat(ctx, addr, s, func(correlation string) string {
			return s.request(addr, choice, key, p.config.CorrelationID, correlation)
		})
	}
	r := &result{Failwell: send(p.config.Addr)}
	if r.Withheld = !p.mayRead(supportKey); !r.Withheld && r.Failwell.Last.sent {
		id := r.Failwell.correlation
		if response := r.Failwell.Last.response; response != nil {
			id = cmp.Or(response.Header.Get(p.config.RequestID), id)
		}
		r.readRecord(p.config.Records.find(ctx, id)) // now, before those of other runs replace it
	}
	r.Plain = send(p.config.Plain)
	return r, ctx.Err()
}

// takeTurn waits until fewer than maxRuns run.
func (p *Page) takeTurn(ctx context.Context) error {
	late := time.NewTimer(turnTimeout)
	defer late.Stop()
	select {
	case p.turns <- struct{}{}:
		return nil
	case <-late.C:
		return apierr.Unavailable.WithRetryAfter(turnTimeout)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// repeat sends the request of a scenario until it fails, as often as the scenario
// allows, each with another correlation ID. It stops after half of runTimeout.
func repeat(ctx context.Context, addr string, s *Scenario, request func(correlation string) string) side {
	ctx, cancel := context.WithTimeout(ctx, runTimeout/2)
	defer cancel()
	var answered side
	for range max(s.Times, 1) {
		answered.correlation = "demo-" + rand.Text()
		answered.add(exchange(ctx, addr, request(answered.correlation), s.Line))
		if code := answered.Last.Status(); code == 0 || code >= 400 || ctx.Err() != nil {
			break
		}
	}
	return answered
}

func (s *side) add(t *transcript) {
	s.Last = t
	if n := len(s.Statuses); n > 0 && s.Statuses[n-1].Status == t.Status() {
		s.Statuses[n-1].Count++
		return
	}
	s.Statuses = append(s.Statuses, statuses{t.Status(), 1})
}

// readRecord sets what the result shows of a log record in JSON.
func (r *result) readRecord(record []byte) {
	for _, m := range members(record) {
		switch m.Name {
		case "stack":
			r.Stack = m.Text
			continue
		case "request_id":
			r.RequestID = m.Text
		}
		r.Record = append(r.Record, m)
	}
}
