// Package violation is an apierr.Violation with its position in the body.
package violation

import "github.com/failwell/failwell/apierr"

// The rules that decoding breaks. All other rules are tags of validator.
const (
	Type     = "type"     // a value of another type
	Range    = "range"    // a number that does not fit
	Format   = "format"   // a string that is not of the expected form
	Unknown  = "unknown"  // a member that no field has the name of
	Length   = "length"   // an array of a fixed number of elements
	Repeated = "repeated" // a parameter of one value that has several
	More     = "more"     // not a rule: there are more violations than are reported
)

// Unplaced is the offset of a violation whose position is not known yet.
const Unplaced = -1

// Violation is a broken rule and its position.
type Violation struct {
	apierr.Violation
	Offset int // of the value in the body, in bytes, or Unplaced
}

// New returns a violation without a position.
func New(path, rule, param, message string) Violation {
	return Violation{apierr.Violation{Path: path, Rule: rule, Param: param, Message: message}, Unplaced}
}
