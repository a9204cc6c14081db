package validate

import (
	"strings"
	"unicode"
	"unicode/utf8"

	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"
	"golang.org/x/text/language"
)

// WithTranslator puts messages in the language that the request's
// Accept-Language asks for, among those that the validator was given
// translations for:
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
// What decoding finds is in English too, unless uni has texts for it under
// "validate-type", "validate-range", "validate-format", "validate-unknown" and
// "validate-length".
//
// nil is none, which is the default.
func WithTranslator(uni *ut.UniversalTranslator) Option {
	return optionFunc(func(c *config) { c.translators = uni })
}

// translator is the translator for the languages of a request.
func (sp *speaker) translator() ut.Translator {
	if sp.chosen != nil {
		return sp.chosen
	}
	// At most so many bytes: the header is the client's, and its first few
	// languages are those that matter.
	const most = 256
	header := sp.language[:min(len(sp.language), most)]
	tags, _, _ := language.ParseAcceptLanguage(header)
	var locales []string
	for _, tag := range tags {
		base, _ := tag.Base()
		locales = append(locales, strings.ReplaceAll(tag.String(), "-", "_"), base.String())
	}
	sp.chosen, _ = sp.config.translators.FindTranslator(locales...)
	return sp.chosen
}

// translate puts a complaint of the validator in the language of the request.
// ok is false where there is no translation, or none that is fit to be shown.
func (sp *speaker) translate(r rule, b broken, fe validator.FieldError) (message string, ok bool) {
	s := fe.Translate(sp.translator())
	if s == "" || s == fe.Error() { // which is full of Go names
		return "", false
	}
	if r.refers != none && fe.Param() != "" && strings.Contains(s, fe.Param()) {
		if b.fields == "" {
			return "", false
		}
		s = strings.ReplaceAll(s, fe.Param(), b.fields)
	}
	if name := fe.Field(); name != "" {
		if name == fe.StructField() && strings.Contains(s, name) && !strings.HasPrefix(s, name+" ") {
			return "", false
		}
		s = strings.TrimPrefix(s, name+" ")
	}
	first, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[n:], true
}

// ownWords puts what decoding found in the language of the request.
func (sp *speaker) ownWords(found []finding) {
	if sp.config.translators == nil && len(sp.config.messages) == 0 {
		return
	}
	for i := range found {
		found[i].Message = sp.ownMessage(found[i])
	}
}

func (sp *speaker) ownMessage(f finding) string {
	if own, ok := sp.config.messages[f.Rule]; ok {
		return strings.ReplaceAll(own, placeholder, f.Param)
	}
	if sp.config.translators != nil {
		if s, err := sp.translator().T("validate-"+f.Rule, f.Param); err == nil && s != "" {
			return s
		}
	}
	return f.Message
}
