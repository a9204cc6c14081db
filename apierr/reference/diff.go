package reference

import (
	"fmt"
	"slices"

	"github.com/failwell/failwell/apierr"
)

// Diff returns the differences between two contracts, those that break a client
// first, then by code. It is empty for equal contracts, and the same for the same
// two.
//
// A change is breaking if what a server answers under the new contract can fail a
// client of the old one: the old schema, as [OpenAPI] publishes it, rejects a body
// or a header; the old types do not have it; or a client no longer finds what it
// reads: the code of a failure, a member, a header. Diff compares answers: the
// same failures are answered under both contracts, so a default that is written
// out is no change, and a mapping by which a failure has another code is one.
// What it cannot prove to be compatible is breaking.
//
// The kinds of changes, and what of them breaks clients:
//
//	opened, closed     breaks if codes may now be added at any time
//	code-removed       breaks, but for a code that was deprecated with a successor
//	code-renamed       breaks: another code has the ID, or the status and the Doc
//	code-added         breaks clients of a closed contract
//	mapping            breaks: a failure is answered with another code or status
//	status             breaks, also the close code of a WebSocket
//	id                 breaks if bodies or URLs have it
//	member-…           of bodies: removed, renamed, type, optional (no longer always
//	                   there), value (a constant), added (the old schema lists all
//	                   members) break; always and text do not
//	body               breaks: a body that is not JSON has another form
//	media-type         breaks, but for a new alternative or parameter
//	details            breaks if the old schema does not allow the new details, or
//	                   if a declared member of them cannot occur any more; without
//	                   a schema, if a constant of the code changes
//	header             of the IDs and of errors: breaks if it is removed, renamed
//	                   or has values of another form, such as a time in place of
//	                   seconds
//	exposed-headers    breaks if scripts of other origins can no longer read them
//	challenge          breaks if the scheme changes
//	retry-after        breaks if there is none any more
//	doc-url            breaks if bodies have it: it is the type of problem details
//	deprecated, message, doc, section, language
//	                   break nothing
//
// A custom Format is compared by bodies that it makes of some errors, which must not
// depend on the time. Names, titles and versions of contracts are not compared, nor
// what is not in a contract, such as the headers of a rate limiter.
//
// Diff panics on a contract with faults, which [apierr.Contract.Check] reports;
// contracts from [apierr.ParseContract] have none.
func Diff(old, new apierr.Contract) []Change {
	d := &differ{old: newSide(old), new: newSide(new), now: map[string]string{}}
	d.codes()
	d.failures()
	d.schemas()
	d.formats()
	d.docURL()
	d.headers()
	d.languages()
	slices.SortFunc(d.changes, compareChanges)
	return slices.Compact(d.changes)
}

// differ collects the changes between two contracts.
type differ struct {
	old, new side
	now      map[string]string // the new code of each code that is still there
	changes  []Change
}

// side is one of the two contracts.
type side struct {
	contract apierr.Contract
	compiled *apierr.CompiledContract
	declared []*apierr.Error
	codes    map[string]*apierr.Error
	forms    []*apierr.CompiledContract // its formats, without its mappings

	showsDetails bool // some form of the bodies has the details
}

func newSide(c apierr.Contract) side {
	cc, err := c.Compile()
	if err != nil {
		panic("reference: " + err.Error())
	}
	s := side{contract: withDefaults(c, cc), compiled: cc, declared: c.Declared(), codes: make(map[string]*apierr.Error)}
	for _, e := range s.declared {
		s.codes[e.Code] = e
	}
	for _, f := range formatsOf(s.contract) {
		s.forms = append(s.forms, formContract(f, c.DocURL))
	}
	s.showsDetails = s.sendsDetails()
	return s
}

// bodies returns the bodies of e in each form, without the mappings.
func (s side) bodies(e *apierr.Error) (all []string) {
	for _, f := range s.forms {
		all = append(all, respond(f, "/", e).Body)
	}
	return all
}

// breaks adds a change that breaks clients.
func (d *differ) breaks(kind, code, why string, args ...any) { d.add(true, kind, code, why, args...) }

// notes adds a change that breaks no client.
func (d *differ) notes(kind, code, why string, args ...any) { d.add(false, kind, code, why, args...) }

func (d *differ) add(breaking bool, kind, code, why string, args ...any) {
	d.changes = append(d.changes, Change{Breaking: breaking, Kind: kind, Code: code, Why: fmt.Sprintf(why, args...)})
}

// survivors are the errors that both contracts declare, by their codes in the old
// one.
func (d *differ) survivors() func(yield func(old, new *apierr.Error) bool) {
	return func(yield func(old, new *apierr.Error) bool) {
		for _, e := range d.old.declared {
			if now, ok := d.now[e.Code]; ok && !yield(e, d.new.codes[now]) {
				return
			}
		}
	}
}
