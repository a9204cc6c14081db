package reference

import (
	"cmp"
	"strings"
)

// Change is one difference between two contracts that [Diff] found.
type Change struct {
	// Breaking reports whether a client that is written for the old contract can
	// fail under the new one.
	Breaking bool

	// Kind is the machine word of what changed, one of those listed at [Diff].
	Kind string

	// Code is the code of the old contract whose answers change, that of the new
	// one for a code that is new. Empty: it concerns answers of all codes, or of
	// none.
	Code string

	// Why says what changed, and which clients it concerns, in one sentence on one
	// line. Control characters in texts of the contracts are spelled out, and long
	// texts are cut.
	Why string
}

// String returns the change as one line of a report:
//
//	breaking: code-removed AGENT_NOT_FOUND: The code is no longer declared: clients that ...
//	compatible: message ORDER_CLOSED: The message ...
func (c Change) String() string {
	verdict := "compatible: "
	if c.Breaking {
		verdict = "breaking: "
	}
	subject := c.Kind
	if c.Code != "" {
		subject += " " + visible(oneLine(c.Code))
	}
	return verdict + subject + ": " + c.Why
}

// compareChanges is the order of a report: what breaks clients first, then by
// code, kind and text. What concerns all codes is before what concerns one.
func compareChanges(a, b Change) int {
	return cmp.Or(
		-compareBools(a.Breaking, b.Breaking),
		strings.Compare(a.Code, b.Code),
		strings.Compare(a.Kind, b.Kind),
		strings.Compare(a.Why, b.Why),
	)
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
