package reference

import "slices"

// presence says which bodies have a member.
type presence int

const (
	never presence = iota
	maybe
	withViolations // those of an error with violations
	always
)

// together is the presence of something that is there if one of its parts is.
func together(parts []presence) presence {
	parts = slices.DeleteFunc(slices.Clone(parts), func(p presence) bool { return p == never })
	switch {
	case len(parts) == 0:
		return never
	case slices.Contains(parts, always):
		return always
	case slices.Contains(parts, maybe):
		return maybe
	}
	return withViolations
}

// part is the schema of a value, and when it is there.
type part struct {
	schema   any
	presence presence
	constant bool // the same in every body
}
