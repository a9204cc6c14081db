package reference

import (
	"slices"

	"github.com/failwell/failwell/apierr"
)

// Diff returns the differences between two contracts that clients or their
// authors can see, those that break a client first, then by code. It is empty if
// there are none, and the same for the same contracts.
//
// Diff panics on a contract with faults, which [apierr.Contract.Check] reports;
// [apierr.ParseContract] returns none.
func Diff(old, new apierr.Contract) []Change {
	d := newDiffer(old, new)
	d.codes()
	slices.SortFunc(d.changes, compareChanges)
	return slices.Compact(d.changes)
}

// differ collects the changes between two contracts.
type differ struct {
	old, new side
	changes  []Change
}

// side is one of the two contracts.
type side struct {
	contract apierr.Contract
	compiled *apierr.CompiledContract
	codes    map[string]*apierr.Error // declared
}

func newDiffer(old, new apierr.Contract) *differ {
	return &differ{old: newSide(old), new: newSide(new)}
}

func newSide(c apierr.Contract) side {
	cc, err := c.Compile()
	if err != nil {
		panic("reference: " + err.Error())
	}
	s := side{contract: withDefaults(c, cc), compiled: cc, codes: make(map[string]*apierr.Error)}
	for _, e := range c.Declared() {
		s.codes[e.Code] = e
	}
	return s
}

// breaks adds a change that breaks clients.
func (d *differ) breaks(kind, code, why string) {
	d.changes = append(d.changes, Change{Breaking: true, Kind: kind, Code: code, Why: why})
}

// codes compares which codes are declared.
func (d *differ) codes() {
	for code := range d.old.codes {
		if d.new.codes[code] == nil {
			d.breaks("code-removed", code, "The code is no longer declared: clients that handle it no longer recognize the failure.")
		}
	}
}
