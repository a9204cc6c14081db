package middlewaretest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/apierr"
)

// formatsOf returns the forms of the contract.
func formatsOf(c apierr.Contract) []apierr.Format {
	formats := []apierr.Format{c.Format}
	if c.Format == nil {
		formats[0] = apierr.Envelope{}
	}
	if c.Alternative != nil {
		formats = append(formats, c.Alternative)
	}
	return formats
}

// formatOf returns the form of the contract with the Content-Type, nil if it has
// none.
func formatOf(c apierr.Contract, contentType string) apierr.Format {
	for _, f := range formatsOf(c) {
		if mediaTypeOf(f.ContentType()) == mediaTypeOf(contentType) {
			return f
		}
	}
	return nil
}

// form is what a body repeats of the error and its response.
type form struct {
	status int // 0: an error at the end of a stream, whose status says nothing
	id     int // 0: the error has none
}

// faultOf says what of a body is not as the format has it, which a client would
// overlook. Empty: nothing. A format of the user's own has no known members.
func (f form) faultOf(format apierr.Format, body []byte) string {
	var members []apierr.Member
	switch format := format.(type) {
	case apierr.Envelope:
		members = format.Members
		if len(members) == 0 {
			members = plain
		}
	case apierr.Problem:
		members = problem
	default:
		return ""
	}
	var object map[string]any
	if err := json.Unmarshal(body, &object); err != nil || object == nil {
		return "the body is not one JSON object"
	}
	return f.faultOfObject(members, object, "")
}

// The members of the forms that are not templates.
var (
	plain = []apierr.Member{{Name: "error", Members: []apierr.Member{
		{Name: "code", From: apierr.FromCode},
		{Name: "message", From: apierr.FromMessage},
		{Name: "details", From: apierr.FromDetails},
	}}}
	problem = []apierr.Member{ // RFC 9457 section 3.1
		{Name: "type", From: apierr.FromCode},
		{Name: "title", From: apierr.FromMessage},
		{Name: "status", From: apierr.FromStatus},
		{Name: "detail", From: apierr.FromMessage},
		{Name: "code", From: apierr.FromCode},
		{Name: "id", From: apierr.FromID},
		{From: apierr.FromDetails},
	}
)

// faultOfObject says what of an object is not as its members say. at is the
// beginning of their names.
func (f form) faultOfObject(members []apierr.Member, object map[string]any, at string) string {
	for _, m := range members {
		always := m.From == apierr.FromCode || m.From == apierr.FromMessage || m.From == apierr.FromStatus || m.From == apierr.FromID && f.id != 0
		if _, ok := object[m.Name]; always && !ok {
			return "there is no member " + at + m.Name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if fault := f.faultOfMember(members, name, object[name], at); fault != "" {
			return fault
		}
	}
	return ""
}

// faultOfMember compares a value with the members of its name: it is as one of
// them says. One of none is among the details if the object has them beside its
// members.
func (f form) faultOfMember(members []apierr.Member, name string, value any, at string) string {
	var faults []string
	details := false
	for _, m := range members {
		details = details || m.Name == ""
		if m.Name != name {
			continue
		}
		fault := f.faultOfValue(m, value, at+name)
		if fault == "" {
			return ""
		}
		faults = append(faults, fault)
	}
	switch {
	case len(faults) > 0:
		return faults[0]
	case details:
		return ""
	}
	return "there is a member " + at + name
}

// faultOfValue compares a value with one member.
func (f form) faultOfValue(m apierr.Member, value any, at string) string {
	if m.JSON != "" {
		var constant any
		if json.Unmarshal([]byte(m.JSON), &constant); !reflect.DeepEqual(constant, value) {
			return fmt.Sprintf("the member %s is %v", at, value)
		}
		return ""
	}
	if value == nil {
		return "the member " + at + " is null"
	}
	if object, ok := value.(map[string]any); ok && len(m.Members) > 0 {
		return f.faultOfObject(m.Members, object, at+".")
	}
	switch {
	case m.From == apierr.FromMessage && value == "":
		return "the member " + at + " is empty"
	case m.From == apierr.FromStatus && f.status != 0 && value != float64(f.status),
		m.From == apierr.FromID && value != float64(f.id):
		return fmt.Sprintf("the member %s is %v", at, value)
	}
	return ""
}
