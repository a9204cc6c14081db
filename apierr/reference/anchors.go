package reference

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// The titles of the sections that every page may have.
const (
	titleFormat          = "Error format"
	titleHeaders         = "Headers"
	titleStatuses        = "HTTP statuses"
	titleCodes           = "Error codes"
	titleFailures        = "Failures of every endpoint"
	titleStreams         = "Streams"
	titleCloseCodes      = "WebSocket close codes"
	titleHandling        = "Handling errors"
	titleTroubleshooting = "Troubleshooting"
	titleSupport         = "Support"
)

// anchors are those of sections that are taken.
type anchors map[string]bool

// newAnchors returns the anchors of the sections that every page may have: a
// contract's section of the same name gets a number.
func newAnchors() anchors {
	a := anchors{}
	for _, title := range []string{
		titleFormat, titleHeaders, titleStatuses, titleCodes, titleFailures, titleStreams, titleCloseCodes,
		titleHandling, titleTroubleshooting, titleSupport,
	} {
		a.of(title)
	}
	return a
}

// standard makes one of the sections that every page may have.
func standard(title string, blocks ...block) section {
	return section{Anchor: "/" + slug(title), Title: title, Blocks: blocks}
}

// of returns the anchor of the section with the title: a slash, which an anchor
// of a code cannot have, and the title in lower case with hyphens. It depends on
// the title alone, so that links keep working when sections move; where two
// titles make the same anchor, the second gets a number.
func (a anchors) of(title string) string {
	name := "/" + slug(title)
	anchor := name
	for n := 2; a[anchor]; n++ {
		anchor = name + "-" + strconv.Itoa(n)
	}
	a[anchor] = true
	return anchor
}

func slug(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return "section"
	}
	return strings.Join(words, "-")
}

// anchorOf returns the anchor of a code: the code, percent-encoded, so that
// Contract.DocURL may end in "#".
func anchorOf(code string) string { return url.PathEscape(code) }

// pathOf returns the path of a code's own page, relative to the reference page,
// as apierr adds the code to Contract.DocURL and Problem.Types. It is empty for
// a code that a browser would not ask for, or that is the name of a file.
func pathOf(code string) string {
	if code == "." || code == ".." || isFile(code) {
		return ""
	}
	return "./" + url.PathEscape(code)
}
