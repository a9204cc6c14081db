package validate

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	ut "github.com/go-playground/universal-translator"
	"golang.org/x/text/language"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/internal/seam"
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
// The languages are tried by their weight, and for each of them its more general
// forms (RFC 4647 section 3.4): fr-CA, then fr; zh-HK, then Traditional Chinese,
// then zh. A malformed language is passed over. The first 16 are read. If the
// contract of a middleware above has translations, messages are in the language
// that the contract chose.
//
// A rule without a translation, and a request for other languages, has the
// fallback translator of uni, and the English of this package where that has
// none. The field's name at the beginning of a translation is left out if the
// sentence is whole without it, as in "Name ist ein Pflichtfeld"; elsewhere the
// Go name is replaced by the name on the wire.
//
// Violations of decoding, and the message of a body that is not JSON, are in
// English too, unless uni has texts for them: under "validate-type",
// "validate-range", "validate-format", "validate-unknown", "validate-length" and
// "validate-repeated", where {0} is the Param of the violation; under
// "validate-empty" for an empty body; and under "validate-syntax" for invalid
// JSON, where {0} is the line and {1} the column:
//
//	german.Add("validate-type", "Erwartet: {0}", false)
//	german.Add("validate-syntax", "Ungültiges JSON in Zeile {0}, Spalte {1}", false)
//
// nil is no translator, which is the default.
func WithTranslator(uni *ut.UniversalTranslator) Option {
	return optionFunc(func(c *config) { c.translators = uni })
}

const (
	// maxLanguage is the number of bytes of an Accept-Language that are read.
	maxLanguage = 1024
	// maxRanges is the number of languages in it that are tried.
	maxRanges = 16
)

// languageOf is the languages of a request as an Accept-Language, where they
// matter. If the contract above has translations, it is the language that the
// contract chose, so that an answer is in one language.
func (c *config) languageOf(r *http.Request) string {
	if c.language != "" || c.translators == nil {
		return c.language
	}
	if ex := seam.From[*apierr.CompiledContract, *apierr.Error](r.Context()); ex != nil {
		if chosen := ex.Language(); chosen != "" {
			return chosen
		}
	}
	return strings.Join(r.Header["Accept-Language"], ",")
}

// translators is the translator for the languages of a request.
func (t *translator) translators() ut.Translator {
	if t.chosen == nil {
		t.chosen = choose(t.config.translators, t.language)
	}
	return t.chosen
}

// choose returns the translator for the first language of an Accept-Language
// (RFC 9110 section 12.5.4) that there is one for, else the fallback.
func choose(uni *ut.UniversalTranslator, accept string) ut.Translator {
	for _, r := range parseRanges(accept) {
		for _, locale := range localesOf(r.tag) {
			if found, ok := uni.FindTranslator(locale); ok {
				return found
			}
			if f := uni.GetFallback(); f != nil && strings.EqualFold(f.Locale(), locale) {
				return f
			}
		}
	}
	return uni.GetFallback()
}

// languageRange is a language of an Accept-Language and its weight.
type languageRange struct {
	tag    language.Tag
	weight float64
}

// parseRanges parses an Accept-Language, the most wanted language first. A range
// that is malformed, or that is not acceptable, is passed over, as is *.
func parseRanges(accept string) (ranges []languageRange) {
	if len(accept) > maxLanguage {
		accept = accept[:maxLanguage]
		accept = accept[:strings.LastIndexByte(accept, ',')+1] // the last one is cut
	}
	for part := range strings.SplitSeq(accept, ",") {
		if r, ok := parseRange(part); ok {
			ranges = append(ranges, r)
		}
		if len(ranges) == maxRanges {
			break
		}
	}
	slices.SortStableFunc(ranges, func(a, b languageRange) int { return cmp.Compare(b.weight, a.weight) })
	return ranges
}

func parseRange(text string) (r languageRange, ok bool) {
	name, params, weighted := strings.Cut(text, ";")
	r.weight = 1
	if weighted {
		q, found := strings.CutPrefix(strings.ToLower(strings.Trim(params, " \t")), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		if !found || err != nil || !(weight > 0 && weight <= 1) {
			return r, false
		}
		r.weight = weight
	}
	tag, err := language.Parse(strings.Trim(name, " \t"))
	if _, unknown := err.(language.ValueError); err != nil && !unknown {
		return r, false
	}
	r.tag = tag // without the subtags that are unknown
	return r, tag != language.Und
}

// localesOf lists the names of the locales that speak a language, the nearest
// first.
func localesOf(tag language.Tag) (locales []string) {
	base, script, region := parts(tag)
	for t := tag; !t.IsRoot(); t = t.Parent() {
		locales = append(locales, strings.ReplaceAll(t.String(), "-", "_"))
	}
	locales = append(locales, base+"_"+region, base+"_"+script+"_"+region, base+"_"+script)
	if written, err := language.Parse(base + "-" + script); err == nil { // where most who write it so live
		_, _, region = parts(written)
		locales = append(locales, base+"_"+script+"_"+region, base+"_"+region)
	}
	return append(locales, base)
}

// parts are the subtags of a language, the likely ones where it names none.
func parts(tag language.Tag) (base, script, region string) {
	b, _ := tag.Base()
	s, _ := tag.Script()
	r, _ := tag.Region()
	return b.String(), s.String(), r.String()
}
