package apierr

import (
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Section is a group of declared errors under a heading of a contract's
// reference page.
type Section struct {
	// Title is the heading. A contract has each title once.
	Title string

	// Doc is for the page: what the errors of the section have in common. Blank
	// lines divide it into paragraphs. Empty: nothing stands there.
	Doc string

	// Errors are declared as those of [Contract.Errors] are.
	Errors []*Error
}

// Declared returns the declared errors: those of the Sections, then Errors. The
// slice is new.
func (c Contract) Declared() []*Error {
	var all []*Error
	for _, s := range c.Sections {
		all = append(all, s.Errors...)
	}
	return append(all, c.Errors...)
}

// cloneSections replaces what c has for its page by copies.
func (c *Contract) cloneSections() {
	c.Sections = slices.Clone(c.Sections)
	for i := range c.Sections {
		c.Sections[i].Errors = slices.Clone(c.Sections[i].Errors)
	}
	c.Deprecated = maps.Clone(c.Deprecated)
	c.DetailsSchemas = maps.Clone(c.DetailsSchemas)
}

// checkSections reports the faults of what the contract has for its page.
func (c Contract) checkSections(fault func(format string, args ...any)) {
	titles := make(map[string]bool, len(c.Sections))
	for i, s := range c.Sections {
		if s.Title == "" {
			fault("section %d has no title", i)
		} else if titles[s.Title] {
			fault("the section %q is there twice", s.Title)
		}
		titles[s.Title] = true
	}
	declared := make(map[*Error]bool)
	for _, e := range c.Declared() {
		declared[e] = true
	}
	for _, e := range byCode(c.Deprecated) {
		if e == nil || !declared[e] {
			fault("a deprecation of %s, which is not declared", codeOf(e))
		}
	}
	for _, e := range byCode(c.DetailsSchemas) {
		if e == nil || !declared[e] {
			fault("a details schema of %s, which is not declared", codeOf(e))
		}
		if v := jsontext.Value(c.DetailsSchemas[e]); v.Kind() != '{' || !v.IsValid() {
			fault("%s: the details schema is no JSON object", codeOf(e))
		}
	}
}

// codeOf returns the code of e, also where e is nil.
func codeOf(e *Error) string {
	if e == nil {
		return "nil"
	}
	return e.Code
}
