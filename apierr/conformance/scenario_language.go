package conformance

import (
	"maps"
	"slices"
	"strings"
)

// maxTranslated is how many errors are raised in each language.
const maxTranslated = 5

func inLanguage(p *probe) {
	if len(p.model.contract.Translations) == 0 {
		p.inapplicable("the contract has no translations", p.scenario.ruleNames()...)
		return
	}
	declared := p.model.contract.Declared()
	for _, tag := range slices.Sorted(maps.Keys(p.model.contract.Translations)) {
		raised := 0
		for _, e := range declared {
			want := p.model.contract.Translations[tag][e.Code]
			if want == "" || len(e.Violations) > 0 || raised == maxTranslated || p.model.contract.Mappings[e].Error != nil {
				continue
			}
			raised++
			a := p.in(get(indexOf(declared, e)).with("Accept-Language", tag))
			p.failure(a, expectation{what: "the declared error " + e.Code, pairs: p.model.raised(e)})
			if c, _, ok := p.model.form.read(a.body); ok && c.message != "" {
				p.require("message", strings.HasPrefix(c.message, want), a, "the message is "+c.message, "%s", want)
			}
			got := a.header.Get("Content-Language")
			p.require("fields", strings.EqualFold(got, tag), a, "Content-Language is "+got, "Content-Language: %s", tag)
			p.require("fields", containsFold(elements(a.header, "Vary"), "Accept-Language"), a, "", "Vary: Accept-Language")
		}
	}
}
