package decode

import "reflect"

// A few bytes of JSON can stand for a large Go value: {} for a struct of any
// size. json.Unmarshal stops at the first fault; the walk goes on behind it, and
// what it allocates there is bounded by the length of the body. A walk that has
// spent its budget ends, and its violations are reported with the rule "more".
const (
	budgetPerByte = 12       // bytes allocated for each byte of the body
	budgetBase    = 12 << 10 // bytes allocated for any body

	leafCost = 24 // what a call of json for one value counts for, besides its memory
)

// mapSize is about what a map allocates for its first entries, and entrySize
// for each further one.
func mapSize(t reflect.Type) uintptr   { return 64 + 8*(t.Key().Size()+t.Elem().Size()) }
func entrySize(t reflect.Type) uintptr { return 24 + 3*(t.Key().Size()+t.Elem().Size()) }

func budgetFor(length int) int { return budgetBase + budgetPerByte*length }

// spend counts an allocation of a number of bytes.
func (w *walk) spend(bytes uintptr) { w.budget -= int(min(bytes, 1<<40)) }
