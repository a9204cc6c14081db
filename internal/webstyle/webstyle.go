// Package webstyle is the look that the pages of this module share: colours for
// light and dark, type, links, focus and the head of a page.
package webstyle

import _ "embed"

// Base is the style sheet. A page serves it in front of its own rules.
//
//go:embed base.css
var Base string
