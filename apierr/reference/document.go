package reference

import (
	"maps"
	"slices"

	"github.com/failwell/failwell/apierr"
)

// document is a reference page before it has a form: HTML and Markdown say the
// same, since both are written from it.
type document struct {
	Title    string
	Version  string
	Intro    []line
	Sections []section
	Errors   []*entry // all entries of the sections, by the order of the page
	HasIDs   bool     // some code has an ID
}

// section is a heading and what stands under it.
type section struct {
	Anchor   string
	Title    string
	Blocks   []block
	Sections []section
}

// block is one of its fields.
type block struct {
	Text   line
	List   []line
	Table  *table
	Sample *sample
	Errors []*entry
}

// table has rows of as many cells as there are columns. The first cell of a row
// names it.
type table struct {
	Columns []string
	Rows    [][]line
}

// sample is a text that is shown as it is.
type sample struct {
	Title    string // what it shows
	Language string // for a highlighter: "http", "json", "js"
	Text     string
}

// entry is a declared error.
type entry struct {
	Code       string // as it is on the wire
	ID         int
	Status     int
	Phrase     string
	Message    string
	Doc        []line
	Deprecated bool
	Instead    line // what to use instead; empty: nothing is known
	Schema     string
	Example    sample

	Anchor string // the id of the element on the page
	Path   string // of its own page, relative; empty: there is none
	TryIt  string // empty: there is no button
}

// Shown returns the code as a page shows it.
func (e *entry) Shown() string { return visible(e.Code) }

// text, list and so on make blocks.
func text(parts ...any) block           { return block{Text: words(parts...)} }
func list(lines ...line) block          { return block{List: lines} }
func rows(t table) block                { return block{Table: &t} }
func shown(title, lang, s string) block { return block{Sample: &sample{title, lang, s}} }

// builder has what the sections are made from.
type builder struct {
	contract apierr.Contract // defaults filled in, without hidden errors
	compiled *apierr.CompiledContract
	page     Page
	examples *examples
	schemas  map[*apierr.Error]*schema
	anchors  anchors
	entries  map[string]*entry // by code
}

// newDocument makes the page of c. It reports the faults of c and of p.
func newDocument(c apierr.Contract, p Page) (*document, error) {
	cc, err := c.Compile()
	if err != nil {
		return nil, err
	}
	if err := p.check(c); err != nil {
		return nil, err
	}
	schemas, err := parseSchemas(c)
	if err != nil {
		return nil, err
	}
	b := &builder{
		contract: withoutHidden(cc.Contract(), p.Hidden), compiled: cc, page: p.withDefaults(),
		schemas: schemas, anchors: newAnchors(), entries: map[string]*entry{},
	}
	b.examples = newExamples(cc, b.page.Path, schemas)
	return b.document(), nil
}

func (p Page) withDefaults() Page {
	if p.BaseURL == "" {
		p.BaseURL = "https://api.example.com"
	}
	if p.Path == "" {
		p.Path = "/"
	}
	return p
}

func (b *builder) document() *document {
	d := &document{Title: b.title(), Version: visible(oneLine(b.contract.Version)), Intro: b.intro()}
	codes := b.codes(d) // first: others link to its entries
	for _, s := range []section{
		b.format(), b.headers(), b.statuses(), codes, b.failures(), b.streams(), b.closeCodes(), b.handling(),
	} {
		if len(s.Blocks)+len(s.Sections) > 0 {
			d.Sections = append(d.Sections, s)
		}
	}
	for _, s := range b.page.Sections {
		d.Sections = append(d.Sections, b.own(s))
	}
	d.Sections = append(d.Sections, b.troubleshooting(), b.support())
	return d
}

func (b *builder) title() string {
	for _, s := range []string{b.page.Title, b.contract.Title, b.contract.Name} {
		if s = visible(oneLine(s)); s != "" {
			return s
		}
	}
	return "API errors"
}

func (b *builder) intro() []line {
	if b.page.Intro != "" {
		return paragraphs(b.page.Intro)
	}
	return []line{words("The errors of this API: the form in which they are answered, what each code means, and what a client does about it.")}
}

// own is a section of the page.
func (b *builder) own(p PageSection) section {
	s := section{Anchor: b.anchors.of(p.Title), Title: visible(oneLine(p.Title))}
	for _, l := range paragraphs(p.Text) {
		s.Blocks = append(s.Blocks, block{Text: l})
	}
	if len(p.Columns) > 0 {
		t := table{}
		for _, c := range p.Columns {
			t.Columns = append(t.Columns, visible(oneLine(c)))
		}
		for _, row := range p.Rows {
			cells := make([]line, len(row))
			for i, cell := range row {
				cells[i] = line{plain(cell)}
			}
			t.Rows = append(t.Rows, cells)
		}
		s.Blocks = append(s.Blocks, rows(t))
	}
	var links []line
	for _, l := range p.Links {
		links = append(links, line{link(l)})
	}
	if len(links) > 0 {
		s.Blocks = append(s.Blocks, list(links...))
	}
	return s
}

func link(l Link) span {
	s := plain(l.Text)
	if s.Text == "" {
		s.Text = l.URL
	}
	s.Href = l.URL
	return s
}

// ref is a link to the entry of a code, or the code alone where the contract
// does not declare it.
func (b *builder) ref(c string) span {
	s := code(c)
	if e := b.entries[c]; e != nil {
		s.Href = "#" + e.Anchor
	}
	return s
}

// withoutHidden returns c without the hidden errors.
func withoutHidden(c apierr.Contract, hidden []*apierr.Error) apierr.Contract {
	if len(hidden) == 0 {
		return c
	}
	isHidden := func(e *apierr.Error) bool { return slices.Contains(hidden, e) }
	c.Errors = slices.DeleteFunc(slices.Clone(c.Errors), isHidden)
	c.Sections = slices.Clone(c.Sections)
	for i := range c.Sections {
		c.Sections[i].Errors = slices.DeleteFunc(slices.Clone(c.Sections[i].Errors), isHidden)
	}
	c.Mappings, c.Deprecated, c.DetailsSchemas = maps.Clone(c.Mappings), maps.Clone(c.Deprecated), maps.Clone(c.DetailsSchemas)
	for _, e := range hidden {
		delete(c.Mappings, e)
		delete(c.Deprecated, e)
		delete(c.DetailsSchemas, e)
	}
	return c
}
