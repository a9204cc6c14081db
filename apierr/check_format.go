package apierr

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// checkFormats reports the faults of the contract's two formats: no name, an
// invalid content type, an Envelope that cannot make a body, problem types that
// are no URI references, and an alternative that no client can ask for.
func (c Contract) checkFormats(fault func(format string, args ...any)) {
	own, other := c.Format, c.Alternative
	if own == nil {
		own = Envelope{}
	}
	var types []mediaType
	for _, f := range []Format{own, other} {
		if f == nil {
			continue
		}
		if f.Name() == "" {
			fault("the format %T has no name", f)
		}
		t, ok := parseMediaType(f.ContentType())
		if !ok || t.main == "*" || t.sub == "*" {
			fault("the format %s: %q is no content type", f.Name(), f.ContentType())
		}
		types = append(types, t)
		switch f := f.(type) {
		case Envelope:
			f.check(fault)
		case Problem:
			if !isURIReference(f.Types) {
				fault("the problem details: %q does not begin a URI reference", f.Types)
			}
		case *Envelope, *Problem:
			fault("the format %s is a %T: use the value", f.Name(), f)
		}
	}
	if len(types) == 2 && types[0].main == types[1].main && types[0].sub == types[1].sub {
		fault("the alternative has the content type of the format, %s", own.ContentType())
	}
}

// checkDocURL reports a DocURL that is no URI reference.
func (c Contract) checkDocURL(fault func(format string, args ...any)) {
	filled := strings.NewReplacer("{code}", "CODE", "{id}", "1").Replace(c.DocURL)
	if !isURIReference(filled) {
		fault("the DocURL %q is no URI reference", c.DocURL)
	}
}

// check reports what of the envelope cannot be made into a body.
func (f Envelope) check(fault func(format string, args ...any)) {
	if len(f.Members) == 0 {
		return
	}
	if deeper(f.Members, maxDepth) {
		fault("the envelope: members in members are more than %d deep", maxDepth)
		return
	}
	checkObject(f.Members, "the envelope", false, fault)
	if !slices.ContainsFunc(f.Members, func(m Member) bool { return m.Name != "" && !new(compiler).isOptional(m) }) {
		fault("the envelope: an error may have no body but {}: no member is always there")
	}
}

// maxDepth is how deep members may have members. A document of a contract, and
// a Members that contains itself, are read no deeper.
const maxDepth = 10

func deeper(members []Member, than int) bool {
	if than == 0 {
		return len(members) > 0
	}
	return slices.ContainsFunc(members, func(m Member) bool {
		return deeper(m.Members, than-1) || deeper(m.Array, than-1) || deeper(m.Each, than-1)
	})
}

// checkObject reports the faults of the members of an object.
func checkObject(members []Member, where string, each bool, fault func(format string, args ...any)) {
	certain, adds := make(map[string]bool, len(members)), 0
	for _, m := range members {
		if m.Name == "" {
			adds++
			if m.From != FromDetails && m.From != FromMessages || adds > 1 {
				fault("%s: a member has no name", where)
			}
			continue
		}
		at := fmt.Sprintf("%s: the member %q", where, m.Name)
		name := string(appendString(nil, m.Name)) // as it is sent
		if certain[name] {
			fault("%s is there twice, and the first is always sent", at)
		}
		checkValue(m, at, each, fault)
		certain[name] = certain[name] || !(&compiler{each: each}).isOptional(m)
	}
}

// checkValue reports the faults of the value of a member or an element.
func checkValue(m Member, at string, each bool, fault func(format string, args ...any)) {
	given := 0
	for _, is := range []bool{m.From != "", m.Detail != "", m.Text != "", len(m.Members) > 0, len(m.Array) > 0, len(m.Each) > 0, m.JSON != ""} {
		if is {
			given++
		}
	}
	if given != 1 {
		fault("%s needs exactly one of From, Detail, Text, Members, Array, Each and JSON", at)
		return
	}
	switch {
	case m.From != "" && sourceValues[m.From] == valueNone:
		fault("%s: no source is called %q", at, m.From)
	case each && (m.From == FromMessages || m.From == FromDetails || len(m.Each) > 0):
		fault("%s: it is about all violations, inside Each", at)
	case m.JSON != "" && !jsontext.Value(m.JSON).IsValid():
		fault("%s: %s is not JSON", at, m.JSON)
	}
	for _, name := range placeholders(m.Text) {
		if textValues[name] == valueNone {
			fault("%s: no source of texts is called %q", at, name)
		}
	}
	checkObject(m.Members, at, each, fault)
	if len(m.Each) == 1 && m.Each[0].Name == "" {
		checkValue(m.Each[0], at, true, fault)
	} else {
		checkObject(m.Each, at, true, fault)
	}
	for i, element := range m.Array {
		at := fmt.Sprintf("%s: the element %d", at, i)
		if element.Name != "" {
			fault("%s has the name %q: elements have none", at, element.Name)
		}
		checkValue(element, at, each, fault)
	}
}
