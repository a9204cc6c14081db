package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// probe runs one scenario over one protocol and keeps what it finds.
type probe struct {
	*run
	ctx      context.Context
	scenario *scenario
	app      *target // the server
	kit      *target // the kit's own handlers inside the layer; nil: there is no layer
	first    bool    // no protocol before this one

	mu       sync.Mutex
	outcomes map[string]*outcome // by rule
	reason   string              // why nothing was exercised
}

// outcome is what came of one rule.
type outcome struct {
	exercised    bool
	inapplicable string // why the contract does not ask for it
	findings     []Finding
}

// maxFindings is the most findings of one check that are kept.
const maxFindings = 8

// require applies a rule to an answer: wrong and want say what is wrong if ok is
// false. An empty wrong is the answer as it came.
func (p *probe) require(ruleName string, ok bool, a *answer, wrong, want string, args ...any) {
	if !ok && p.ctx.Err() != nil {
		return // the run has ended, and with it the request
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.outcome(ruleName)
	o.exercised = true
	if ok || len(o.findings) >= maxFindings {
		return
	}
	f := Finding{Protocol: p.app.protocol, Wrong: wrong, Want: fmt.Sprintf(want, args...)}
	if a != nil {
		f.Sent, f.Got = a.sent.describe(p.redactText), a.describe(p.redactText)
	}
	o.findings = append(o.findings, p.redact(f))
}

// inapplicable says that the contract does not ask for what the rule says.
func (p *probe) inapplicable(reason string, rules ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range rules {
		p.outcome(name).inapplicable = reason
	}
}

func (p *probe) outcome(name string) *outcome {
	o := p.outcomes[name]
	if o == nil {
		for _, r := range p.scenario.all() {
			if r.name == name {
				o = new(outcome)
			}
		}
		if o == nil {
			panic("conformance: " + p.scenario.name + " has no rule " + name)
		}
		p.outcomes[name] = o
	}
	return o
}

// has reports whether the scenario has the rule.
func (p *probe) has(name string) bool {
	for _, r := range p.scenario.all() {
		if r.name == name {
			return true
		}
	}
	return false
}

// unexercised says why the scenario could not be brought about. The last reason
// is reported for those rules that were never applied.
func (p *probe) unexercised(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reason = fmt.Sprintf(format, args...)
}

// maxPause is the longest that a probe waits for a limit that is not its
// subject.
const maxPause = 15 * time.Second

// do sends a request to the server. If a rate limit refuses it, it waits and
// sends it again: limits are the subject of one scenario only.
func (p *probe) do(r request) *answer { return p.patiently(p.app, r) }

// in sends a request to the kit's own handlers.
func (p *probe) in(r request) *answer { return p.patiently(p.kit, r) }

func (p *probe) patiently(t *target, r request) *answer {
	for range 2 {
		a := p.once(t, r)
		wait, ok := pause(a)
		if !ok || t == p.kit || p.ctx.Err() != nil {
			return a
		}
		p.wait(wait, "the rate limit of %s %s", r.method, r.path)
	}
	return p.once(t, r)
}

// pause returns how long a 429 asks to wait, if that is short.
func pause(a *answer) (time.Duration, bool) {
	if a.status != http.StatusTooManyRequests {
		return 0, false
	}
	wait, ok := retryAfter(a)
	return wait, ok && wait <= maxPause
}

func (p *probe) once(t *target, r request) *answer {
	a := t.do(p.ctx, r, p.header)
	a.carried = p.carriedBy(r)
	p.notice(a)
	return a
}

// notice ends the run if the server has become silent.
func (p *probe) notice(a *answer) {
	if !errors.Is(a.err, context.DeadlineExceeded) || a.status != 0 {
		p.silent.Store(0)
	} else if p.silent.Add(1) >= maxSilent {
		p.giveUp(errSilent)
	}
}

// carriedBy reports which IDs a request carries.
func (p *probe) carriedBy(r request) carried {
	_, request := r.header[p.model.request]
	_, correlation := r.header[p.model.correlate]
	if !r.bare {
		request = request || len(p.header[p.model.request]) > 0
		correlation = correlation || len(p.header[p.model.correlate]) > 0
	}
	return carried{request, correlation}
}

// wait waits, and says for what.
func (p *probe) wait(d time.Duration, format string, args ...any) {
	p.waiting(fmt.Sprintf("%s, %s: waiting %s for %s", p.scenario.name, p.app.protocol, d.Round(time.Millisecond), fmt.Sprintf(format, args...)))
	select {
	case <-time.After(d):
	case <-p.ctx.Done():
	}
}
