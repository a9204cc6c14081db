package reference

import (
	"encoding/json"
	"reflect"
	"slices"

	"github.com/failwell/failwell/apierr"
)

// form is a format as the generated code reads it: where the parts of an error
// are in a body. A nil path: nowhere.
type form struct {
	code, message, requestID, correlationID path

	// byID: the number of the code is what tells errors apart, at code.
	byID bool

	// details is the object of the details. added are the names of that object's
	// own members if the details are added to it. picked are the places of
	// single details, where there is no such object.
	details path
	added   []string
	picked  []pick

	// body returns the shape of the bodies of a code, of any code for nil.
	body func(*codeOf) *shape
}

// path is where a value is in a body: names of members and indices of elements.
// The root is an empty path, not nil.
type path []any

// pick is a detail with a member of its own.
type pick struct {
	key string
	at  path
}

// formsOf returns the form of the Format, and that of the Alternative.
func formsOf(c apierr.Contract, cc *apierr.CompiledContract, schemas map[*apierr.Error]*schema) []*form {
	forms := []*form{formOf(c, cc, schemas)}
	if c.Alternative != nil {
		c.Format, c.Alternative = c.Alternative, nil
		if cc, err := c.Compile(); err == nil { // it compiled as the alternative
			forms = append(forms, formOf(c, cc, schemas))
		}
	}
	return forms
}

func formOf(c apierr.Contract, cc *apierr.CompiledContract, schemas map[*apierr.Error]*schema) *form {
	switch f := c.Format.(type) {
	case apierr.Envelope:
		return envelopeForm(c, f)
	case apierr.Problem:
		return problemForm(c)
	}
	return sampledForm(c, cc, schemas)
}

func envelopeForm(c apierr.Contract, e apierr.Envelope) *form {
	members := membersOf(e)
	f := &form{
		code:          memberAt(members, isFilledFrom(apierr.FromCode)),
		message:       memberAt(members, isFilledFrom(apierr.FromMessage)),
		requestID:     memberAt(members, isFilledFrom(apierr.FromRequestID)),
		correlationID: memberAt(members, isFilledFrom(apierr.FromCorrelationID)),
		details:       memberAt(members, isFromDetails),
	}
	if f.code == nil {
		f.code = memberAt(members, isFilledFrom(apierr.FromID))
		f.byID = f.code != nil
	}
	if n := len(f.details); n > 0 && f.details[n-1] == "" {
		f.details = f.details[:n-1]
		f.added = namesAt(members, f.details)
	}
	if f.details == nil {
		f.picked = picksOf(members, path{})
	}
	b := bodyShapes{contract: c, violations: !showViolations(members), picked: f.details == nil}
	f.body = func(of *codeOf) *shape {
		b := b
		b.of = of
		s, _ := b.object(members)
		return s
	}
	return f
}

func problemForm(c apierr.Contract) *form {
	f := &form{
		code: path{"code"}, message: path{"detail"}, requestID: path{"request_id"}, correlationID: path{"correlation_id"},
		details: path{},
	}
	for _, row := range problemMembers {
		if name := row[0][0].Text; name != "*" {
			f.added = append(f.added, name)
		}
	}
	f.body = func(of *codeOf) *shape { return (&bodyShapes{contract: c, of: of}).problemShape() }
	return f
}

// isFilledFrom reports whether a member is filled from the source, or is a text
// that is the source alone.
func isFilledFrom(from apierr.Source) func(apierr.Member) bool {
	return func(m apierr.Member) bool {
		return m.From == from || m.Text == "{"+string(from)+"}" && from != apierr.FromID
	}
}

// memberAt returns the path of the first member that fits. Inside of an array,
// the elements before it are always there.
func memberAt(members []apierr.Member, fits func(apierr.Member) bool) path {
	for _, m := range members {
		if found := pathIn(m, fits); found != nil {
			return append(path{m.Name}, found...)
		}
	}
	return nil
}

// pathIn returns the path of what fits from m on.
func pathIn(m apierr.Member, fits func(apierr.Member) bool) path {
	if fits(m) {
		return path{}
	}
	if found := memberAt(m.Members, fits); found != nil {
		return found
	}
	for i, element := range m.Array {
		if found := pathIn(element, fits); found != nil {
			return append(path{i}, found...)
		}
		if !isAlways(element) {
			break
		}
	}
	return nil
}

// namesAt returns the names of the object at a path.
func namesAt(members []apierr.Member, at path) (names []string) {
	for _, step := range at {
		i := slices.IndexFunc(members, func(m apierr.Member) bool { return m.Name == step })
		if i < 0 {
			return nil
		}
		members = members[i].Members
	}
	for _, m := range members {
		if m.Name != "" && !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	return names
}

// picksOf returns the members that are single details.
func picksOf(members []apierr.Member, at path) (picks []pick) {
	for _, m := range members {
		here := append(slices.Clone(at), m.Name)
		if m.Detail != "" {
			picks = append(picks, pick{m.Detail, here})
		}
		picks = append(picks, picksOf(m.Members, here)...)
	}
	return picks
}

// A message, and the details of an error without a schema, that no other member
// of a body has by accident.
const sampleMessage = "7f0c8c7e sample"

var sampleDetails = map[string]any{"sample": "7f0c8c7e"}

// sampledForm finds the parts of an error in the bodies that a format of the
// program's own makes.
func sampledForm(c apierr.Contract, cc *apierr.CompiledContract, schemas map[*apierr.Error]*schema) *form {
	f := &form{body: func(*codeOf) *shape { return anObject }}
	first := true
	for _, e := range c.Declared() {
		details := sampleFor(schemas[e])
		a := respond(cc, "/", e.WithMessage(sampleMessage).WithDetails(details))
		if a.Error.Code != e.Code {
			continue // it is mapped to another
		}
		var body any
		if json.Unmarshal([]byte(a.Body), &body) != nil {
			return &form{body: f.body}
		}
		found := form{
			code: valueAt(body, sentString(e.Code)), message: valueAt(body, sampleMessage),
			requestID: valueAt(body, sampleID), details: valueAt(body, details),
		}
		if first {
			f.code, f.message, f.requestID, f.details = found.code, found.message, found.requestID, found.details
			first = false
		}
		f.code, f.message = same(f.code, found.code), same(f.message, found.message)
		f.requestID, f.details = same(f.requestID, found.requestID), same(f.details, found.details)
	}
	return f
}

// sampleFor returns details of the declared form as package json decodes them.
func sampleFor(s *schema) map[string]any {
	if s == nil {
		return sampleDetails
	}
	var details map[string]any
	b, err := json.Marshal(s.sample())
	if err != nil || json.Unmarshal(b, &details) != nil || len(details) == 0 {
		return sampleDetails
	}
	return details
}

// same returns a path if both are it.
func same(a, b path) path {
	if reflect.DeepEqual(a, b) {
		return a
	}
	return nil
}

// valueAt returns the path of the first member that has the value.
func valueAt(body, want any) path {
	if reflect.DeepEqual(body, want) {
		return path{}
	}
	switch body := body.(type) {
	case map[string]any:
		for _, name := range sortedKeys(body) {
			if at := valueAt(body[name], want); at != nil {
				return append(path{name}, at...)
			}
		}
	case []any:
		for i, v := range body {
			if at := valueAt(v, want); at != nil {
				return append(path{i}, at...)
			}
		}
	}
	return nil
}
