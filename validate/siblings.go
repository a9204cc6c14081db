package validate

import (
	"reflect"
	"strings"
)

// reference is how the parameter of a rule names other fields.
type reference uint8

const (
	none    reference = iota
	one               // "Password"
	several           // "Email Phone"
	pairs             // "Kind premium Plan yearly"
	inTop             // "Inner.Password", counted from the outermost struct
	inItem            // "ID", a field of the elements
)

// references are the rules of validator whose parameter is made of Go names.
var references = map[string]reference{
	"eqfield": one, "nefield": one, "gtfield": one, "gtefield": one, "ltfield": one, "ltefield": one,
	"fieldcontains": one, "fieldexcludes": one, "postcode_iso3166_alpha2_field": one,
	"eqcsfield": inTop, "necsfield": inTop, "gtcsfield": inTop, "gtecsfield": inTop, "ltcsfield": inTop, "ltecsfield": inTop,
	"required_with": several, "required_with_all": several, "required_without": several, "required_without_all": several,
	"excluded_with": several, "excluded_with_all": several, "excluded_without": several, "excluded_without_all": several,
	"required_if": pairs, "required_unless": pairs, "skip_unless": pairs, "excluded_if": pairs, "excluded_unless": pairs,
	"unique": inItem, "validateFn": inItem,
}

// namesFields reports whether the parameter of a rule holds Go names, which
// must not reach a client.
func namesFields(tag string) bool { return references[tag] != none }

// siblings puts the fields that a parameter names in their names on the wire.
// param is the whole parameter, fields the names alone. Both are empty if one
// of them has no place on the wire.
func siblings(tag, names, raw string, parent, top *shape, item reflect.Type) (param, fields string) {
	switch references[tag] {
	case none:
		return raw, ""
	case inTop:
		parent = top
	case inItem:
		parent = nil
		for item != nil && item.Kind() == reflect.Pointer {
			item = item.Elem()
		}
		if tag == "unique" && raw != "" && item != nil && item.Kind() == reflect.Struct {
			parent = shapeOf(item, names)
		}
	}
	if parent == nil || raw == "" {
		return "", ""
	}
	all := words(raw)
	var found []string
	for i, w := range all {
		if references[tag] == pairs && i%2 == 1 {
			continue
		}
		wire, ok := wireOf(parent, names, w)
		if !ok {
			return "", ""
		}
		all[i] = wire
		found = append(found, wire)
	}
	return strings.Join(all, " "), strings.Join(found, ", ")
}

// wireOf finds the wire path of a Go path such as "Inner.Password" in s.
func wireOf(s *shape, names, goPath string) (string, bool) {
	p := resolver{tag: names}.member(s, reflect.Value{}, goPath, nil)
	return p.path, p.whole && p.path != root
}
