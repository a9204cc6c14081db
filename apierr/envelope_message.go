package apierr

import (
	"slices"
	"strconv"
	"strings"

	"github.com/failwell/failwell/internal/placeholder"
)

// defaultViolation is the message of an error with violations in an envelope
// that does not show them.
const defaultViolation = "{path}: {message}{more}"

// message returns the message of e under the envelope.
func (p *plan) message(e *Error, language string) string {
	if len(e.Violations) == 0 {
		return e.Message
	}
	v, text := e.Violations[0], p.Violation
	if v.Rule == "required" && p.Required != "" {
		text = p.Required
	}
	if text == "" {
		return e.Message
	}
	return fill(p.translated(text, language), func(name string) (string, bool) {
		switch name {
		case "path":
			if v.Path == "$" {
				return "body", true
			}
			return v.Path, true
		case "message":
			return v.Message, true
		case "rule":
			return v.Rule, true
		case "param":
			return v.Param, true
		case "more":
			return p.more(e.Violations[1:], language), true
		}
		return "", false
	})
}

// more is the text about the violations that follow the first. A last one with
// the rule "more" is for others, which were not counted.
func (p *plan) more(others []Violation, language string) string {
	n := len(others)
	if n == 0 {
		return ""
	}
	text := p.More
	switch {
	case others[n-1].Rule == "more":
		text = p.UncountedMore
	case n == 1:
		text = p.OneMore
	}
	return fill(p.translated(text, language), func(name string) (string, bool) {
		return strconv.Itoa(n), name == "n"
	})
}

// translated returns the text in the language, itself if it is not translated.
func (p *plan) translated(text, language string) string {
	if t, ok := p.translations[language][text]; ok {
		return t
	}
	return text
}

// fill replaces every {name} of the text that value knows. Other braces are
// kept.
func fill(text string, value func(name string) (string, bool)) string {
	var b strings.Builder
	b.Grow(len(text) + 64)
	for {
		var s string
		before, _, after, found := placeholder.Cut(text, func(name string) (known bool) {
			s, known = value(name)
			return known
		})
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString(s)
		text = after
	}
}

// placeholders returns the names in braces of a text, sorted and each once.
func placeholders(text string) []string {
	var names []string
	for {
		_, name, after, found := placeholder.Cut(text, isPlaceholder)
		if !found {
			slices.Sort(names)
			return slices.Compact(names)
		}
		names, text = append(names, name), after
	}
}

// isPlaceholder reports whether a text in braces is a name, and not braces that
// happen to be in a sentence.
func isPlaceholder(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}) < 0
}
