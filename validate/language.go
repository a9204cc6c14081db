package validate

import (
	"strings"

	ut "github.com/go-playground/universal-translator"
	"golang.org/x/text/language"
)

// WithTranslator puts messages in the language that the request's
// Accept-Language asks for, among those that the validator has translations
// for:
//
//	uni := ut.New(en.New(), en.New(), de.New())
//	german, _ := uni.GetTranslator("de")
//	err := detranslations.RegisterDefaultTranslations(v, german)
//	rules := validate.New(v, validate.WithTranslator(uni))
//
// A rule without a translation, and a request for other languages, has the
// fallback translator of uni, and the English of this package where that has
// none. The field's name at the beginning of a translation is left out.
//
// Violations of decoding are in English too, unless uni has texts for them
// under "validate-type", "validate-range", "validate-format", "validate-unknown"
// and "validate-length".
//
// nil is no translator, which is the default.
func WithTranslator(uni *ut.UniversalTranslator) Option {
	return optionFunc(func(c *config) { c.translators = uni })
}

// maxLanguage is the number of bytes of an Accept-Language that are read.
const maxLanguage = 256

// translators is the translator for the languages of a request.
func (t *translator) translators() ut.Translator {
	if t.chosen != nil {
		return t.chosen
	}
	tags, _, _ := language.ParseAcceptLanguage(t.language[:min(len(t.language), maxLanguage)])
	var locales []string
	for _, tag := range tags {
		base, _ := tag.Base()
		locales = append(locales, strings.ReplaceAll(tag.String(), "-", "_"), base.String())
	}
	t.chosen, _ = t.config.translators.FindTranslator(locales...)
	return t.chosen
}
