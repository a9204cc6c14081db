package validate

import "github.com/failwell/failwell/apierr"

// The rules that decoding itself breaks. All other rules of a Violation are
// the tags of validator.
const (
	ruleType    = "type"    // a value of another type
	ruleRange   = "range"   // a number that does not fit
	ruleFormat  = "format"  // a string that is not what it should be
	ruleUnknown = "unknown" // a member that nobody knows
	ruleLength  = "length"  // an array of a fixed number of elements
	ruleMore    = "more"    // not a rule: there are more violations than told
)

// finding is a violation and where in the document it stands.
type finding struct {
	apierr.Violation
	offset int // of its value in the body, in bytes; unplaced: not known yet
}

const unplaced = -1
