package validate

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// addFields works out the members of a struct as encoding/json/v2 does:
// embedded structs are flattened, the shallowest field of a name wins, then
// the only tagged one, else nobody has it.
func (s *shape) addFields() {
	claims := map[string][]*field{}
	var order []*field
	var walk func(t reflect.Type, index []int, seen []reflect.Type)
	walk = func(t reflect.Type, index []int, seen []reflect.Type) {
		for i := range t.NumField() {
			sf := t.Field(i)
			at := append(slices.Clip(index), i)
			switch n := parseName(sf, s.names.tag); {
			case n.out:
			case n.flat:
				inner := deref(sf.Type)
				if inner.Kind() != reflect.Struct || inner == rawType {
					s.open = true
				} else if !slices.Contains(seen, inner) {
					walk(inner, at, append(slices.Clip(seen), inner))
				}
			default:
				f := &field{name: n.name, index: at, typ: sf.Type, tagged: n.tagged, fold: n.fold}
				if n.special {
					f.single = reflect.StructOf([]reflect.StructField{{Name: "F", Type: sf.Type, Tag: reflect.StructTag(`json:"f,` + n.options + `"`)}})
				}
				claims[n.name] = append(claims[n.name], f)
				order = append(order, f)
			}
		}
	}
	walk(s.typ, nil, []reflect.Type{s.typ})

	s.byName = make(map[string]*field, len(claims))
	for name, fs := range claims {
		if f := dominant(fs); f != nil {
			s.byName[name] = f
		} else {
			s.clashes = append(s.clashes, fmt.Sprintf("%d fields share the name %q, so none has it", len(fs), name))
		}
	}
	for _, f := range order {
		if s.byName[f.name] == f {
			s.fields = append(s.fields, f)
		}
	}
	slices.Sort(s.clashes)
}

// dominant returns the field that has a name which several claim, nil if none.
func dominant(fs []*field) *field {
	slices.SortStableFunc(fs, func(a, b *field) int {
		if d := len(a.index) - len(b.index); d != 0 || a.tagged == b.tagged {
			return d
		}
		if a.tagged {
			return -1
		}
		return 1
	})
	if len(fs) > 1 && len(fs[0].index) == len(fs[1].index) && fs[0].tagged == fs[1].tagged {
		return nil
	}
	return fs[0]
}

// addMembers lists the struct's own fields by their Go names.
func (s *shape) addMembers() {
	s.members = make(map[string]*member, s.typ.NumField())
	for i := range s.typ.NumField() {
		sf := s.typ.Field(i)
		m := &member{index: i, typ: sf.Type, tag: sf.Tag}
		if n := parseName(sf, s.names.tag); !n.out && !n.flat {
			m.wire = n.name
		}
		s.members[sf.Name] = m
	}
}

// named is what a struct tag says of a member.
type named struct {
	name    string
	tagged  bool
	fold    bool
	out     bool // it is left out
	flat    bool // its members are its parent's
	special bool // options change how the value is written
	options string
}

func parseName(sf reflect.StructField, tag string) named {
	value, has := sf.Tag.Lookup(tag)
	name, options, _ := strings.Cut(value, ",")
	n := named{name: name, tagged: name != "", options: options}
	switch {
	case value == "-", !sf.IsExported() && !sf.Anonymous:
		return named{out: true}
	case tag != jsonTag && !sf.Anonymous && name == "":
		return named{out: true} // the other sources take only what is tagged
	case !n.tagged && sf.Anonymous && (deref(sf.Type).Kind() == reflect.Struct || !has):
		n.flat = true
		return n
	}
	if name == "" {
		n.name = sf.Name
	}
	if tag != jsonTag {
		return n
	}
	for option := range strings.SplitSeq(options, ",") {
		switch key, _, _ := strings.Cut(option, ":"); key {
		case "embed", "inline", "unknown":
			n.flat = true
		case "string", "format":
			n.special = true
		case "case":
			n.fold = option == "case:ignore"
		}
	}
	return n
}

// deref is the type that an unnamed pointer points to, else t.
func deref(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer && t.Name() == "" {
		return t.Elem()
	}
	return t
}

// lookup finds the field that a member of an object belongs to, nil if none.
func (s *shape) lookup(name string) *field {
	if f := s.byName[name]; f != nil {
		return f
	}
	for _, f := range s.fields {
		if f.fold && strings.EqualFold(unseparated(f.name), unseparated(name)) {
			return f
		}
	}
	return nil
}

// separators are what case:ignore looks past.
var separators = strings.NewReplacer("_", "", "-", "")

func unseparated(name string) string { return separators.Replace(name) }
