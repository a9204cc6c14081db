package reference

import (
	"maps"
	"slices"

	"github.com/failwell/failwell/apierr"
)

// WithoutHidden returns c without the errors that the page hides: the contract
// for [OpenAPI], [Describe], [TypeScript] and [Diff], whose results then have no
// hidden code. [Handler], [HTML] and [Markdown] leave them out themselves. c stays
// as it is. WithoutHidden returns the faults of p, such as a hidden error that
// clients receive because a built-in error is mapped to it.
func (p Page) WithoutHidden(c apierr.Contract) (apierr.Contract, error) {
	if err := p.check(c); err != nil {
		return apierr.Contract{}, err
	}
	return withoutHidden(c, p.Hidden), nil
}

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
	c.Translations = withoutMessages(c, hidden)
	return c
}

// withoutMessages returns the translations without those of hidden codes. A
// built-in error with the same code keeps its own.
func withoutMessages(c apierr.Contract, hidden []*apierr.Error) map[string]map[string]string {
	translations := maps.Clone(c.Translations)
	for language, messages := range translations {
		messages = maps.Clone(messages)
		for _, e := range hidden {
			if apierr.Standard.Lookup(e.Code) == nil {
				delete(messages, e.Code)
			}
		}
		translations[language] = messages
	}
	return translations
}
