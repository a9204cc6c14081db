package reference

import (
	"slices"

	"github.com/failwell/failwell/apierr"
)

// codes compares which codes there are, and what is said of each.
func (d *differ) codes() {
	d.openness()
	successors := d.successors()
	for _, e := range d.old.declared {
		switch {
		case d.new.codes[e.Code] != nil:
			d.now[e.Code] = e.Code
		case successors[e] != nil:
			d.now[e.Code] = successors[e].Code
			d.renamed(e, successors[e])
		default:
			d.removed(e)
		}
	}
	renamed := make(map[string]bool, len(successors))
	for _, e := range successors {
		renamed[e.Code] = true
	}
	for _, e := range d.new.declared {
		if d.old.codes[e.Code] == nil && !renamed[e.Code] {
			d.added(e)
		}
	}
	ofOld, ofNew := sectionsByCode(d.old.contract), sectionsByCode(d.new.contract)
	for old, new := range d.survivors() {
		d.declared(old, new)
		if from, to := ofOld[old.Code], ofNew[new.Code]; from != to {
			d.notes("section", old.Code, "The code is %s, and was %s: readers of the reference page find it elsewhere.", inSection(to), inSection(from))
		}
	}
}

func (d *differ) openness() {
	switch old, new := d.old.contract.Closed, d.new.contract.Closed; {
	case old && !new:
		d.breaks("opened", "", "The contract was closed and is open: clients that handle every code meet codes that they do not know.")
	case !old && new:
		d.notes("closed", "", "The contract was open and is closed: clients can now handle every code.")
	}
}

// successors finds the new codes of errors that are declared under another code:
// one that is new and has the same ID, or else the same status and Doc.
func (d *differ) successors() map[*apierr.Error]*apierr.Error {
	type meaning struct {
		status int
		doc    string
	}
	byID, byMeaning := map[int]*apierr.Error{}, map[meaning]*apierr.Error{}
	for _, e := range d.new.declared {
		if d.old.codes[e.Code] != nil {
			continue
		}
		byID[e.ID] = e
		if m := (meaning{e.Status, e.Doc}); e.Doc != "" && byMeaning[m] == nil {
			byMeaning[m] = e
		}
	}
	successors, taken := map[*apierr.Error]*apierr.Error{}, map[*apierr.Error]bool{}
	take := func(e, as *apierr.Error) {
		if as != nil && d.new.codes[e.Code] == nil && successors[e] == nil && !taken[as] {
			successors[e], taken[as] = as, true
		}
	}
	for _, e := range d.old.declared {
		if e.ID != 0 {
			take(e, byID[e.ID])
		}
	}
	for _, e := range d.old.declared {
		take(e, byMeaning[meaning{e.Status, e.Doc}])
	}
	return successors
}

func (d *differ) renamed(e, as *apierr.Error) {
	by := "the same status and Doc"
	if e.ID != 0 && e.ID == as.ID {
		by = "the same ID"
	}
	if d.old.contract.Deprecated[e] != "" {
		d.notes("code-renamed", e.Code, "%s, with %s, replaces the code, which was deprecated: clients that followed the deprecation are not affected.", named(as.Code), by)
		return
	}
	d.breaks("code-renamed", e.Code, "%s, with %s, replaces the code: clients that compare the old code no longer recognize the failure.", named(as.Code), by)
}

func (d *differ) removed(e *apierr.Error) {
	instead, deprecated := d.old.contract.Deprecated[e]
	switch {
	case !d.new.contract.Closed && isBuiltin(e) && d.new.answers(e).Code == e.Code:
		d.notes("code-removed", e.Code, "The code is no longer declared, and the built-in error is still answered with it: readers of the documentation miss it.")
	case instead != "":
		d.notes("code-removed", e.Code, "The code was deprecated with a successor and is no longer declared: clients that followed the deprecation are not affected.")
	case deprecated:
		d.breaks("code-removed", e.Code, "The code was deprecated without a successor and is no longer declared: clients that handle it do not know what to handle instead.")
	default:
		d.breaks("code-removed", e.Code, "The code is no longer declared: clients that handle it no longer recognize the failure.")
	}
}

func (d *differ) added(e *apierr.Error) {
	if d.old.contract.Closed {
		d.breaks("code-added", e.Code, "The code is new in a closed contract: clients that handle every code do not know it.")
		return
	}
	d.notes("code-added", e.Code, "The code is new in an open contract: clients handle codes that they do not know by the class of the status, %d.", e.Status)
}

// declared compares what two declarations of one error say. What is answered is
// compared elsewhere.
func (d *differ) declared(old, new *apierr.Error) {
	if old.Message != new.Message {
		d.notes("message", old.Code, "The message changes to %q: people read another text.", shortText(new.Message))
	}
	if old.Doc != new.Doc {
		d.notes("doc", old.Code, "The documentation of the code changes: people read another text.")
	}
	was, wasDeprecated := d.old.contract.Deprecated[old]
	is, isDeprecated := d.new.contract.Deprecated[new]
	switch {
	case wasDeprecated && !isDeprecated:
		d.notes("deprecated", old.Code, "The code is no longer deprecated: clients may rely on it again.")
	case !isDeprecated || wasDeprecated && was == is:
	case is == "":
		d.notes("deprecated", old.Code, "The code is deprecated without a successor: clients that handle it do not learn what to handle instead, and its removal will break them.")
	default:
		d.notes("deprecated", old.Code, "The code is deprecated with a successor: clients that handle it should change before it is removed.")
	}
	if old.ID != new.ID {
		d.id(old, new)
	}
}

// id reports another ID of a code.
func (d *differ) id(old, new *apierr.Error) {
	changed := *old
	changed.ID = new.ID
	sent := !slices.Equal(d.old.bodies(old), d.old.bodies(&changed))
	switch {
	case !sent:
		d.notes("id", old.Code, "The ID changes from %d to %d, and no body of the old contract has it: readers of the documentation see another number.", old.ID, new.ID)
	case new.ID == 0:
		d.breaks("id", old.Code, "The code no longer has the ID %d: clients that compare IDs no longer recognize the failure.", old.ID)
	case old.ID == 0:
		d.breaks("id", old.Code, "The code has the ID %d, and had none: clients that check bodies against the old schema reject them.", new.ID)
	default:
		d.breaks("id", old.Code, "The ID changes from %d to %d: clients that compare IDs no longer recognize the failure.", old.ID, new.ID)
	}
}

func sectionsByCode(c apierr.Contract) map[string]string {
	titles := map[string]string{}
	for _, s := range c.Sections {
		for _, e := range s.Errors {
			titles[e.Code] = s.Title
		}
	}
	return titles
}

func inSection(title string) string {
	if title == "" {
		return "in no section"
	}
	return "in the section " + shortText(title)
}

// named returns a code for a sentence.
func named(code string) string { return shortText(code) }
