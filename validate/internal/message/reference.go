package message

import (
	"regexp"
	"strings"
)

// Reference is how the parameter of a rule names other fields. Such names are
// those of Go, which must not reach a client.
type Reference uint8

const (
	NoReference Reference = iota
	OneField              // "Password"
	Fields                // "Email Phone"
	Pairs                 // "Kind premium Plan yearly": a field and a value
	FieldOfItem           // "ID", a field of the elements
	Method                // "IsValid", which no client needs
)

// ReferenceOf is how the parameter of a tag names other fields.
func ReferenceOf(tag string) Reference { return references[tag] }

var references = map[string]Reference{
	"eqfield": OneField, "nefield": OneField, "gtfield": OneField, "gtefield": OneField, "ltfield": OneField, "ltefield": OneField,
	"fieldcontains": OneField, "fieldexcludes": OneField, "postcode_iso3166_alpha2_field": OneField,

	"eqcsfield": OneField, "necsfield": OneField, "gtcsfield": OneField,
	"gtecsfield": OneField, "ltcsfield": OneField, "ltecsfield": OneField,

	"required_with": Fields, "required_with_all": Fields, "required_without": Fields, "required_without_all": Fields,
	"excluded_with": Fields, "excluded_with_all": Fields, "excluded_without": Fields, "excluded_without_all": Fields,

	"required_if": Pairs, "required_unless": Pairs, "skip_unless": Pairs, "excluded_if": Pairs, "excluded_unless": Pairs,

	"unique": FieldOfItem, "validateFn": Method,
}

// word is one word of a parameter, as validator splits them.
var word = regexp.MustCompile(`'[^']*'|\S+`)

// Words splits a parameter into its words, which may be quoted.
func Words(param string) []string {
	all := word.FindAllString(param, -1)
	for i, w := range all {
		all[i] = strings.ReplaceAll(w, "'", "")
	}
	return all
}
