package schema

import (
	"reflect"
	"strings"
	"sync"
	"unicode"

	"github.com/go-json-experiment/json"
)

// Name is what a struct tag says of the member that a field is.
type Name struct {
	Name string
	Out  bool // there is no member
	Flat bool // its members are its parent's

	// Ignored is an option that would make the members of the field those of
	// its parent, if json knew it. It depends on the toolchain.
	Ignored string

	tagged  bool
	unknown bool // members of other names are kept, and are violations all the same
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
			if flatOptions()[key] {
				n.Flat, n.unknown = true, key == "unknown"
			} else {
				n.Ignored = key
			}
		case "string", "format":
			n.special = true
		case "case":
			n.fold = option == "case:ignore"
		}
	}
}

// flatOptions are those of the options embed, inline and unknown that json
// knows: Go 1.27 has the first, the experiment of Go 1.26 the others. json
// ignores an option that it does not know.
var flatOptions = sync.OnceValue(func() map[string]bool {
	known := make(map[string]bool)
	for _, option := range []string{"embed", "inline", "unknown"} {
		v := reflect.New(reflect.StructOf([]reflect.StructField{{
			Name: "M", Type: reflect.TypeFor[map[string]any](), Tag: reflect.StructTag(`json:",` + option + `"`),
		}}))
		err := json.Unmarshal([]byte(`{"M":{"x":1}}`), v.Interface())
		known[option] = err == nil && v.Elem().Field(0).MapIndex(reflect.ValueOf("M")).IsValid()
	}
	return known
})

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
