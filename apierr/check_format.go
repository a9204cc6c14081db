package apierr

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// checkFormats reports the faults of the contract's two forms: one without a
// name, a content type that is none, an Envelope that would not be JSON,
// problem types that are no URIs, and an alternative that no client could ask
// for.
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
			if _, err := url.Parse(f.Types); err != nil {
				fault("the problem details: %q begins no URI", f.Types)
			}
		}
	}
	if len(types) == 2 && types[0].main == types[1].main && types[0].sub == types[1].sub {
		fault("the alternative has the content type of the format, %s", own.ContentType())
	}
}

func (f Envelope) check(fault func(format string, args ...any)) {
	switch f.Details {
	case "", DetailsMap, DetailsFirst, DetailsList:
	default:
		fault("the envelope: there are no details of the form %q", f.Details)
	}
	if len(f.Members) == 0 {
		return
	}
	if deeper(f.Members, maxDepth) {
		fault("the envelope: members in members are more than %d deep", maxDepth)
		return
	}
	checkMembers(f.Members, "the envelope", fault)
	for _, from := range []Source{FromCode, FromMessage} {
		if !tells(f.Members, from) {
			fault("the envelope: no member has the %s", from)
		}
	}
}

// maxDepth is how deep members may have members. What reads a contract's
// document, or a Members that is in itself, ends here.
const maxDepth = 10

func deeper(members []Member, than int) bool {
	if than == 0 {
		return len(members) > 0
	}
	return slices.ContainsFunc(members, func(m Member) bool { return deeper(m.Members, than-1) })
}

// sources are all there are.
var sources = []Source{
	FromCode, FromMessage, FromStatus, FromID, FromDetails, FromRequestID, FromCorrelationID,
}

func checkMembers(members []Member, where string, fault func(format string, args ...any)) {
	seen := make(map[string]bool, len(members))
	for _, m := range members {
		at := fmt.Sprintf("%s: the member %q", where, m.Name)
		name := string(appendString(nil, m.Name))
		if seen[name] {
			fault("%s is there twice", at)
		}
		seen[name] = true
		given := 0
		if m.From != "" {
			if given++; !slices.Contains(sources, m.From) {
				fault("%s: nothing is called %q", at, m.From)
			}
		}
		if m.JSON != "" {
			if given++; !jsontext.Value(m.JSON).IsValid() {
				fault("%s: %s is not JSON", at, m.JSON)
			}
		}
		if m.Members != nil {
			given++
			checkMembers(m.Members, at, fault)
		}
		if given != 1 {
			fault("%s needs one of From, Members and JSON", at)
		}
	}
}
