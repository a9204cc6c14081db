package apierr

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// ownLanguage is the language of a contract that names none.
const ownLanguage = "en"

// languages are those that a contract can answer in.
type languages struct {
	tags    []string // canonical; the first is the contract's own
	matcher language.Matcher
}

// compileLanguages returns the languages of c, and its translations by canonical
// tag; nil if there are no translations. The tags are valid.
func compileLanguages(c Contract) (*languages, map[string]map[string]string) {
	if len(c.Translations) == 0 {
		return nil, nil
	}
	own := language.MustParse(cmp.Or(c.Language, ownLanguage))
	l := &languages{tags: []string{own.String()}}
	all := []language.Tag{own}
	translations := make(map[string]map[string]string, len(c.Translations))
	for _, name := range slices.Sorted(maps.Keys(c.Translations)) {
		tag := language.MustParse(name)
		all = append(all, tag)
		l.tags = append(l.tags, tag.String())
		translations[tag.String()] = maps.Clone(c.Translations[name])
	}
	l.matcher = language.NewMatcher(all)
	return l, translations
}

// Language returns the language of the contract that the Accept-Language of a
// request prefers, as a BCP 47 tag: the contract's own if none of the
// translations is closer. It is empty if the contract has no Translations.
func (cc *CompiledContract) Language(request http.Header) string {
	if cc.languages == nil {
		return ""
	}
	return cc.languages.match(request["Accept-Language"])
}

// maxRanges is how many language ranges of a request are looked at. Browsers
// send up to six; each costs a microsecond.
const maxRanges = 16

// maxRange is the longest language range in bytes, twice what RFC 5646 section
// 4.4.1 asks implementations to support.
const maxRange = 70

// match returns the tag for some Accept-Language lines. A range that is
// malformed, unknown or refused (q=0) is skipped, as RFC 4647 section 3.4 skips
// what it cannot match. Lines of more than 1 KiB have no preference.
func (l *languages) match(lines []string) string {
	if len(lines) == 0 || tooLong(lines) {
		return l.tags[0]
	}
	type weighted struct {
		tag    language.Tag
		weight int
	}
	var ranges []weighted
	rest, left := strings.Join(lines, ","), maxRanges
	for rest != "" && left > 0 {
		var element string
		element, rest, _ = strings.Cut(rest, ",")
		if element = trim(element); element == "" {
			continue
		}
		left--
		if tag, weight, ok := parseRange(element); ok && weight > 0 {
			ranges = append(ranges, weighted{tag, weight})
		}
	}
	slices.SortStableFunc(ranges, func(a, b weighted) int { return b.weight - a.weight })
	wanted := make([]language.Tag, len(ranges))
	for i, r := range ranges {
		wanted[i] = r.tag
	}
	if _, i, confidence := l.matcher.Match(wanted...); confidence > language.No {
		return l.tags[i]
	}
	return l.tags[0]
}

// parseRange reads a language range with its weight, RFC 9110 section 12.5.4.
// "*" is any language, and so no preference.
func parseRange(s string) (tag language.Tag, weight int, ok bool) {
	s, param, weighted := strings.Cut(s, ";")
	weight = 1000
	if weighted {
		name, value, _ := strings.Cut(trim(param), "=")
		if !strings.EqualFold(name, "q") {
			return tag, 0, false
		}
		if weight, ok = parseWeight(value); !ok {
			return tag, 0, false
		}
	}
	if s = trim(s); len(s) > maxRange || strings.Contains(s, "_") {
		return tag, 0, false
	}
	tag, err := language.Parse(s)
	var unknown language.ValueError // a well-formed subtag that is left out of tag
	if err != nil && !errors.As(err, &unknown) || tag == language.Und {
		return tag, 0, false
	}
	return tag, weight, true
}

// setLanguage sets the headers of an answer that depends on the language.
func (cc *CompiledContract) setLanguage(h http.Header, messageLanguage string) {
	if cc.languages == nil {
		return
	}
	addVary(h, "Accept-Language")
	if messageLanguage != "" {
		h["Content-Language"] = []string{messageLanguage}
	}
}
