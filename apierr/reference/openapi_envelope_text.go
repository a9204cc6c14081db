package reference

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// textsShowViolations reports whether a text has a source of a violation.
func textsShowViolations(members []apierr.Member) bool {
	return slices.ContainsFunc(members, func(m apierr.Member) bool {
		for _, name := range textSources(m.Text) {
			if violationSources[name] {
				return true
			}
		}
		return textsShowViolations(m.Members) || textsShowViolations(m.Array) || textsShowViolations(m.Each)
	})
}

var violationSources = map[string]bool{"path": true, "rule": true, "param": true, "in": true}

// textSource is a source in a text.
var textSource = regexp.MustCompile(`\{([a-z_]+)\}`)

// textSources are the sources in a text, each as often as it is there. Other
// braces are constant.
func textSources(text string) (names []string) {
	for _, match := range textSource.FindAllStringSubmatch(text, -1) {
		if name := match[1]; isTextSource(name) {
			names = append(names, name)
		}
	}
	return names
}

func isTextSource(name string) bool {
	switch apierr.Source(name) {
	case "param", "in", "language":
		return true
	case apierr.FromDetails, apierr.FromMessages, apierr.FromLocation:
		return false
	}
	_, ok := sources[apierr.Source(name)]
	return ok
}

// text is the schema of a text: a constant if its sources are those of the
// code.
func (f envelopeSchema) text(text string, each bool) part {
	p := part{presence: always}
	known := map[string]string{}
	constant := f.outcome != nil
	for _, name := range textSources(text) {
		var is presence
		switch name {
		case "param", "language":
			is = maybe
		case "in":
			is = f.source(apierr.FromPath, each).presence
		default:
			is = f.source(apierr.Source(name), each).presence
		}
		p.presence = min(p.presence, is)
		switch o := f.outcome; {
		case o == nil:
		case name == "code":
			known[name] = o.code
		case name == "status":
			known[name] = strconv.Itoa(o.status)
		case name == "id":
			known[name] = strconv.Itoa(o.id)
		case name == "doc_url":
			known[name] = o.docURL
		default:
			constant = false
		}
	}
	if !constant {
		p.schema = object{{"type", "string"}}
		return p
	}
	p.schema = object{{"type", "string"}, {"const", textSource.ReplaceAllStringFunc(text, func(s string) string {
		if v, ok := known[strings.Trim(s, "{}")]; ok {
			return v
		}
		return s
	})}}
	return p
}
