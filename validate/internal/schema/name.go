package schema

import (
	"reflect"
	"strings"
	"unicode"
)

// Name is what a struct tag says of the member that a field is.
type Name struct {
	Name string
	Out  bool // there is no member
	Flat bool // its members are its parent's

	tagged  bool
	fold    bool
	special bool // options change how the value is written
	options string
}

// NameOf reads the struct tag of a field.
func (s *Source) NameOf(sf reflect.StructField) Name {
	value, has := sf.Tag.Lookup(s.Tag)
	name, options, _ := strings.Cut(value, ",")
	n := Name{Name: name, tagged: name != "", options: options}
	switch {
	case value == "-", !sf.IsExported() && !sf.Anonymous:
		return Name{Out: true}
	case s != JSON && !sf.Anonymous && name == "":
		return Name{Out: true}
	case !n.tagged && sf.Anonymous && (embedded(sf.Type).Kind() == reflect.Struct || !has):
		n.Flat = true
		return n
	}
	if name == "" {
		n.Name = sf.Name
	}
	if s == JSON {
		n.readOptions()
	}
	return n
}

func (n *Name) readOptions() {
	for option := range strings.SplitSeq(n.options, ",") {
		switch key, _, _ := strings.Cut(option, ":"); key {
		case "embed", "inline", "unknown":
			n.Flat = true
		case "string", "format":
			n.special = true
		case "case":
			n.fold = option == "case:ignore"
		}
	}
}

// embedded is the type that an unnamed pointer points to, else t.
func embedded(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer && t.Name() == "" {
		return t.Elem()
	}
	return t
}

// foldCase maps names that strings.EqualFold equates to one of them.
func foldCase(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		return least
	}, name)
}
