package reference

import (
	"cmp"
	"slices"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// formatsOf returns the one or two formats of a contract.
func formatsOf(c apierr.Contract) []apierr.Format {
	if c.Alternative == nil {
		return []apierr.Format{c.Format}
	}
	return []apierr.Format{c.Format, c.Alternative}
}

// formContract is an open contract that answers every error as it is, in the format.
func formContract(f apierr.Format, docURL string) *apierr.CompiledContract {
	cc, err := apierr.Contract{Format: f, DocURL: docURL}.Compile()
	if err != nil { // both come from a contract that compiles
		panic("reference: " + err.Error())
	}
	return cc
}

// plainForm shows details as they are.
var plainForm = formContract(apierr.Envelope{}, "")

// formats compares the bodies: the same errors in the old and the new format of
// each media type.
func (d *differ) formats() {
	news := map[string]apierr.Format{}
	for _, f := range formatsOf(d.new.contract) {
		news[mediaType(f)] = f
	}
	for i, f := range formatsOf(d.old.contract) {
		same, ok := news[mediaType(f)]
		switch {
		case i == 0 && mediaType(f) != mediaType(d.new.contract.Format):
			d.breaks("media-type", "", "The content type of bodies changes from %s to %s: clients that decode by it fail.",
				shortText(f.ContentType()), shortText(d.new.contract.Format.ContentType()))
		case !ok:
			d.breaks("media-type", "", "There is no body of the content type %s any more: clients that accept it receive %s.",
				shortText(f.ContentType()), shortText(d.new.contract.Format.ContentType()))
		case same.ContentType() != f.ContentType():
			d.notes("media-type", "", "The parameters of the content type change from %s to %s: clients that compare the media type are not affected.",
				shortText(f.ContentType()), shortText(same.ContentType()))
		}
		if ok {
			d.format(f, same)
		}
	}
	for _, f := range formatsOf(d.new.contract)[1:] {
		isOld := func(o apierr.Format) bool { return mediaType(o) == mediaType(f) }
		if !slices.ContainsFunc(formatsOf(d.old.contract), isOld) {
			d.notes("media-type", "", "Bodies of the content type %s are new: clients that accept it can have them.", shortText(f.ContentType()))
		}
	}
}

// mediaType returns the content type without parameters.
func mediaType(f apierr.Format) string {
	t, _, _ := strings.Cut(f.ContentType(), ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// format compares what two formats make of the same errors. What only the new
// contract has, IDs or URLs of the documentation, can add members.
func (d *differ) format(old, new apierr.Format) {
	docURL, hasIDs := d.old.contract.DocURL, d.old.hasIDs()
	d.compareForms(old, formContract(old, docURL), formContract(new, docURL), hasIDs, d.reportMembers)
	now := cmp.Or(docURL, d.new.contract.DocURL)
	if now == docURL && hasIDs == d.new.hasIDs() {
		return
	}
	d.compareForms(old, formContract(old, now), formContract(new, now), true, func(b *bodies, media string) {
		b.lost, b.kinds, b.values = nil, nil, nil
		d.reportMembers(b, media)
	})
}

// hasIDs reports whether any code has an ID.
func (s side) hasIDs() bool {
	return slices.ContainsFunc(s.declared, func(e *apierr.Error) bool { return e.ID != 0 })
}

// docURL compares the URLs of the documentation in the bodies of the old formats.
func (d *differ) docURL() {
	if d.old.contract.DocURL == d.new.contract.DocURL {
		return
	}
	sent := false
	for _, f := range formatsOf(d.old.contract) {
		d.compareForms(f, formContract(f, d.old.contract.DocURL), formContract(f, d.new.contract.DocURL), true, func(b *bodies, media string) {
			if b.differ() {
				sent = true
			}
		})
	}
	switch was, is := d.old.contract.DocURL, d.new.contract.DocURL; {
	case !sent:
		d.notes("doc-url", "", "The documentation moves to %q, and no body of the old contract has its URL: people find it elsewhere.", shortText(is))
	case is == "":
		d.breaks("doc-url", "", "Bodies have no URL of the documentation any more: clients that read or compare it find nothing.")
	case was == "":
		d.breaks("doc-url", "", "Bodies have a URL of the documentation, and had none: clients that check bodies against the old schema reject them.")
	default:
		d.breaks("doc-url", "", "The documentation moves to %q: clients that compare its URLs, such as the type of problem details, take them for others.", shortText(is))
	}
}

// compareForms answers the same errors under two forms and reports the
// differences of the bodies.
func (d *differ) compareForms(old apierr.Format, from, to *apierr.CompiledContract, withIDs bool, report func(b *bodies, media string)) {
	b := newBodies()
	if _, ok := old.(apierr.Problem); ok {
		b.text["title"] = true // for people, RFC 9457 section 3.1.3
	}
	for i, e := range d.probes(old, withIDs) {
		b.compare(i, respond(from, "/", e).Body, respond(to, "/", e).Body)
	}
	media := ""
	if d.old.contract.Alternative != nil {
		media = " of " + shortText(mediaType(old))
	}
	report(b, media)
}

// probes are errors that show each part of a body: with and without an ID,
// details, violations and a time to wait.
func (d *differ) probes(f apierr.Format, withIDs bool) []*apierr.Error {
	plain := &apierr.Error{Code: "CODE_OF_THE_FAILURE", Status: 400, Message: messageMark}
	all := []*apierr.Error{plain}
	both := func(change func(e *apierr.Error) *apierr.Error) {
		for _, e := range slices.Clone(all) {
			all = append(all, change(e))
		}
	}
	if withIDs {
		both(func(e *apierr.Error) *apierr.Error {
			c := *e
			c.ID = 7321
			return &c
		})
	}
	keys := slices.Concat(detailKeys(d.old.contract), detailKeys(d.new.contract), []string{anyDetail})
	slices.Sort(keys)
	keys = slices.Compact(keys)
	details := make(map[string]any, len(keys))
	for i, key := range keys {
		details[key] = []any{"a detail of the failure", i}
	}
	both(func(e *apierr.Error) *apierr.Error { return e.WithDetails(details) })
	both(func(e *apierr.Error) *apierr.Error {
		return e.WithViolations(violationOf("", "required"), violationOf("query", "min"))
	})
	both(func(e *apierr.Error) *apierr.Error {
		c := *e
		c.RetryAfter = waitMark
		return &c
	})
	for _, status := range []int{401, 404, 429, 500, 503} {
		e := *plain
		e.Status = status
		all = append(all, &e)
	}
	for _, rule := range d.rules() {
		all = append(all, plain.WithViolations(violationOf("", rule)))
	}
	for _, in := range []string{"path", "header", "form"} {
		all = append(all, plain.WithViolations(violationOf(in, "min")))
	}
	whole := violationOf("", "required")
	whole.Path = "$"
	all = append(all, plain.WithViolations(whole))
	for _, key := range keys[:min(len(keys), maxProbed)] {
		all = append(all, plain.With(key, details[key]))
	}
	if !isOwn(f) { // it may look at anything
		all = append(all, d.old.declared[:min(len(d.old.declared), maxProbed)]...)
	}
	return all
}

// maxProbed bounds how many errors are made of the lists of a contract, each of
// which a document may make very long.
const maxProbed = 64

// isOwn reports whether a format is one of this module's.
func isOwn(f apierr.Format) bool {
	switch f.(type) {
	case apierr.Envelope, apierr.Problem:
		return true
	}
	return false
}

// violationOf has a message that is found again in bodies.
func violationOf(in, rule string) apierr.Violation {
	return apierr.Violation{In: in, Path: cmp.Or(in, "field") + "_name", Rule: rule, Param: "38", Message: violationMark}
}

// rules are those that some envelope has another word for, and two that all
// servers have.
func (d *differ) rules() []string {
	rules := []string{"required", "min"}
	for _, f := range slices.Concat(formatsOf(d.old.contract), formatsOf(d.new.contract)) {
		if f, ok := f.(apierr.Envelope); ok {
			rules = append(rules, sortedKeys(f.Rules)...)
		}
	}
	slices.Sort(rules)
	rules = slices.Compact(rules)
	return rules[:min(len(rules), maxProbed)]
}

// detailKeys are the keys of the Details that members have by themselves.
func detailKeys(c apierr.Contract) (keys []string) {
	for _, f := range formatsOf(c) {
		if f, ok := f.(apierr.Envelope); ok {
			keys = append(keys, pickedDetails(f.Members)...)
		}
	}
	return keys
}
