package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// addMembers works out the members of a struct as encoding/json/v2 does:
// embedded structs are flattened, the shallowest field of a name wins, then
// the only tagged one, else no field has the name.
func (t *Type) addMembers() {
	claims := map[string][]*Member{}
	for _, m := range t.claims(t.Go, nil, []reflect.Type{t.Go}) {
		claims[m.Name] = append(claims[m.Name], m)
		t.Members = append(t.Members, m)
	}
	t.byName = make(map[string]*Member, len(claims))
	t.folded = map[string]*Member{}
	for name, ms := range claims {
		if m := dominant(ms); m != nil {
			t.byName[name] = m
		} else {
			t.Duplicates = append(t.Duplicates, fmt.Sprintf("%d fields share the name %q, so none has it", len(ms), name))
		}
	}
	slices.Sort(t.Duplicates)
	t.Members = slices.DeleteFunc(t.Members, func(m *Member) bool { return t.byName[m.Name] != m })
	for i, m := range t.Members {
		m.rank = i
		t.longest = max(t.longest, len(m.Name))
		if key := fold(m.Name); m.fold && t.folded[key] == nil {
			t.folded[key] = m
		}
	}
}

// claims lists every field of a struct, and of those embedded in it, that asks
// for a name.
func (t *Type) claims(in reflect.Type, index []int, within []reflect.Type) (all []*Member) {
	for i := range in.NumField() {
		sf := in.Field(i)
		at := append(slices.Clip(index), i)
		n := t.Source.NameOf(sf)
		switch {
		case n.Out:
		case !n.Flat:
			m := &Member{Name: n.Name, Index: at, Go: sf.Type, options: n.options, tagged: n.tagged, fold: n.fold}
			if n.special {
				m.Single = single(sf.Type, n.options)
				m.Fault = m.faultOf()
			}
			all = append(all, m)
		case embedded(sf.Type).Kind() != reflect.Struct || embedded(sf.Type) == rawType:
			t.Open = t.Open || !n.unknown
		case !slices.Contains(within, embedded(sf.Type)):
			inner := embedded(sf.Type)
			all = append(all, t.claims(inner, at, append(slices.Clip(within), inner))...)
		}
	}
	return all
}

// single is a struct with a field of type t and options in its tag.
func single(t reflect.Type, options string) reflect.Type {
	return reflect.StructOf([]reflect.StructField{{Name: "F", Type: t, Tag: reflect.StructTag(`json:"f,` + options + `"`)}})
}

// dominant returns the member that has a name which several claim, nil if none.
func dominant(ms []*Member) *Member {
	slices.SortStableFunc(ms, func(a, b *Member) int {
		if d := len(a.Index) - len(b.Index); d != 0 || a.tagged == b.tagged {
			return d
		}
		if a.tagged {
			return -1
		}
		return 1
	})
	if len(ms) > 1 && len(ms[0].Index) == len(ms[1].Index) && ms[0].tagged == ms[1].tagged {
		return nil
	}
	return ms[0]
}

// addFields lists the struct's own fields.
func (t *Type) addFields() {
	t.Fields = make(map[string]*Field, t.Go.NumField())
	for i := range t.Go.NumField() {
		sf := t.Go.Field(i)
		f := &Field{Index: i, Go: sf.Type}
		if n := t.Source.NameOf(sf); !n.Out && !n.Flat {
			f.Name = n.Name
		}
		t.Fields[sf.Name] = f
	}
}

// FieldByIndex is reflect's, but makes the embedded structs that are missing.
// ok is false where an unexported one cannot be made.
func FieldByIndex(v reflect.Value, index []int) (f reflect.Value, ok bool) {
	for i, x := range index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				if !v.CanSet() {
					return v, false
				}
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(x)
	}
	return v, true
}

// folding is what case:ignore ignores besides case.
var folding = strings.NewReplacer("_", "", "-", "")

// fold is the form in which names that differ by case:ignore are equal.
func fold(name string) string { return foldCase(folding.Replace(name)) }
