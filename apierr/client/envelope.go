package client

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/apierr"
)

// envelopeForm reads the bodies of an Envelope: its members are a pattern.
type envelopeForm struct {
	typed
	members   []apierr.Member
	rules     map[string]string // from the word in the body to the rule
	constants map[string]any    // from the JSON of a member to its value
	coded     bool              // a member that is always there has the code
}

func newEnvelopeForm(t typed, e apierr.Envelope) envelopeForm {
	f := envelopeForm{typed: t, members: membersOf(e), rules: make(map[string]string, len(e.Rules)), constants: make(map[string]any)}
	addConstants(f.constants, f.members)
	f.coded = names(f.members, apierr.FromCode)
	for rule, word := range e.Rules {
		f.rules[word] = rule
	}
	return f
}

// addConstants adds the values of the constants among the members, and in them.
func addConstants(constants map[string]any, members []apierr.Member) {
	for _, m := range members {
		if m.JSON != "" {
			var value any
			json.Unmarshal([]byte(m.JSON), &value) // Contract.Check has parsed it
			constants[m.JSON] = value
		}
		for _, inner := range [][]apierr.Member{m.Members, m.Array, m.Each} {
			addConstants(constants, inner)
		}
	}
}

// membersOf returns the members of e. Those of the zero Envelope are as its
// document has them.
func membersOf(e apierr.Envelope) []apierr.Member {
	if len(e.Members) > 0 {
		return e.Members
	}
	document, err := apierr.Contract{Format: apierr.Envelope{}}.MarshalJSON()
	if err == nil {
		var c apierr.Contract
		if c, err = apierr.ParseContract(document); err == nil {
			return c.Format.(apierr.Envelope).Members
		}
	}
	panic("client: the document of the zero contract: " + err.Error())
}

func (f envelopeForm) read(body []byte) (content, bool) {
	var object map[string]any
	if json.Unmarshal(body, &object) != nil || object == nil {
		return content{}, false
	}
	return f.readObject(object)
}

// readObject reads an object that has a code or, in a form without codes, each
// member that is always there: servers of other makes answer with objects too.
func (f envelopeForm) readObject(object map[string]any) (content, bool) {
	r := envelopeReader{form: f}
	ok := r.object(f.members, object)
	if f.coded {
		ok = ok && r.code != "" && len(r.code) <= maxCode
	} else {
		ok = ok && f.complete(object)
	}
	if !ok {
		return content{}, false
	}
	return r.content, true
}

// isLine reports whether a line has all members that are always there, and a
// code or a constant among them.
func (f envelopeForm) isLine(line []byte) bool {
	for _, m := range f.members {
		if isAlwaysThere(m) && !bytes.Contains(line, strconv.AppendQuote(nil, m.Name)) {
			return false // without parsing what is data
		}
	}
	var object map[string]any
	if !f.coded && !hasConstant(f.members) || json.Unmarshal(line, &object) != nil || !f.complete(object) {
		return false
	}
	_, ok := f.readObject(object)
	return ok
}

// complete reports whether an object has each member that is always there.
func (f envelopeForm) complete(object map[string]any) bool {
	return object != nil && !slices.ContainsFunc(f.members, func(m apierr.Member) bool {
		_, there := object[m.Name]
		return isAlwaysThere(m) && !there
	})
}

// isAlwaysThere reports whether each body has a member: one with parts of the
// error that are never absent, or a constant.
func isAlwaysThere(m apierr.Member) bool {
	inner := func(m apierr.Member) bool { return m.JSON == "" && isAlwaysThere(m) }
	return m.JSON != "" || isNeverAbsent(m.From) || m.Text != "" && !slices.ContainsFunc(textSources(m.Text), isAbsent) ||
		slices.ContainsFunc(m.Members, inner) || slices.ContainsFunc(m.Array, inner)
}

func isNeverAbsent(from apierr.Source) bool {
	return from == apierr.FromCode || from == apierr.FromMessage || from == apierr.FromStatus
}

func isAbsent(from apierr.Source) bool { return !isNeverAbsent(from) }

func hasConstant(members []apierr.Member) bool {
	return slices.ContainsFunc(members, func(m apierr.Member) bool { return m.JSON != "" })
}

// maxCode is the most bytes of a code. A body with a longer one is not of the form.
const maxCode = 256

// names reports whether a member that is always there is filled from the source.
func names(members []apierr.Member, from apierr.Source) bool {
	return slices.ContainsFunc(members, func(m apierr.Member) bool {
		return m.From == from || isAlwaysThere(m) && slices.Contains(textSources(m.Text), from) || names(m.Members, from) || names(m.Array, from)
	})
}
