package reference

import (
	"time"

	"github.com/failwell/failwell/apierr"
)

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
		contract: withoutHidden(withDefaults(c, cc), p.Hidden), compiled: cc, page: p.withDefaults(),
		schemas: schemas, anchors: newAnchors(), entries: map[string]*entry{},
	}
	b.examples = newExamples(c, cc, b.page.Path, schemas)
	return b.document(), nil
}

// withDefaults returns c with what Compile takes for its empty fields, so far as
// the page shows it.
func withDefaults(c apierr.Contract, cc *apierr.CompiledContract) apierr.Contract {
	c.RequestIDHeader, c.CorrelationIDHeader = cc.IDHeaders()
	if c.Format == nil {
		c.Format = apierr.Envelope{}
	}
	if c.Challenge == "" {
		c.Challenge = "Bearer"
	}
	if c.RetryAfter <= 0 {
		c.RetryAfter = time.Second
	}
	return c
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
