package conformance

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// Scenarios of the kit's own handlers inside the layer.

func declared(p *probe) {
	all := p.model.contract.Declared()
	if len(all) == 0 {
		p.inapplicable("the contract declares no errors", p.scenario.ruleNames()...)
	}
	for _, e := range all {
		if e.Status == 499 {
			continue // the client has gone: it is never sent
		}
		a := p.in(get(indexOf(all, e)))
		p.failure(a, expectation{what: "the declared error " + e.Code, pairs: p.model.raised(e)})
	}
}

// internal is what the contract has for a failure of the server.
func (p *probe) internal(what string) expectation {
	x := p.model.expects(what, apierr.Internal)
	x.class = 5
	return x
}

func panics(p *probe) {
	for _, kind := range panicKinds {
		p.failure(p.in(get(panicPath+kind)), p.internal("a panic ("+kind+")"))
	}
}

func abort(p *probe) {
	a := p.in(get(abortPath))
	p.require("cut", !a.complete(), a, "a whole response came", "no response, or an incomplete one: the handler has asked for it")
}

func unknownError(p *probe) {
	p.failure(p.in(get(unknownPath)), p.internal("an error that no contract has"))
}

func httpError(p *probe) {
	p.failure(p.in(get(errorPath)), p.internal("a 500 by http.Error"))
}

// bareStatuses are written by handlers and routers without a body.
var bareStatuses = []int{400, 401, 403, 404, 405, 409, 410, 413, 415, 418, 422, 429, 431, 500, 501, 502, 503, 504}

func bareStatus(p *probe) {
	for _, status := range bareStatuses {
		x := expectation{what: fmt.Sprintf("a bare %d", status), pairs: p.model.forStatus(status)}
		if len(x.pairs) == 0 {
			x.only = status // an open contract keeps it
		}
		p.failure(p.in(get(statusPath+strconv.Itoa(status))), x)
	}
}

func slow(p *probe) {
	p.waiting(fmt.Sprintf("slow, %s: waiting at most %s for the deadline of a handler", p.app.protocol, slowTime))
	a := p.in(get(slowPath))
	if string(a.body) == unhurried {
		p.unexercised("the context of a request does not end within %s: the layer has no deadline", slowTime)
		return
	}
	x := p.model.expects("a handler that outlives its deadline", apierr.GatewayTimeout, apierr.Unavailable)
	if len(x.pairs) > 0 {
		x.pairs = slices.Concat(x.pairs, p.model.forStatus(503), p.model.forStatus(504))
	}
	p.failure(a, x)
}

func stale(p *probe) {
	for _, way := range ways {
		a := p.in(get(stalePath + way))
		p.failure(a, p.internal("a failure behind the fields of a success, by "+way))
		if a.status == 0 {
			continue
		}
		p.gone("encoding", a, "Content-Encoding")
		p.gone("validators", a, "Etag", "Last-Modified")
		p.gone("content", a, "Content-Disposition", "Content-Location", "Content-Range", "Repr-Digest")
		p.gone("caching", a, "Expires", "Cdn-Cache-Control", "Surrogate-Control")
		control := strings.ToLower(a.header.Get("Cache-Control"))
		p.require("caching", !strings.Contains(control, "public") && !strings.Contains(control, "max-age=600"), a, "", "no Cache-Control of the success")
	}
}

// gone requires that none of the stale fields is left.
func (p *probe) gone(rule string, a *answer, names ...string) {
	for _, name := range names {
		p.require(rule, a.header.Get(name) != staleFields[name], a, name+" of the success is left", "no %s", name)
	}
}

func kept(p *probe) {
	for _, way := range ways {
		a := p.in(get(keptPath + way))
		p.failure(a, p.internal("a failure behind the fields of layers, by "+way))
		if a.status == 0 {
			continue
		}
		vary := elements(a.header, "Vary")
		p.require("vary", containsFold(vary, "Origin") || slices.Contains(vary, "*"), a, "", "Vary: Origin")
		for _, name := range []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"} {
			p.require("cors", a.header.Get(name) == keptFields[name], a, "", "%s: %s", name, keptFields[name])
		}
		for _, name := range []string{"Strict-Transport-Security", "X-Conformance"} {
			p.require("others", a.header.Get(name) == keptFields[name], a, "", "%s: %s", name, keptFields[name])
		}
	}
}
