package apierr

import (
	"maps"
	"slices"
	"time"
)

// CompiledContract is a [Contract] that was checked, copied and indexed. A layer
// such as middleware.New compiles its contract once; later changes of the
// literal have no effect. It is safe for use by several goroutines.
type CompiledContract struct {
	contract Contract // header names, challenge and durations filled in
	codes    map[string]*Error
	declared map[*Error]bool
	passes   bool // no mappings and open: every error is answered as it is

	format      Format       // compiled
	alternative *alternative // nil: there is no choice

	docURLs      map[*Error]string            // of the declared errors; nil: the contract has no DocURL
	languages    *languages                   // nil: there are no translations
	translations map[string]map[string]string // by canonical tag and code or text
}

// Compile returns the compiled contract, or the faults that [Contract.Check]
// finds.
func (c Contract) Compile() (*CompiledContract, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	c.RequestIDHeader, c.CorrelationIDHeader = c.headerNames()
	if c.Format == nil {
		c.Format = Envelope{}
	}
	if c.Challenge == "" {
		c.Challenge = "Bearer"
	}
	if c.RetryAfter == 0 {
		c.RetryAfter = time.Second
	}
	all := c.Declared()
	cc := &CompiledContract{contract: c.clone(), codes: make(map[string]*Error, len(all)), declared: make(map[*Error]bool, len(all))}
	for _, e := range all {
		cc.codes[e.Code], cc.declared[e] = e, true
	}
	cc.passes = !c.Closed && len(c.Mappings) == 0
	if c.DocURL != "" {
		cc.docURLs = make(map[*Error]string, len(all))
		for _, e := range all {
			cc.docURLs[e] = docURLOf(c.DocURL, e)
		}
	}
	cc.languages, cc.translations = compileLanguages(c)
	cc.format = compiled(c.Format, cc.translations)
	if c.Alternative != nil {
		cc.alternative = newAlternative(cc.format, compiled(c.Alternative, cc.translations))
	}
	return cc, nil
}

// clone returns a copy that shares no map and no slice with c.
func (c Contract) clone() Contract {
	c.Errors = slices.Clone(c.Errors)
	c.Mappings = maps.Clone(c.Mappings)
	c.StatusMappings = maps.Clone(c.StatusMappings)
	c.cloneSections()
	c.Translations = maps.Clone(c.Translations)
	for name, messages := range c.Translations {
		c.Translations[name] = maps.Clone(messages)
	}
	return c
}

// standard is the contract of [Write] outside middleware.New.
var standard = mustCompile(Standard)

func mustCompile(c Contract) *CompiledContract {
	cc, err := c.Compile()
	if err != nil {
		panic(err)
	}
	return cc
}

// declares reports whether the code of e is one of the contract's, or that of a
// built-in error: one of a number that is known at start-up.
func (cc *CompiledContract) declares(e *Error) bool {
	return cc.codes[e.Code] != nil || builtinCodes[e.Code] != nil
}

// IDHeaders returns the canonical names of the ID headers; [NoHeader] for one
// that is not sent.
func (cc *CompiledContract) IDHeaders() (request, correlation string) {
	return cc.contract.RequestIDHeader, cc.contract.CorrelationIDHeader
}
