package redislimit

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/ratelimit"
)

// errOpen is the cause if Redis was not asked.
var errOpen = errors.New("redislimit: Redis is not asked before a probe succeeds")

// unavailable returns the error for the client; its cause is for the log.
func unavailable(cause error) error {
	return apierr.Unavailable.WithRetryAfter(time.Second).Wrap(cause)
}

// withoutRedis decides by Options.Outage.
func (l *Limiter) withoutRedis(q question, key string, cause error) (ratelimit.Decision, error) {
	switch {
	case l.outage == FailOpen:
		return ratelimit.NewDecision(), nil
	case l.local == nil || q.cost > l.local.most(q.choice):
		return ratelimit.Decision{}, unavailable(cause)
	}
	d, err := l.local.decide(q, key)
	if err != nil {
		return d, err
	}
	states := make([]ratelimit.State, 0, len(l.rules))
	for s := range d.States() {
		i := l.local.place(s.Policy)
		s.Policy = &l.policies[i]
		states = append(states, s)
	}
	return ratelimit.NewDecision(states...), nil
}

// standby is the limiter in memory of FailLocal, with a share of the limits.
// A nil one does nothing.
type standby struct {
	memory   *ratelimit.Memory
	policies []ratelimit.Policy
}

func newStandby(share float64, maxKeys int, policies []ratelimit.Policy) *standby {
	s := &standby{}
	for _, p := range policies {
		s.policies = append(s.policies, scaled(p, share))
	}
	s.memory = ratelimit.NewMemoryWith(ratelimit.MemoryOptions{MaxKeys: maxKeys}, s.policies...)
	return s
}

// scaled returns p with a share of its limit and burst. A rate is slowed by its
// window, so that no limit is too small to be divided.
func scaled(p ratelimit.Policy, share float64) ratelimit.Policy {
	if share == 1 {
		return p
	}
	part := func(n int) int { return max(int(float64(n)*share), 1) }
	if p.Calendar != 0 {
		p.Limit = part(p.Limit)
		return p
	}
	p.Burst = part(p.MaxCost())
	// The most that Check accepts: a rate that slow gives nothing back during
	// an outage.
	slowest := float64(math.MaxInt64 / 4 / p.Burst)
	p.Window = time.Duration(min(math.Ceil(float64(p.Window)/share), slowest))
	return p
}

// names returns those of the selected policies.
func (s *standby) names(choice ratelimit.PolicySet) []string {
	names := make([]string, 0, len(s.policies))
	for i := range s.policies {
		if has(choice, i) {
			names = append(names, s.policies[i].Name)
		}
	}
	return names
}

// place returns the index of one of the memory's policies, which are copies.
func (s *standby) place(p *ratelimit.Policy) int {
	i := 0
	for s.policies[i].Name != p.Name {
		i++
	}
	return i
}

// most returns the largest cost that the selected policies can admit.
func (s *standby) most(choice ratelimit.PolicySet) int {
	most := math.MaxInt
	for i := range s.policies {
		if has(choice, i) {
			most = min(most, s.policies[i].MaxCost())
		}
	}
	return most
}

func (s *standby) decide(q question, key string) (ratelimit.Decision, error) {
	ask := s.memory.Take
	if q.op == peek {
		ask = s.memory.Peek
	}
	return ask(context.Background(), key, q.cost, s.names(q.choice)...)
}

// follow charges what Redis has admitted, each policy by itself: this machine's
// share may be used up in one of them and not in another.
func (s *standby) follow(key string, cost int, choice ratelimit.PolicySet) {
	if s == nil {
		return
	}
	for i := range s.policies {
		if p := &s.policies[i]; has(choice, i) {
			_, _ = s.memory.Take(context.Background(), key, min(cost, p.MaxCost()), p.Name)
		}
	}
}

func (s *standby) refund(key string, cost int, choice ratelimit.PolicySet) {
	if s == nil {
		return
	}
	for i := range s.policies {
		if p := &s.policies[i]; has(choice, i) {
			_ = s.memory.Refund(context.Background(), key, min(cost, p.MaxCost()), p.Name)
		}
	}
}
