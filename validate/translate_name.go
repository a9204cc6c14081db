package validate

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"

	"github.com/failwell/failwell/internal/fieldpath"
)

// nameMark is where the name of a field belongs in a translation. It is no
// character of any text.
const nameMark = "\uffff"

// cutName removes the name of a field from the translation of its error. At the
// beginning it is left out if a space follows: the languages that write one there
// have a whole sentence without the name. Elsewhere nameMark takes its place. ok is
// false if the text may hold a Go name that cannot be told from its surroundings.
func cutName(s string, fe validator.FieldError, path string) (text string, ok bool) {
	name := fe.Field()
	if name == "" {
		return s, true
	}
	rest, leads := strings.CutPrefix(s, name)
	spaced := leads && strings.HasPrefix(rest, " ")
	if name != fe.StructField() { // it is a name on the wire already
		switch {
		case spaced:
			return rest[1:], true
		case leads:
			return nameMark + rest, true
		}
		return s, true
	}
	times := len(s)
	if isWord(name, fe.Tag()) {
		times = 1
	}
	ok = true
	switch {
	case spaced:
		text = markName(rest[1:], name, times-1)
	case leads:
		text = nameMark + markName(rest, name, times-1)
	default:
		text = markName(s, name, times)
		ok = text != s || !strings.Contains(s, name)
	}
	return text, ok && (wireName(path) != "" || !strings.Contains(text, nameMark))
}

// isWord reports whether a name is also a word of the text about a rule: a field
// URL breaks the rule url, whose text speaks of a URL.
func isWord(name, tag string) bool {
	return strings.Contains(strings.ToLower(tag), strings.ToLower(name))
}

// markName puts nameMark in the place of a name where it stands alone, at most a
// number of times.
func markName(s, name string, times int) string {
	var b strings.Builder
	for rest := s; ; {
		i := strings.Index(rest, name)
		if i < 0 || times == 0 {
			b.WriteString(rest)
			return b.String()
		}
		before := s[:len(s)-len(rest)+i]
		after := rest[i+len(name):]
		b.WriteString(rest[:i])
		if standsAlone(before, after) {
			b.WriteString(nameMark)
			times--
		} else {
			b.WriteString(name)
		}
		rest = after
	}
}

// standsAlone reports whether neither neighbor of a name could be a part of it.
func standsAlone(before, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(after)
	return !isNamePart(last) && !isNamePart(first)
}

// isNamePart reports whether a character continues a Go name. Letters of other
// scripts stand next to names without a space, as in Chinese and Thai.
func isNamePart(r rune) bool {
	return r == '_' || unicode.IsDigit(r) || unicode.Is(unicode.Latin, r)
}

// wireName is the last part of a path as a translation names it: a member, or an
// element with the list that it is in. It is empty for the whole document.
func wireName(path string) string {
	name := ""
	for rest := path; ; {
		step, after, ok := fieldpath.Cut(rest)
		if !ok {
			return name
		}
		if step.IsIndex {
			name += "[" + step.String() + "]"
		} else {
			name = step.Name
		}
		rest = after
	}
}
