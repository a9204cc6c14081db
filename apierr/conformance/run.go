package conformance

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// run is one run of all checks against a server.
type run struct {
	*config
	model     *model
	schemas   schemas
	seen      idSet
	canary    string // the kit's handlers put it where no client may see it
	nowhere   string // the beginning of paths that do not exist
	flooding  bool   // many requests at once are allowed
	remote    bool   // the server is another process
	app, kit  []*target
	leaked    func() []string // stops the servers in this process and returns what is left; nil: there are none
	outcomes  map[string]*outcome
	reasons   map[string]string // by scenario
	reasonsMu sync.Mutex
	silent    atomic.Int32            // requests without an answer since the last answer
	giveUp    context.CancelCauseFunc // ends the run
}

// maxRun is the longest that a run takes. What was not done by then is not
// exercised.
const maxRun = 3 * time.Minute

// maxSilent is how many requests in a row may get no answer in time. After that
// the run ends, so that a server that hangs does not cost its full time each
// time.
const maxSilent = 8

var errSilent = errors.New("the server does not answer")

// atOnce is how many scenarios run at once. The last two run alone, since they
// use up limits.
const atOnce = 4

// all runs every scenario over every protocol.
func (r *run) all(ctx context.Context) *Report {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, maxRun)
	defer cancel()
	ctx, r.giveUp = context.WithCancelCause(ctx)
	defer r.giveUp(nil)
	r.outcomes, r.reasons = make(map[string]*outcome), make(map[string]string)
	r.seen.seen = make(map[string]bool)
	r.nowhere = "/conformance-" + randomWord()

	var together, alone []func()
	for i := range scenarios {
		s := &scenarios[i]
		if reason, ok := r.unavailable(s); !ok {
			r.reasons[s.name] = reason
			continue
		}
		for n, t := range r.app {
			work := func() { r.scenario(ctx, s, n, t) }
			if s.name == "concurrent" || s.name == "limited" {
				alone = append(alone, work)
			} else {
				together = append(together, work)
			}
		}
	}
	each(together, atOnce)
	slices.Reverse(alone) // what uses up a limit comes last
	each(alone, 1)
	if r.leaked != nil && r.outcomes["concurrent/whole"] != nil { // the scenario did run
		r.goroutines(r.leaked())
	}
	return r.report(time.Since(began), context.Cause(ctx))
}

// each calls all functions, n at a time.
func each(all []func(), n int) {
	slots := make(chan struct{}, n)
	var wg sync.WaitGroup
	for _, f := range all {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			f()
		})
	}
	wg.Wait()
}

// unavailable returns why a scenario cannot run.
func (r *run) unavailable(s *scenario) (reason string, ok bool) {
	left := true
	for _, rule := range s.all() {
		if _, out := r.leaves(s.name, rule.name); !out {
			left = false
		}
	}
	given := map[string]bool{
		"": true, "WithRoute": len(r.routes) > 0, "WithProtected": len(r.protected) > 0, "WithBody": len(r.bodies) > 0,
		"WithLimited": len(r.limited) > 0, "WithMiddleware": r.wrap != nil,
	}
	missing := func(option string) string {
		if r.remote { // the command has flags of the same names
			option += " (-" + strings.ToLower(strings.TrimPrefix(option, "With")) + ")"
		}
		return option + " is not given"
	}
	switch {
	case left:
		return "", false
	case !given[s.needs] && r.remote && s.needs == "WithMiddleware":
		return "it cannot be seen from outside: it needs handlers of the kit inside the server's layers (Test with WithMiddleware)", false
	case !given[s.needs]:
		return missing(s.needs), false
	case s.name == "concurrent" && !r.flooding:
		return missing("WithFlood"), false
	}
	return "", true
}

// scenario runs a scenario over the n-th protocol and adds its outcomes.
func (r *run) scenario(ctx context.Context, s *scenario, n int, t *target) {
	p := &probe{run: r, ctx: ctx, scenario: s, app: t, first: n == 0, outcomes: make(map[string]*outcome)}
	if len(r.kit) > n {
		p.kit = r.kit[n]
	}
	r.progress(s.name + ", " + t.protocol)
	s.run(p)
	r.reasonsMu.Lock()
	defer r.reasonsMu.Unlock()
	if p.reason != "" {
		r.reasons[s.name] = p.reason
	}
	for name, o := range p.outcomes {
		key := s.name + "/" + name
		all := r.outcomes[key]
		if all == nil {
			all = new(outcome)
			r.outcomes[key] = all
		}
		all.exercised = all.exercised || o.exercised
		all.inapplicable = cmp.Or(all.inapplicable, o.inapplicable)
		all.findings = append(all.findings, o.findings...)
	}
}

// report puts the outcomes into the order of the table.
func (r *run) report(took time.Duration, ended error) *Report {
	report := &Report{Contract: r.model.contract.Name, Took: took}
	for _, t := range r.app {
		report.Protocols = append(report.Protocols, t.protocol)
	}
	for _, s := range scenarios {
		for _, rule := range s.all() {
			report.Results = append(report.Results, r.result(s, rule, ended))
		}
	}
	return report
}

func (r *run) result(s scenario, rule rule, ended error) Result {
	res := Result{Name: s.name + "/" + rule.name, Level: rule.level, Asks: rule.asks, Source: rule.source}
	o := r.outcomes[res.Name]
	if o == nil {
		o = new(outcome)
	}
	reason, left := r.leaves(s.name, rule.name)
	switch {
	case left:
		res.State, res.Reason = Skipped, reason
	case len(o.findings) > 0:
		res.Findings = o.findings
		slices.SortStableFunc(res.Findings, func(a, b Finding) int { return strings.Compare(a.Protocol, b.Protocol) })
		if res.State = Advised; rule.level == Must || r.strict {
			res.State = Failed
		}
	case o.exercised:
		res.State = Passed
	case o.inapplicable != "":
		res.State, res.Reason = NotApplicable, o.inapplicable
	default:
		res.State, res.Reason = NotExercised, cmp.Or(r.reasons[s.name], "no response showed it")
		if ended != nil {
			res.Reason = "the run ended: " + ended.Error()
		}
		if r.requires(s.name, rule.name) {
			res.State = Failed
			res.Findings = []Finding{{Want: "a check that is required, and was not exercised: " + res.Reason}}
		}
	}
	return res
}

// goroutines applies concurrent/goroutines to what is left in this process.
func (r *run) goroutines(left []string) {
	o := &outcome{exercised: true}
	r.outcomes["concurrent/goroutines"] = o
	for _, stack := range left[:min(len(left), maxFindings)] {
		o.findings = append(o.findings, r.redact(Finding{
			Sent: "all of the requests of this run", Got: stack, Wrong: "goroutines are left", Want: "no goroutine of a request that is over",
		}))
	}
}

// newClient returns a client for one protocol that follows no redirect, uses no
// proxy and asks for no compression.
func newClient(protocols *http.Protocols, roots *x509.CertPool) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Protocols:              protocols,
			ForceAttemptHTTP2:      protocols.HTTP2(),
			TLSClientConfig:        &tls.Config{RootCAs: roots},
			DisableCompression:     true,
			MaxConnsPerHost:        maxConnections,
			MaxIdleConnsPerHost:    maxConnections,
			MaxResponseHeaderBytes: maxHeader,
			ExpectContinueTimeout:  continueTime,
			IdleConnTimeout:        requestTime,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// maxConnections is the most connections to a server.
const maxConnections = 128

func protocolsOf(set ...func(*http.Protocols, bool)) *http.Protocols {
	p := new(http.Protocols)
	for _, f := range set {
		f(p, true)
	}
	return p
}
