package apierr

import (
	"maps"
	"slices"
	"strings"

	"github.com/failwell/failwell/internal/placeholder"
)

// plan is a compiled [Envelope]: its constant parts are joined, so that an
// answer is a handful of appends.
type plan struct {
	Envelope
	steps []step

	picked       []string                     // the keys of the Details that members have by themselves
	violations   bool                         // FromDetails shows the violations
	retryAfter   bool                         // a member shows the RetryAfter
	translations map[string]map[string]string // of the contract, by language and text
}

// step appends constant text and one value.
type step struct {
	// before is the constant text in front of the value.
	before string
	// optional: the value may be absent, and its name and comma with it.
	optional bool
	// detailed: it is absent if the error has neither details nor violations.
	detailed bool
	// comma: the step begins with a comma unless it is the first of its object
	// or array, which depends on the values before it.
	comma bool
	// name is the quoted name and the colon if they are not in before.
	name  string
	value value

	inside []step   // the parts of an object, an array, a list or a choice
	text   []piece  // of valueText
	key    string   // of valueDetail
	names  []string // of the object that valueAdd* adds to
	absent bool     // of valueObject and valueArray: it may be absent
}

// piece is a part of a text: a constant, or the source that follows it.
type piece struct {
	before string
	value  value
}

// value is what a step appends. A number is faster to compare than a [Source].
type value uint8

const (
	valueNone value = iota // the step is constant

	// Always there.
	valueCode
	valueMessage
	valueStatus

	// May be absent.
	valueID
	valueDocURL
	valueRetryAfter
	valueRequestID
	valueCorrelationID
	valueLanguage
	valueDetails
	valueMessages
	valueAddDetails  // to the object around it
	valueAddMessages // likewise
	valueDetail
	valueText
	valueObject
	valueArray
	valueEach
	valueChoice // the first of several that is there

	// Of a violation.
	valuePath
	valueRule
	valueParam
	valueIn
	valueLocation
	valueViolationMessage
)

var sourceValues = map[Source]value{
	FromCode: valueCode, FromMessage: valueMessage, FromStatus: valueStatus, FromID: valueID,
	FromDocURL: valueDocURL, FromRetryAfter: valueRetryAfter,
	FromRequestID: valueRequestID, FromCorrelationID: valueCorrelationID,
	FromDetails: valueDetails, FromMessages: valueMessages,
	FromPath: valuePath, FromRule: valueRule, FromLocation: valueLocation,
}

// textValues are the sources of texts.
var textValues = func() map[string]value {
	m := map[string]value{"param": valueParam, "in": valueIn, "language": valueLanguage}
	for from, v := range sourceValues {
		if placeholder.IsSource(string(from)) {
			m[string(from)] = v
		}
	}
	return m
}()

// compiled returns f, or its plan if it is an Envelope.
func compiled(f Format, translations map[string]map[string]string) Format {
	if f, ok := f.(Envelope); ok {
		p := f.compile()
		p.translations = translations
		return p
	}
	return f
}

// compile makes the plan of f.
func (f Envelope) compile() *plan {
	f = f.withDefaults()
	f.Rules = maps.Clone(f.Rules)
	p := &plan{Envelope: f, violations: !showsViolations(f.Members)}
	walkMembers(f.Members, func(m Member) {
		if m.Detail != "" {
			p.picked = append(p.picked, m.Detail)
		}
		p.retryAfter = p.retryAfter || m.From == FromRetryAfter || strings.Contains(m.Text, "{retry_after}")
	})
	var c compiler
	c.text = append(c.text, '{')
	c.object(f.Members)
	c.text = append(c.text, '}')
	c.flush()
	p.steps = c.steps
	return p
}

// withDefaults returns f with its empty fields filled in.
func (f Envelope) withDefaults() Envelope {
	if len(f.Members) == 0 {
		f.Members = plainMembers
	}
	if f.Violation == "" && !showsViolations(f.Members) && !hasSource(f.Members, FromDetails) {
		f.Violation = defaultViolation
	}
	for _, text := range []struct {
		field    *string
		fallback string
	}{{&f.OneMore, " (and 1 more)"}, {&f.More, " (and {n} more)"}, {&f.UncountedMore, " (and more)"}} {
		if *text.field == "" {
			*text.field = text.fallback
		}
	}
	return f
}

// walkMembers calls visit for each member, those inside others too.
func walkMembers(members []Member, visit func(Member)) {
	for _, m := range members {
		visit(m)
		for _, inner := range [][]Member{m.Members, m.Array, m.Each} {
			walkMembers(inner, visit)
		}
	}
}

// hasSource reports whether a member is filled from the source.
func hasSource(members []Member, from Source) (has bool) {
	walkMembers(members, func(m Member) { has = has || m.From == from })
	return has
}

// showsViolations reports whether a member shows violations: one that is made
// of them, and not of the Details.
func showsViolations(members []Member) (shows bool) {
	walkMembers(members, func(m Member) {
		shows = shows || len(m.Each) > 0 || m.From == FromMessages || isOfViolation(sourceValues[m.From])
		for _, p := range pieces(m.Text, false) {
			shows = shows || isOfViolation(p.value)
		}
	})
	return shows
}

func isOfViolation(v value) bool { return v >= valuePath }

// compiler collects constant text until a value interrupts it.
type compiler struct {
	text  []byte
	steps []step
	each  bool // inside Each
}

func (c *compiler) flush() {
	if len(c.text) > 0 {
		c.append(step{})
	}
}

// object compiles the members of an object whose brace is open.
func (c *compiler) object(members []Member) {
	var names []string // each once, in order
	choices := make(map[string][]Member, len(members))
	for _, m := range members {
		if choices[m.Name] == nil {
			names = append(names, m.Name)
		}
		choices[m.Name] = append(choices[m.Name], m)
	}
	l := list{compiler: c}
	for _, name := range names {
		if name != "" {
			l.member(string(appendString(nil, name))+":", choices[name])
			continue
		}
		add := step{value: valueAddDetails, optional: true, names: names}
		if choices[name][0].From == FromMessages {
			add.value = valueAddMessages
		}
		l.optional(add)
	}
}

// array compiles the elements of an array whose bracket is open.
func (c *compiler) array(elements []Member) {
	l := list{compiler: c}
	for _, m := range elements {
		l.member("", []Member{m})
	}
}

// list compiles the parts of an object or an array. A part that is always there
// comes with its comma, if it is known whether it has one; an optional one
// looks at what stands before it.
type list struct {
	*compiler
	certain bool // a part is certainly there already
	unknown bool // parts before this one may be there
}

// member compiles one part: the first of the choice that is there.
func (l *list) member(name string, choice []Member) {
	last := choice[len(choice)-1]
	if l.isOptional(last) {
		s := l.step(choice)
		s.optional, s.comma, s.name = true, true, name
		s.detailed = !slices.ContainsFunc(choice, func(m Member) bool { return !l.isDetailed(m) })
		l.optional(s)
		return
	}
	switch {
	case l.certain:
		l.text = append(l.text, ',')
	case l.unknown:
		l.flush()
		l.steps = append(l.steps, step{comma: true})
	}
	l.certain = true
	l.text = append(l.text, name...)
	if len(choice) == 1 {
		l.inline(last)
		return
	}
	l.append(l.step(choice))
}

// optional adds a part that may be absent.
func (l *list) optional(s step) {
	l.append(s)
	l.unknown = true
}

// append adds a step after the constant text.
func (c *compiler) append(s step) {
	s.before, c.text = string(c.text)+s.before, nil
	c.steps = append(c.steps, s)
}

// inline compiles a value that is always there into the text around it.
func (c *compiler) inline(m Member) {
	switch {
	case m.JSON != "":
		c.text = append(c.text, m.JSON...)
	case len(m.Members) > 0:
		c.text = append(c.text, '{')
		c.object(m.Members)
		c.text = append(c.text, '}')
	case len(m.Array) > 0:
		c.text = append(c.text, '[')
		c.array(m.Array)
		c.text = append(c.text, ']')
	default:
		c.append(c.step([]Member{m}))
	}
}

// step compiles the first of a choice of values that is there.
func (c *compiler) step(choice []Member) step {
	if len(choice) > 1 {
		s := step{value: valueChoice}
		for _, m := range choice {
			s.inside = append(s.inside, c.step([]Member{m}))
		}
		return s
	}
	m, inner := choice[0], compiler{each: c.each}
	s := step{}
	switch {
	case m.JSON != "":
		s.before = m.JSON
	case len(m.Members) > 0:
		inner.object(m.Members)
		s.value, s.absent = valueObject, c.isOptional(m)
	case len(m.Array) > 0:
		inner.array(m.Array)
		s.value, s.absent = valueArray, c.isOptional(m)
	case len(m.Each) > 0:
		s.value, inner.each = valueEach, true
		if len(m.Each) == 1 && m.Each[0].Name == "" {
			inner.append(inner.step(m.Each))
			break
		}
		inner.text = append(inner.text, '{')
		inner.object(m.Each)
		inner.text = append(inner.text, '}')
	case m.Text != "":
		s.value, s.text = valueText, pieces(m.Text, c.each)
	case m.Detail != "":
		s.value, s.key = valueDetail, m.Detail
	default:
		s.value = c.source(m.From)
	}
	inner.flush()
	s.inside = inner.steps
	return s
}

func (c *compiler) source(from Source) value {
	if c.each && from == FromMessage {
		return valueViolationMessage
	}
	return sourceValues[from]
}

// pieces cuts a text at its sources. Braces around anything else are constant.
func pieces(text string, each bool) (list []piece) {
	for text != "" {
		before, name, after, found := placeholder.Cut(text, placeholder.IsSource)
		p := piece{before: before}
		if found {
			p.value = textValues[name]
			if each && p.value == valueMessage {
				p.value = valueViolationMessage
			}
		}
		list, text = append(list, p), after
	}
	return list
}
