package reference

import (
	"cmp"
	"maps"

	"golang.org/x/text/language"

	"github.com/failwell/failwell/apierr"
)

// languages compares the languages and the texts in them. Texts are for people:
// their changes break no client.
func (d *differ) languages() {
	old, new := translationsOf(d.old.contract), translationsOf(d.new.contract)
	for _, tag := range sortedKeys(old) {
		switch texts, ok := new[tag]; {
		case !ok:
			d.notes("language", "", "There are no messages in the language %s any more: people who prefer it read another language.", tag)
		case !maps.Equal(old[tag], texts):
			d.notes("message", "", "Messages in the language %s change: people read another text.", tag)
		}
	}
	for _, tag := range sortedKeys(new) {
		if _, ok := old[tag]; !ok {
			d.notes("language", "", "There are messages in the language %s: people who prefer it read them.", tag)
		}
	}
	if from, to := ownLanguage(d.old.contract), ownLanguage(d.new.contract); from != to && len(old)+len(new) > 0 {
		d.notes("language", "", "The language of messages without a translation is %s, and was %s: people whose language there is not read it.", to, from)
	}
}

// translationsOf returns the translations by canonical tag.
func translationsOf(c apierr.Contract) map[string]map[string]string {
	all := make(map[string]map[string]string, len(c.Translations))
	for tag, texts := range c.Translations {
		all[language.Make(tag).String()] = texts
	}
	return all
}

func ownLanguage(c apierr.Contract) string { return language.Make(cmp.Or(c.Language, "en")).String() }
