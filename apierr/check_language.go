package apierr

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// checkLanguages reports the faults of the contract's translations: tags that
// are no languages or are the same, codes that no error has, texts that are
// empty or have other {placeholders} than the originals.
func (c Contract) checkLanguages(fault func(format string, args ...any)) {
	seen := map[string]string{}
	tag := func(name string) {
		t, err := language.Parse(name)
		switch {
		case err != nil || t == language.Und || strings.Contains(name, "_"):
			fault("%q is no language tag", name)
		case seen[t.String()] != "":
			fault("the languages %q and %q are the same", seen[t.String()], name)
		}
		seen[t.String()] = name
	}
	own := cmp.Or(c.Language, ownLanguage)
	tag(own)
	originals := c.originals()
	for _, name := range slices.Sorted(maps.Keys(c.Translations)) {
		tag(name)
		for _, key := range slices.Sorted(maps.Keys(c.Translations[name])) {
			text := c.Translations[name][key]
			original, known := originals[key]
			switch want, got := placeholders(original), placeholders(text); {
			case !known:
				fault("the translation %q of %q: no error has this code", name, key)
			case text == "":
				fault("the translation %q of %q is empty", name, key)
			case !slices.Equal(want, got):
				fault("the translation %q of %q has the placeholders %q, and the original %q", name, key, got, want)
			}
		}
	}
}

// originals are the texts that can be translated: messages by their codes, and
// the texts of envelopes by themselves.
func (c Contract) originals() map[string]string {
	originals := map[string]string{}
	own := c.Format
	if own == nil {
		own = Envelope{}
	}
	for _, f := range []Format{own, c.Alternative} {
		if f, ok := f.(Envelope); ok && !deeper(f.Members, maxDepth) {
			f = f.withDefaults()
			for _, text := range []string{f.Violation, f.Required, f.OneMore, f.More, f.UncountedMore} {
				if text != "" {
					originals[text] = text
				}
			}
		}
	}
	if !c.Closed {
		for _, e := range builtins() {
			originals[e.Code] = e.Message
		}
	}
	for _, e := range c.Errors {
		if e != nil {
			originals[e.Code] = e.Message
		}
	}
	return originals
}
