package reference

import (
	"maps"
	"slices"

	"github.com/failwell/failwell/apierr"
)

// withoutHidden returns c without the hidden errors.
func withoutHidden(c apierr.Contract, hidden []*apierr.Error) apierr.Contract {
	if len(hidden) == 0 {
		return c
	}
	isHidden := func(e *apierr.Error) bool { return slices.Contains(hidden, e) }
	c.Errors = slices.DeleteFunc(slices.Clone(c.Errors), isHidden)
	c.Sections = slices.Clone(c.Sections)
	for i := range c.Sections {
		c.Sections[i].Errors = slices.DeleteFunc(slices.Clone(c.Sections[i].Errors), isHidden)
	}
	c.Mappings, c.Deprecated, c.DetailsSchemas = maps.Clone(c.Mappings), maps.Clone(c.Deprecated), maps.Clone(c.DetailsSchemas)
	for _, e := range hidden {
		delete(c.Mappings, e)
		delete(c.Deprecated, e)
		delete(c.DetailsSchemas, e)
	}
	return c
}
