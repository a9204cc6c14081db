package reference

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
