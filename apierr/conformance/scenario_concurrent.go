package conformance

import (
	"fmt"
	"strings"
	"sync"

	"github.com/failwell/failwell/apierr"
)

// failures is how many are provoked at once.
const failures = 1000

// crowdPatience is how many times longer one of them may take than a request that
// is alone: on a machine that is busy, they wait for each other.
const crowdPatience = 6

func concurrent(p *probe) {
	if p.remote {
		p.inapplicable("the server is another process", "goroutines")
	}
	if p.model.request == "" && p.model.correlate == "" {
		p.inapplicable("the contract has no ID headers", "ids")
	}
	if p.kit == nil && p.model.correlate == "" {
		p.inapplicable("the answers to one kind of failure are alike", "mixing")
	}
	all := p.model.contract.Declared()
	word := "conformance-" + randomWord() + "-"
	app, kit := p.app.patient(crowdPatience), p.kit.patient(crowdPatience)
	var wg sync.WaitGroup
	for i := range failures {
		wg.Go(func() { p.oneOf(app, kit, i, all, word) })
	}
	wg.Wait()
}

// oneOf provokes one failure of many: of the kit's own handlers those that raise
// declared errors, else an unknown path.
func (p *probe) oneOf(t, kit *target, i int, all []*apierr.Error, word string) {
	r := get(p.missing())
	x := p.notFoundExpected()
	if kit != nil && len(all) > 0 {
		e := all[i%len(all)]
		if e.Status != 499 {
			t, r = kit, get(indexOf(all, e))
			x = expectation{what: "the declared error " + e.Code, pairs: p.model.raised(e)}
		}
	}
	own := fmt.Sprint(word, i)
	if p.model.correlate != "" {
		r = r.with(p.model.correlate, own)
	}
	a := p.once(t, r)
	if a.status == 0 {
		p.require("whole", false, a, "", "an answer")
		return
	}
	c, faults, ok := p.model.form.read(a.body)
	p.require("whole", a.err == nil && len(faults) == 0, a, strings.Join(faults, "; "), "one body in the contract's form")
	p.ids(a, &c)
	if ok && len(x.pairs) > 0 && a.status != 429 {
		p.require("mixing", c.code == "" || strings.Contains(" "+strings.Join(x.codes(), " ")+" ", " "+c.code+" "), a,
			"the code is "+c.code, "%s", x.wantCode())
	}
	for _, id := range a.header[p.model.correlate] {
		if strings.HasPrefix(id, word) {
			p.require("mixing", id == own, a, "the correlation ID is that of another request", "%s", own)
		}
	}
	if p.model.correlate != "" || len(x.pairs) > 0 {
		p.require("mixing", true, a, "", "")
	}
}
