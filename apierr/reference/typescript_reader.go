package reference

import (
	"slices"

	"github.com/failwell/failwell/apierr"
)

// bodyReader is a format as the generated code reads it: where the parts of an
// error are in a body. A nil path: nowhere.
type bodyReader struct {
	code, message, requestID, correlationID path

	// byID: the number of the code is what tells errors apart, at code.
	byID bool

	// details is the object of the details. own are the names of that object's
	// own members if the details are added to it. picked are the places of
	// single details, where there is no such object.
	details path
	own     []string
	picked  []pick
}

// path is where a value is in a body: names of members and indices of elements.
// The root is an empty path, not nil.
type path []any

// pick is a detail with a member of its own.
type pick struct {
	key string
	at  path
}

// readerOf returns the reader of the bodies of a form.
func readerOf(s *spec, f form) *bodyReader {
	switch format := f.format.(type) {
	case apierr.Envelope:
		return envelopeReader(format)
	case apierr.Problem:
		return &bodyReader{
			code: path{"code"}, message: path{"detail"}, requestID: path{"request_id"}, correlationID: path{"correlation_id"},
			details: path{}, own: problemNames,
		}
	}
	return sampledReader(s, f)
}

func envelopeReader(e apierr.Envelope) *bodyReader {
	members := membersOf(e)
	r := &bodyReader{
		code:          memberAt(members, isFilledFrom(apierr.FromCode)),
		message:       memberAt(members, isFilledFrom(apierr.FromMessage)),
		requestID:     memberAt(members, isFilledFrom(apierr.FromRequestID)),
		correlationID: memberAt(members, isFilledFrom(apierr.FromCorrelationID)),
		details:       memberAt(members, isFilledFrom(apierr.FromDetails)),
	}
	if r.code == nil {
		r.code = memberAt(members, isFilledFrom(apierr.FromID))
		r.byID = r.code != nil
	}
	if n := len(r.details); n > 0 && r.details[n-1] == "" {
		r.details = r.details[:n-1]
		r.own = namesAt(members, r.details)
	}
	if r.details == nil {
		r.picked = picksOf(members, path{})
	}
	return r
}

// isFilledFrom reports whether a member is filled from the source, or is a text
// that is the source alone.
func isFilledFrom(from apierr.Source) func(apierr.Member) bool {
	return func(m apierr.Member) bool {
		return m.From == from || m.Text == "{"+string(from)+"}" && from != apierr.FromID && from != apierr.FromDetails
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

// pathIn returns the path from m to the first member that fits: empty for m itself.
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
