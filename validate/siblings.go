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
	method            // "IsValid", which is nobody's business
)

// siblings puts the fields that a parameter names in their names on the wire.
// param is the whole parameter, fields the names alone. Both are empty if one
// of them has no place on the wire.
func siblings(kind reference, raw string, parent, top *shape, item reflect.Type) (param, fields string) {
	switch kind {
	case none:
		return raw, ""
	case method:
		return "", ""
	case inTop:
		parent = top
	case inItem:
		parent = nil
		for item != nil && item.Kind() == reflect.Pointer {
			item = item.Elem()
		}
		if item != nil && item.Kind() == reflect.Struct {
			parent = top.names.shapeOf(item)
		}
	}
	if parent == nil || raw == "" {
		return "", ""
	}
	all := words(raw)
	var found []string
	for i, w := range all {
		if kind == pairs && i%2 == 1 {
			continue
		}
		wire, ok := wireOf(parent, w)
		if !ok {
			return "", ""
		}
		all[i] = wire
		found = append(found, wire)
	}
	return strings.Join(all, " "), strings.Join(found, ", ")
}

// wireOf finds the wire path of a Go path such as "Inner.Password" in s.
func wireOf(s *shape, goPath string) (string, bool) {
	p := new(resolver).member(s, reflect.Value{}, goPath, trail{})
	return p.path, p.whole && p.path != root
}
