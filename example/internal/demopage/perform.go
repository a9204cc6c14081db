package demopage

import (
	"cmp"
	"context"
	"crypto/rand"
)

// result is what a scenario did.
type result struct {
	Failwell, Plain *transcript
	Times           int
	RequestID       string
	Record          []member // of the log, without the stack
	Stack           string
	Withheld        bool // the record is for those who have the support key
}

// perform runs a scenario on both sides.
func (p *Page) perform(ctx context.Context, s *Scenario, choice, key, supportKey string) *result {
	r := &result{Times: max(s.Times, 1)}
	var correlation string
	for range r.Times {
		correlation = "demo-" + rand.Text()
		r.Failwell = exchange(ctx, p.config.Addr, s.request(p.config.Addr, choice, key, p.config.CorrelationID, correlation), s.Line)
	}
	for range r.Times {
		r.Plain = exchange(ctx, p.config.Plain, s.request(p.config.Plain, choice, key, p.config.CorrelationID, correlation), s.Line)
	}
	if r.Withheld = !p.mayRead(supportKey); r.Withheld {
		return r
	}
	id := correlation
	if response := r.Failwell.response; response != nil {
		id = cmp.Or(response.Header.Get(p.config.RequestID), id)
	}
	for _, m := range members(p.config.Records.find(ctx, id)) {
		switch m.Name {
		case "stack":
			r.Stack = m.Text
			continue
		case "request_id":
			r.RequestID = m.Text
		}
		r.Record = append(r.Record, m)
	}
	return r
}
