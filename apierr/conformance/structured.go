package conformance

import "regexp"

// Grammar of RFC 9651, as far as rate limit fields need it. The drafts up to 07
// had dictionaries, the later ones lists.
const (
	sfString  = `"(?:[ !#-\[\]-~]|\\["\\])*"`
	sfToken   = `[A-Za-z*][!#$%&'*+.^_|~0-9A-Za-z:/-]*`
	sfNumber  = `-?(?:[0-9]{1,15}|[0-9]{1,12}\.[0-9]{1,3})`
	sfBytes   = `:[A-Za-z0-9+/=]*:`
	sfBare    = `(?:` + sfString + `|` + sfNumber + `|` + sfToken + `|` + sfBytes + `|\?[01])`
	sfKey     = `[a-z*][a-z0-9_.*-]*`
	sfParams  = `(?:; *` + sfKey + `(?:=` + sfBare + `)?)*`
	sfItem    = sfBare + sfParams
	sfList    = sfItem + `(?:[ \t]*,[ \t]*` + sfItem + `)*`
	sfEntry   = sfKey + `(?:=` + sfItem + `|` + sfParams + `)`
	sfEntries = sfEntry + `(?:[ \t]*,[ \t]*` + sfEntry + `)*`
)

var structured = regexp.MustCompile(`\A *(?:` + sfList + `|` + sfEntries + `) *\z`)

// isStructured reports whether a field is a list of items or a dictionary, RFC
// 9651 section 4.2.
func isStructured(field string) bool { return structured.MatchString(field) }
