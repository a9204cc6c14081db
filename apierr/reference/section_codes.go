package reference

import (
	"net/url"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// codes lists the declared errors by section and adds them to d.
func (b *builder) codes(d *document) section {
	s := standard(titleCodes, b.openness())
	for _, group := range b.contract.Sections {
		sub := section{Anchor: b.anchors.of(group.Title), Title: visible(oneLine(group.Title))}
		for _, l := range paragraphs(group.Doc) {
			sub.Blocks = append(sub.Blocks, block{Text: l})
		}
		if len(group.Errors) > 0 {
			sub.Blocks = append(sub.Blocks, block{Errors: b.add(d, group.Errors)})
		}
		s.Sections = append(s.Sections, sub)
	}
	switch {
	case len(b.contract.Errors) == 0:
	case len(b.contract.Sections) == 0:
		s.Blocks = append(s.Blocks, block{Errors: b.add(d, b.contract.Errors)})
	default:
		title := "Further codes"
		s.Sections = append(s.Sections, section{
			Anchor: b.anchors.of(title), Title: title, Blocks: []block{{Errors: b.add(d, b.contract.Errors)}},
		})
	}
	return s
}

func (b *builder) openness() block {
	if b.contract.Closed {
		return text("The list is closed: a failed request has one of these codes.")
	}
	return text("The list is open: new codes may be added. Handle a code that you do not know by the class of its status, as RFC 9110 section 15 has it.")
}

// add makes the entries of errors.
func (b *builder) add(d *document, errors []*apierr.Error) []*entry {
	entries := make([]*entry, len(errors))
	for i, e := range errors {
		a := b.examples.of(e)
		n := &entry{
			Code: e.Code, ID: e.ID, Status: e.Status, Phrase: phrase(e.Status),
			Message: visible(oneLine(e.Message)), Doc: paragraphs(e.Doc),
			Example: sample{"Example response", "http", a.http()},
			Anchor:  anchorOf(e.Code), Path: pathOf(e.Code), TryIt: b.tryIt(e.Code),
		}
		if instead, ok := b.contract.Deprecated[e]; ok {
			n.Deprecated = true
			if instead != "" {
				n.Instead = line{plain(instead)}
			}
		}
		if s := b.schemas[e]; s != nil {
			n.Schema = s.text
		}
		entries[i], b.entries[e.Code] = n, n
		d.HasIDs = d.HasIDs || e.ID != 0
	}
	d.Errors = append(d.Errors, entries...)
	return entries
}

// tryIt returns the URL that raises the code; empty where there is none, also
// for a code that a browser would leave out of a path.
func (b *builder) tryIt(code string) string {
	if b.page.TryIt == "" || code == "." || code == ".." {
		return ""
	}
	path, query, found := strings.Cut(b.page.TryIt, "?")
	if found {
		return path + "?" + query + url.QueryEscape(code)
	}
	return path + url.PathEscape(code)
}
