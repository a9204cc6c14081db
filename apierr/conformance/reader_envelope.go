package conformance

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/apierr"
)

// envelopeReader reads a body by the members of an Envelope, as a pattern.
type envelopeReader struct {
	members []apierr.Member
	form    content // what the form shows
}

func newEnvelopeReader(f apierr.Envelope) envelopeReader {
	members := f.Members
	if len(members) == 0 { // as the comment of Envelope says
		members = []apierr.Member{{Name: "error", Members: []apierr.Member{
			{Name: "code", From: apierr.FromCode},
			{Name: "message", From: apierr.FromMessage},
			{Name: "details", From: apierr.FromDetails},
		}}}
	}
	return envelopeReader{members, content{
		showsCode: shows(members, apierr.FromCode), showsID: shows(members, apierr.FromID),
		showsRequestID: shows(members, apierr.FromRequestID), showsCorrelationID: shows(members, apierr.FromCorrelationID),
	}}
}

func (envelopeReader) contentType() string { return "application/json" }

func (r envelopeReader) shape() string { return shapeOf(r.members, false) }

// shapeOf shows an object with the members. Those with a question mark may be
// absent.
func shapeOf(members []apierr.Member, each bool) string {
	var shown []string
	for _, m := range members {
		s := m.Name
		switch {
		case m.Name == "":
			s = "..."
		case m.JSON != "":
			s += ": " + m.JSON
		case optional(m, each):
			s += "?"
		}
		switch {
		case len(m.Members) > 0:
			s += ": " + shapeOf(m.Members, each)
		case len(m.Array) > 0:
			s += ": [...]"
		case len(m.Each) > 0:
			s += ": [" + shapeOf(m.Each, true) + "]"
		}
		shown = append(shown, s)
	}
	return "{" + strings.Join(shown, ", ") + "}"
}

// shows reports whether the members have the source, by itself.
func shows(members []apierr.Member, from apierr.Source) bool {
	return slices.ContainsFunc(members, func(m apierr.Member) bool {
		return m.From == from || shows(m.Members, from) || shows(m.Array, from)
	})
}

func (r envelopeReader) read(body []byte) (content, []string, bool) {
	v, err := parse(body)
	if err != nil {
		return content{}, []string{err.Error()}, false
	}
	object, ok := v.(map[string]any)
	if !ok {
		return content{}, []string{"the body is no JSON object"}, false
	}
	s := scan{content: r.form}
	s.object("", r.members, object)
	readable := !r.form.showsCode || s.code != ""
	return s.content, s.faults, readable
}

// scan collects what a body says, and its departures from the pattern.
type scan struct {
	content
	faults []string
	each   bool // inside the object of one violation
}

func (s *scan) fault(at, format string, args ...any) {
	s.faults = append(s.faults, cmp.Or(at, "the body")+" "+fmt.Sprintf(format, args...))
}

// object reads an object whose members are exactly those of the pattern.
func (s *scan) object(at string, members []apierr.Member, object map[string]any) {
	spread := slices.IndexFunc(members, func(m apierr.Member) bool { return m.Name == "" })
	named := make(map[string][]apierr.Member)
	var names []string
	for _, m := range members {
		if m.Name == "" {
			continue
		}
		if named[m.Name] == nil {
			names = append(names, m.Name)
		}
		named[m.Name] = append(named[m.Name], m)
	}
	rest := make(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(object)) {
		switch {
		case named[name] != nil:
		case spread >= 0:
			rest[name] = object[name]
		default:
			s.fault(join(at, name), "is not a member of the form")
		}
	}
	for _, name := range names {
		value, there := object[name]
		switch {
		case there:
			s.firstOf(join(at, name), named[name], value)
		case !allOptional(named[name], s.each):
			s.fault(join(at, name), "is missing")
		}
	}
	if len(rest) > 0 {
		s.value(at, members[spread], rest)
	}
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// firstOf reads a value by the member that fits it best: of several with one
// name, the first that has a value is sent.
func (s *scan) firstOf(at string, members []apierr.Member, value any) {
	var best *scan
	for _, m := range members {
		try := *s
		try.faults = nil
		try.value(at, m, value)
		if best == nil || len(try.faults) < len(best.faults) {
			best = &try
		}
	}
	best.faults = append(s.faults, best.faults...)
	*s = *best
}

func (s *scan) value(at string, m apierr.Member, value any) {
	if m.JSON != "" {
		var constant any
		if json.Unmarshal([]byte(m.JSON), &constant) != nil || !reflect.DeepEqual(constant, value) {
			s.fault(at, "is not the constant %s", m.JSON)
		}
		return
	}
	if m.Detail != "" {
		s.detail(m.Detail, value)
		return
	}
	if value == nil {
		s.fault(at, "is null: a member without a value is absent")
		return
	}
	switch {
	case m.Text != "":
		s.text(at, m.Text, value)
	case len(m.Members) > 0:
		object, ok := value.(map[string]any)
		if !ok {
			s.fault(at, "is no object")
			return
		}
		s.object(at, m.Members, object)
	case len(m.Array) > 0:
		s.array(at, m.Array, value)
	case len(m.Each) > 0:
		s.list(at, m.Each, value)
	default:
		s.source(at, m.From, value)
	}
}

func (s *scan) detail(key string, value any) {
	s.details = maps.Clone(s.details)
	if s.details == nil {
		s.details = make(map[string]any)
	}
	s.details[key] = value
}

// array reads the elements in order; those that are optional may be absent.
func (s *scan) array(at string, patterns []apierr.Member, value any) {
	list, ok := value.([]any)
	if !ok || len(list) == 0 {
		s.fault(at, "is no array with elements")
		return
	}
	for _, p := range patterns {
		if len(list) > 0 {
			try := *s
			try.faults = nil
			try.value(at+"[]", p, list[0])
			if len(try.faults) == 0 || !optional(p, s.each) {
				try.faults = append(s.faults, try.faults...)
				*s, list = try, list[1:]
				continue
			}
		}
		if !optional(p, s.each) {
			s.fault(at, "lacks an element")
		}
	}
	if len(list) > 0 {
		s.fault(at, "has elements that are not of the form")
	}
}

// list reads one element for each violation.
func (s *scan) list(at string, each []apierr.Member, value any) {
	list, ok := value.([]any)
	if !ok || len(list) == 0 {
		s.fault(at, "is no array with elements: without violations it is absent")
		return
	}
	outer := s.each
	defer func() { s.each = outer }()
	s.each, s.violations = true, true
	for i, element := range list {
		at := fmt.Sprintf("%s[%d]", at, i)
		if len(each) == 1 && each[0].Name == "" {
			s.value(at, each[0], element)
			continue
		}
		object, ok := element.(map[string]any)
		if !ok {
			s.fault(at, "is no object")
			return
		}
		s.object(at, each, object)
	}
}

// source reads the value of a member with a source.
func (s *scan) source(at string, from apierr.Source, value any) {
	switch from {
	case apierr.FromStatus, apierr.FromID, apierr.FromRetryAfter:
		n, ok := value.(float64)
		if !ok || n != float64(int(n)) || n <= 0 {
			s.fault(at, "is no positive whole number: without a value it is absent")
			return
		}
		s.number(from, int(n))
	case apierr.FromDetails:
		object, ok := value.(map[string]any)
		if !ok || len(object) == 0 {
			s.fault(at, "is no object with members: without details it is absent")
			return
		}
		for key, v := range object {
			s.detail(key, v)
		}
	case apierr.FromMessages:
		s.messages(at, value)
	case apierr.FromLocation:
		if list, ok := value.([]any); !ok || len(list) == 0 {
			s.fault(at, "is no array with elements")
		}
	default:
		text, ok := value.(string)
		if !ok || strings.TrimSpace(text) == "" && from != apierr.FromRule {
			s.fault(at, "is no string with a text")
			return
		}
		s.word(string(from), text)
	}
}

func (s *scan) number(from apierr.Source, n int) {
	switch from {
	case apierr.FromStatus:
		s.status = n
	case apierr.FromID:
		s.id = n
	case apierr.FromRetryAfter:
		s.retryAfter = n
	}
}

// word keeps a source that is a string, also one from within a Text.
func (s *scan) word(from, text string) {
	switch apierr.Source(from) {
	case apierr.FromCode:
		s.code = text
	case apierr.FromMessage:
		if !s.each {
			s.message = text
		}
	case apierr.FromRequestID:
		s.requestID = text
	case apierr.FromCorrelationID:
		s.correlationID = text
	case apierr.FromDocURL:
		s.docURL = text
	case apierr.FromStatus, apierr.FromID, apierr.FromRetryAfter:
		if n, err := strconv.Atoi(text); err == nil {
			s.number(apierr.Source(from), n)
		}
	case apierr.FromPath, apierr.FromRule:
		s.violations = true
	}
}

// messages reads an object with a list of messages for each path.
func (s *scan) messages(at string, value any) {
	object, ok := value.(map[string]any)
	if !ok || len(object) == 0 {
		s.fault(at, "is no object with members: without violations it is absent")
		return
	}
	s.violations = true
	for _, path := range slices.Sorted(maps.Keys(object)) {
		list, ok := object[path].([]any)
		if !ok || len(list) == 0 || slices.ContainsFunc(list, func(v any) bool { _, ok := v.(string); return !ok }) {
			s.fault(join(at, path), "is no list of messages")
		}
	}
}

var sourceInText = regexp.MustCompile(`\{([a-z_]+)\}`)

// text reads a string by a Text with sources in braces.
func (s *scan) text(at, pattern string, value any) {
	text, ok := value.(string)
	if !ok {
		s.fault(at, "is no string")
		return
	}
	var b strings.Builder
	var sources []string
	rest := pattern
	for {
		loc := sourceInText.FindStringSubmatchIndex(rest)
		if loc == nil {
			break
		}
		b.WriteString(regexp.QuoteMeta(rest[:loc[0]]))
		b.WriteString(`([\s\S]+?)`)
		sources = append(sources, rest[loc[2]:loc[3]])
		rest = rest[loc[1]:]
	}
	b.WriteString(regexp.QuoteMeta(rest))
	re, err := regexp.Compile(`\A` + b.String() + `\z`)
	if err != nil {
		s.fault(at, "cannot be compared with the text of the form: %s", err)
		return
	}
	found := re.FindStringSubmatch(text)
	if found == nil {
		s.fault(at, "is not %q", pattern)
		return
	}
	for i, from := range sources {
		s.word(from, found[i+1])
	}
}

// allOptional reports whether a member with these alternatives may be absent.
func allOptional(members []apierr.Member, each bool) bool {
	return !slices.ContainsFunc(members, func(m apierr.Member) bool { return !optional(m, each) })
}

// optional reports whether a member may be absent, as the comments of Member and
// Source say. each: it is in the object of one violation.
func optional(m apierr.Member, each bool) bool {
	switch inner := slices.Concat(m.Members, m.Array); {
	case m.JSON != "" || constant(m):
		return false
	case len(inner) > 0:
		return !slices.ContainsFunc(inner, func(m apierr.Member) bool { return !constant(m) && !optional(m, each) })
	case len(m.Each) > 0, m.Detail != "":
		return true
	case m.Text != "":
		for _, found := range sourceInText.FindAllStringSubmatch(m.Text, -1) {
			if optionalSource(apierr.Source(found[1]), each) {
				return true
			}
		}
		return false
	}
	return optionalSource(m.From, each)
}

func optionalSource(from apierr.Source, each bool) bool {
	switch from {
	case apierr.FromCode, apierr.FromMessage, apierr.FromStatus:
		return false
	case apierr.FromPath, apierr.FromRule, apierr.FromLocation, "in":
		return !each
	}
	return true
}

// constant reports whether a member is the same in every body.
func constant(m apierr.Member) bool {
	inner := slices.Concat(m.Members, m.Array)
	return m.JSON != "" || len(inner) > 0 && !slices.ContainsFunc(inner, func(m apierr.Member) bool { return !constant(m) })
}
