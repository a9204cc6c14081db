package client

import "github.com/failwell/failwell/apierr"

// mark is what an envelopeReader had read at some time. It is of constant size:
// an array of a hostile body has thousands of elements to try.
type mark struct {
	content     content
	changed     int              // details
	first, each apierr.Violation // those that later members can change
}

// change is a detail as it was before a member set it.
type change struct {
	key   string
	old   any
	there bool
}

// try reads a value, and nothing if it is not of the member's kind.
func (r *envelopeReader) try(m apierr.Member, value any) bool {
	before := r.mark()
	if r.value(m, value) {
		return true
	}
	r.undo(before)
	return false
}

func (r *envelopeReader) mark() mark {
	m := mark{content: r.content, changed: len(r.changes)}
	if len(r.violations) > 0 {
		m.first = r.violations[0]
	}
	if r.each != nil {
		m.each = *r.each
	}
	return m
}

func (r *envelopeReader) undo(m mark) {
	for i := len(r.changes) - 1; i >= m.changed; i-- {
		if c := r.changes[i]; c.there {
			r.details[c.key] = c.old
		} else {
			delete(r.details, c.key)
		}
	}
	r.changes = r.changes[:m.changed]
	r.content = m.content
	if len(r.violations) > 0 {
		r.violations[0] = m.first
	}
	if r.each != nil {
		*r.each = m.each
	}
}
